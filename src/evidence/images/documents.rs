//! Images told by a JSON document alone: what `docker image inspect` and `podman image inspect` print, and a manifest as a
//! registry keeps it. Nothing of them can be measured again, so what they do not say is not known.

use super::model::{Descriptor, Inspected, Manifest};
use super::read::{platform, runtime};
use crate::facts::images::{Image, Layer};

/// A document's format and its images.
///
/// # Errors
/// What is wrong with it, as a fragment; none of ours is in `Ok(None)`.
pub(super) fn images(bytes: &[u8], path: &str, most: usize) -> Result<Option<(&'static str, Vec<Image>)>, String> {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes) else { return Ok(None) };
    let list = match &value {
        serde_json::Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let inspected = |one: &serde_json::Value| one.get("RootFS").is_some() || one.get("Architecture").is_some();
    if !list.is_empty() && list.len() <= most && list.iter().all(inspected) {
        let images = list.into_iter().map(|one| inspect(one, path)).collect::<Result<Vec<_>, _>>()?;
        return Ok(Some(("image-inspect", images)));
    }
    let Ok(manifest) = serde_json::from_value::<Manifest>(value) else { return Ok(None) };
    match (manifest.manifests, manifest.config, manifest.layers) {
        (Some(_), _, _) => {
            Err("an index names images and not their sizes: save the manifest of each platform".to_owned())
        }
        (None, Some(config), Some(layers)) if layers.len() <= most => {
            Ok(Some(("registry-manifest", vec![stored(&config, &layers, path)?])))
        }
        (None, _, _) => Ok(None),
    }
}

fn inspect(value: serde_json::Value, path: &str) -> Result<Image, String> {
    // podman's document has these and docker's has not; podman leaves a health check out that the image has.
    let podman = value.get("NamesHistory").is_some() || value.get("ManifestType").is_some();
    let told: Inspected = serde_json::from_value(value).map_err(|error| error.to_string())?;
    if told.id.is_empty() || told.size == 0 {
        return Err("an image without an id or a size".to_owned());
    }
    let reference = told.repo_tags.iter().flatten().min().cloned().unwrap_or_else(|| told.id.clone());
    let layers = told.root_fs.unwrap_or_default().layers.unwrap_or_default();
    let mut image = Image {
        path: path.to_owned(),
        reference,
        platform: platform(&told.os, &told.architecture, told.variant.as_deref()),
        uncompressed_bytes: Some(told.size),
        healthcheck: (!podman).then_some(false),
        layers: layers
            .into_iter()
            .map(|digest| Layer { digest, compressed_bytes: None, uncompressed_bytes: None, created_by: None })
            .collect(),
        ..Image::default()
    };
    runtime(&mut image, told.config.as_ref());
    Ok(image)
}

/// A manifest says how much is stored, and nothing else.
fn stored(config: &Descriptor, layers: &[Descriptor], path: &str) -> Result<Image, String> {
    if layers.is_empty() || layers.iter().any(|layer| layer.size == 0) {
        return Err("a manifest without layers, or with a layer without a size".to_owned());
    }
    let packed =
        |layer: &Descriptor| ["gzip", "zstd"].iter().any(|name| layer.media_type.ends_with(name)).then_some(layer.size);
    let sum = layers.iter().try_fold(0_u64, |sum, layer| sum.checked_add(packed(layer)?));
    Ok(Image {
        path: path.to_owned(),
        reference: config.digest.clone(),
        compressed_bytes: sum,
        without_config: true,
        layers: layers
            .iter()
            .map(|layer| Layer {
                digest: layer.digest.clone(),
                compressed_bytes: packed(layer),
                uncompressed_bytes: None,
                created_by: None,
            })
            .collect(),
        ..Image::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSPECT: &str = r#"[{"Id":"sha256:1","RepoTags":["app:1"],"Os":"linux","Architecture":"amd64","Size":1234,
        "Config":{"User":"app","Env":["DB_PASSWORD=hunter22"]},"RootFS":{"Layers":["sha256:2"]}}]"#;

    fn one(text: &str) -> Image {
        images(text.as_bytes(), "image.json", 9).expect("a document").expect("an image").1.remove(0)
    }

    #[test]
    fn what_inspect_prints_tells_size_user_and_secrets() {
        let image = one(INSPECT);
        assert_eq!(
            ("app:1", "linux/amd64", Some(1234)),
            (&*image.reference, &*image.platform, image.uncompressed_bytes)
        );
        assert_eq!((Some("app"), Some(false)), (image.user.as_deref(), image.healthcheck));
        assert_eq!(vec!["DB_PASSWORD"], image.secret_env);
        let podman = INSPECT.replacen('{', "{\"NamesHistory\":[],", 1);
        assert_eq!(None, one(&podman).healthcheck, "podman does not say");
    }

    #[test]
    fn a_manifest_tells_what_is_stored_and_nothing_else() {
        let layer = |kind: &str| {
            format!(r#"{{"mediaType":"application/vnd.oci.image.layer.v1.tar{kind}","digest":"sha256:2","size":7}}"#)
        };
        let manifest = |kind: &str| {
            format!(r#"{{"config":{{"digest":"sha256:1","size":3}},"layers":[{},{}]}}"#, layer("+gzip"), layer(kind))
        };
        let image = one(&manifest("+zstd"));
        assert_eq!((Some(14), None, true), (image.compressed_bytes, image.uncompressed_bytes, image.without_config));
        assert_eq!(None, one(&manifest("")).compressed_bytes, "a layer is not compressed");
    }

    #[test]
    fn other_documents_are_none_and_broken_ones_are_told() {
        for text in ["{}", "[]", "nothing", "{\"a\":1}", "[1]"] {
            assert_eq!(Ok(None), images(text.as_bytes(), "x", 9), "{text}");
        }
        for text in ["{\"manifests\":[]}", "[{\"Architecture\":\"amd64\"}]", "{\"config\":{},\"layers\":[]}"] {
            assert!(images(text.as_bytes(), "x", 9).is_err(), "{text}");
        }
    }
}
