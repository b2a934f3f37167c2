use std::io::Write;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::limits::LIMITS;
use super::read::images;
use super::store::Archive;
use crate::domain::provenance::hex;
use crate::facts::images::Image;

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

fn blob_path(bytes: &[u8]) -> String {
    digest(bytes).replace("sha256:", "blobs/sha256/")
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).expect("a member");
    }
    builder.into_inner().expect("an archive")
}

fn layer(text: &str) -> Vec<u8> {
    tar_of(&[("app/file.txt", text.as_bytes())])
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("bytes");
    encoder.finish().expect("a stream")
}

fn config(arch: &str, layers: &[&[u8]], runtime: &str) -> Vec<u8> {
    let ids: Vec<String> = layers.iter().map(|layer| format!("\"{}\"", digest(layer))).collect();
    format!(
        r#"{{"os":"linux","architecture":"{arch}","config":{runtime},"rootfs":{{"type":"layers","diff_ids":[{}]}},
        "history":[{{"created_by":"ENV A=1","empty_layer":true}},{{"created_by":"COPY a /"}},{{"created_by":"COPY b /"}}]}}"#,
        ids.join(",")
    )
    .into_bytes()
}

fn descriptor(kind: &str, bytes: &[u8], extra: &str) -> String {
    format!(r#"{{"mediaType":"{kind}","digest":"{}","size":{}{extra}}}"#, digest(bytes), bytes.len())
}

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

fn manifest(config: &[u8], layers: &[&[u8]]) -> Vec<u8> {
    let layers: Vec<String> = layers.iter().map(|layer| descriptor(LAYER, layer, "")).collect();
    format!(r#"{{"config":{},"layers":[{}]}}"#, descriptor(CONFIG, config, ""), layers.join(",")).into_bytes()
}

/// A docker archive of two layers; `twist` may change its members.
fn docker(twist: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> Vec<u8> {
    let (one, two) = (layer("one"), layer(&"two".repeat(4000)));
    let runtime = r#"{"User":"app","ExposedPorts":{"80/tcp":{}},"Env":["PATH=/bin","DB_PASSWORD=hunter22"],
        "Healthcheck":{"Test":["CMD","/health"]}}"#;
    let config = config("amd64", &[&one, &two], runtime);
    let name = format!("{}.json", digest(&config).replace("sha256:", ""));
    let list = format!(r#"[{{"Config":"{name}","RepoTags":["app:1"],"Layers":["a/layer.tar","b/layer.tar"]}}]"#);
    let mut files = vec![
        ("a/layer.tar".to_owned(), one),
        ("b/layer.tar".to_owned(), two),
        (name, config),
        ("manifest.json".to_owned(), list.into_bytes()),
    ];
    twist(&mut files);
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    tar_of(&files)
}

fn read(bytes: &[u8]) -> Result<Vec<Image>, String> {
    let mut archive = Archive::read(bytes, &LIMITS)?;
    assert_eq!(digest(bytes), archive.extent.digest);
    images(&mut archive, "image.tar", &LIMITS)
}

/// An OCI archive with one image for each of two platforms behind a nested index, and an attestation.
fn oci(pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let files = oci_files(pack);
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    tar_of(&files)
}

/// The files of that layout.
fn oci_files(pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let (one, two) = (layer("one"), layer("two"));
    let (packed_one, packed_two) = (pack(&one), pack(&two));
    let configs = ["amd64", "arm64"].map(|arch| config(arch, &[&one, &two], r#"{"User":""}"#));
    let manifests = [0, 1].map(|at: usize| manifest(&configs[at], &[&packed_one, &packed_two]));
    let attestation = br#"{"config":{"mediaType":"x"},"layers":[]}"#.to_vec();
    let platform = r#","platform":{"os":"unknown","architecture":"unknown"}"#;
    let nested = format!(
        r#"{{"manifests":[{},{},{}]}}"#,
        descriptor(MANIFEST, &manifests[1], ""),
        descriptor(MANIFEST, &manifests[0], ""),
        descriptor(MANIFEST, &attestation, platform),
    )
    .into_bytes();
    let named = r#","annotations":{"org.opencontainers.image.ref.name":"app:2"}"#;
    let index = format!(r#"{{"manifests":[{}]}}"#, descriptor(INDEX, &nested, named)).into_bytes();
    let mut files = vec![("index.json".to_owned(), index), ("oci-layout".to_owned(), b"{}".to_vec())];
    for bytes in [&packed_one, &packed_two, &configs[0], &configs[1], &manifests[0], &manifests[1], &nested] {
        files.push((blob_path(bytes), bytes.clone()));
    }
    files
}

#[test]
fn what_lies_within_a_layout_is_no_place_of_its_own() {
    let files: Vec<(String, String)> = oci_files(<[u8]>::to_vec)
        .into_iter()
        .map(|(name, bytes)| (format!("images/app/{name}"), String::from_utf8(bytes).expect("plain tars of text")))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let globs = vec!["images/app".to_owned(), "images/**".to_owned()];
    let area = super::collect(&crate::repo::Repo::in_memory(&files), globs, true, false);
    assert_eq!(Vec::<crate::facts::Problem>::new(), area.evidence.problems);
    assert_eq!(2, area.facts.expect("images").items.len());
}

#[test]
fn a_docker_archive_tells_sizes_user_ports_and_secrets() {
    let image = &read(&docker(|_| ())).expect("an image")[0];
    assert_eq!("app:1", image.reference);
    assert_eq!("linux/amd64", image.platform);
    let bytes = layer("one").len() + layer(&"two".repeat(4000)).len();
    assert_eq!(Some(bytes as u64), image.uncompressed_bytes);
    assert_eq!(None, image.compressed_bytes, "its layers are not compressed");
    assert_eq!(Some("app"), image.user.as_deref());
    assert_eq!(vec!["80/tcp"], image.exposed_ports);
    assert_eq!(vec!["DB_PASSWORD", "PATH"], image.env);
    assert_eq!(vec!["DB_PASSWORD"], image.secret_env);
    assert_eq!(Some(true), image.healthcheck);
    assert_eq!(Some("COPY b /"), image.layers[1].created_by.as_deref());
}

#[test]
fn an_archive_in_gzip_or_zstd_reads_the_same() {
    let plain = docker(|_| ());
    let zstd = zstd::encode_all(plain.as_slice(), 1).expect("a stream");
    assert_eq!(read(&plain), read(&gzip(&plain)));
    assert_eq!(read(&plain), read(&zstd));
}

#[test]
fn each_platform_is_an_image_and_attestations_are_none() {
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).expect("a stream");
    for archive in [oci(gzip), oci(zstd)] {
        let images = read(&archive).expect("images");
        let platforms: Vec<&str> = images.iter().map(|image| image.platform.as_str()).collect();
        assert_eq!(vec!["linux/amd64", "linux/arm64"], platforms);
        assert_eq!("app:2", images[0].reference);
        assert_eq!(Some((layer("one").len() + layer("two").len()) as u64), images[0].uncompressed_bytes);
        assert!(images[0].compressed_bytes < images[0].uncompressed_bytes);
        assert_eq!(None, images[0].healthcheck, "the OCI form cannot tell");
        assert_eq!(None, images[0].user);
    }
    assert_eq!(None, read(&oci(<[u8]>::to_vec)).expect("images")[0].compressed_bytes);
}

#[test]
fn what_is_not_what_its_name_says_is_refused() {
    let swapped = docker(|files| files[0].1 = layer("other"));
    assert!(read(&swapped).expect_err("a wrong layer").contains("digest is wrong"));
    let missing = docker(|files| drop(files.remove(1)));
    assert!(read(&missing).expect_err("a missing layer").contains("missing"));
    let renamed = docker(|files| files[2].1.push(b' '));
    assert!(read(&renamed).expect_err("a wrong configuration").contains("digest is wrong"));
    let twice = docker(|files| files.push(files[0].clone()));
    assert!(read(&twice).expect_err("two of a name").contains("two members"));
}

#[test]
fn names_and_links_that_leave_the_archive_are_refused() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "a/layer.tar", "../../etc/passwd").expect("a link");
    let bytes = builder.into_inner().expect("an archive");
    assert!(Archive::read(bytes.as_slice(), &LIMITS).expect_err("a link out").contains("leaves the archive"));
    let mut sparse = docker(|_| ());
    sparse[156] = b'S';
    let sum: u32 =
        sparse[..512].iter().enumerate().map(|(at, b)| if (148..156).contains(&at) { 32 } else { u32::from(*b) }).sum();
    sparse[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert!(Archive::read(sparse.as_slice(), &LIMITS).expect_err("sparse").contains("sparse"));
}

#[test]
fn links_within_the_archive_are_followed_and_circles_end() {
    let link = |builder: &mut tar::Builder<Vec<u8>>, name: &str, target: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, name, target).expect("a link");
    };
    let bytes = docker(|files| files[0].0 = "one.tar".to_owned());
    // Two zero blocks end an archive: the link goes before them.
    let mut linked = tar::Builder::new(Vec::new());
    link(&mut linked, "a/layer.tar", "../one.tar");
    let mut archive = linked.into_inner().expect("an archive");
    archive.truncate(512);
    archive.extend_from_slice(&bytes);
    assert_eq!(Some("app"), read(&archive).expect("an image")[0].user.as_deref());
    let mut circle = tar::Builder::new(Vec::new());
    link(&mut circle, "manifest.json", "index.json");
    link(&mut circle, "index.json", "manifest.json");
    let circle = circle.into_inner().expect("an archive");
    assert!(read(&circle).expect_err("a circle").contains("circles"));
}

#[test]
fn bombs_are_refused_by_bytes_and_by_members() {
    let bomb = gzip(&vec![0_u8; 1 << 20]);
    let archive = docker(|files| files.push(("bomb".to_owned(), bomb)));
    let mut limits = LIMITS;
    limits.decompressed = 1 << 19;
    assert!(Archive::read(archive.as_slice(), &limits).expect_err("a bomb").contains("decompresses"));
    limits = LIMITS;
    limits.members = 3;
    assert!(Archive::read(archive.as_slice(), &limits).expect_err("many members").contains("members"));
}

/// An image of these layers.
fn of_layers(layers: &[Vec<u8>]) -> Result<Vec<Image>, String> {
    let parts: Vec<&[u8]> = layers.iter().map(Vec::as_slice).collect();
    let config = config("amd64", &parts, "{}");
    let name = format!("{}.json", digest(&config).replace("sha256:", ""));
    let names: Vec<String> = (0..layers.len()).map(|at| format!("{at}.tar")).collect();
    let list = format!(r#"[{{"Config":"{name}","RepoTags":["app:1"],"Layers":{names:?}}}]"#);
    let mut files: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(parts).collect();
    files.push((&name, &config));
    files.push(("manifest.json", list.as_bytes()));
    read(&tar_of(&files))
}

#[test]
fn what_a_later_layer_deletes_is_named_and_secrets_are_found_in_any_layer() {
    let big = vec![b'x'; 5000];
    let first = tar_of(&[
        ("app/big.bin", &big),
        ("app/.env", b"DB_PASSWORD=s3cr3t-9x\n"),
        ("cache/a/one", b"12345"),
        ("cache/two", b"123"),
        ("kept", b"1"),
    ]);
    let second =
        tar_of(&[("app/.wh.big.bin", b""), ("app/.wh..env", b""), ("cache/.wh..wh..opq", b""), ("cache/new", b"1234")]);
    for layers in [[first.clone(), second.clone()], [gzip(&first), gzip(&second)]] {
        let plain = [first.clone(), second.clone()];
        let images = if layers == plain { of_layers(&layers) } else { read(&oci_of(&plain, &layers)) };
        let image = &images.expect("an image")[0];
        let gone: Vec<(&str, u64, usize)> =
            image.deleted_files.iter().map(|file| (file.path.as_str(), file.bytes, file.layer)).collect();
        assert_eq!(
            vec![("app/big.bin", 5000, 1), ("app/.env", 22, 1), ("cache/a/one", 5, 1), ("cache/two", 3, 1)],
            gone
        );
        let secrets: Vec<&str> = image.secret_files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(vec!["app/.env"], secrets);
        assert_eq!(Some((first.len() + second.len()) as u64), image.uncompressed_bytes);
    }
}

/// An OCI archive of one image: its layers plain, and as they are stored.
fn oci_of(plain: &[Vec<u8>], stored: &[Vec<u8>]) -> Vec<u8> {
    let parts: Vec<&[u8]> = plain.iter().map(Vec::as_slice).collect();
    let packed: Vec<&[u8]> = stored.iter().map(Vec::as_slice).collect();
    let config = config("amd64", &parts, "{}");
    let manifest = manifest(&config, &packed);
    let index = format!(r#"{{"manifests":[{}]}}"#, descriptor(MANIFEST, &manifest, "")).into_bytes();
    let mut files = vec![("index.json".to_owned(), index)];
    files.extend(
        packed.iter().copied().chain([config.as_slice(), &manifest]).map(|bytes| (blob_path(bytes), bytes.to_vec())),
    );
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    tar_of(&files)
}

#[test]
fn a_layer_that_is_damaged_or_holds_sparse_members_is_refused() {
    let good = layer("one");
    let mut sparse = good.clone();
    sparse[156] = b'S';
    let sum: u32 =
        sparse[..512].iter().enumerate().map(|(at, b)| if (148..156).contains(&at) { 32 } else { u32::from(*b) }).sum();
    sparse[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert!(of_layers(&[good.clone(), sparse]).expect_err("sparse").contains("sparse"));
    let cut = good[..700].to_vec();
    assert!(of_layers(&[good, cut]).expect_err("a cut layer").contains("cannot be walked"));
}

#[test]
fn the_engine_is_asked_only_where_that_is_allowed() {
    let repo = crate::repo::Repo::in_memory(&[]);
    let area = super::collect(&repo, vec!["docker://app:1".to_owned()], true, false);
    assert_eq!(crate::facts::State::Unreadable, area.evidence.state);
    assert_eq!("the container engine is asked only with --run", area.evidence.problems[0].why);
    let wrong = super::collect(&repo, vec!["docker://../x".to_owned()], true, true);
    assert!(wrong.evidence.problems[0].why.contains("no image's name"));
}

#[test]
fn a_document_alone_is_evidence_of_what_it_says() {
    let manifest = r#"{"schemaVersion":2,"config":{"digest":"sha256:1","size":9},"layers":[
        {"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","digest":"sha256:2","size":70}]}"#;
    let repo = crate::repo::Repo::in_memory(&[("image.json", manifest)]);
    let area = super::collect(&repo, vec!["image.json".to_owned()], true, false);
    assert_eq!("registry-manifest", area.evidence.reports[0].format);
    let image = &area.facts.expect("images").items[0];
    assert_eq!((Some(70), None, true), (image.compressed_bytes, image.uncompressed_bytes, image.without_config));
}

proptest! {
    #[test]
    fn any_bytes_give_images_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        let _ = Archive::read(bytes.as_slice(), &LIMITS).map(|mut archive| images(&mut archive, "x", &LIMITS));
    }

    #[test]
    fn a_damaged_archive_gives_images_or_an_error(at in 0_usize..20_000, byte in any::<u8>(), cut in 0_usize..20_000) {
        let mut bytes = docker(|_| ());
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(cut.max(1));
        let _ = Archive::read(bytes.as_slice(), &LIMITS).map(|mut archive| images(&mut archive, "x", &LIMITS));
    }
}
