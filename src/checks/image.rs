//! `image`: what a container image may weigh and must be.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::ByteSize;
use crate::facts::images::{Image, is_root};
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const IMAGE: CheckOf<ImageRule> =
    CheckOf { name: "image", page: include_str!("image.md"), stage: Stage::Ci, parameters: PhantomData };

/// What a rule asks of images.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ImageRule {
    /// The largest size, the limit itself included.
    max_size: Option<ByteSize>,
    /// Which size is meant.
    measure: Measure,
    /// What the image must be.
    require: Option<Vec<Demand>>,
}

/// Which size of an image is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Measure {
    /// The sum of the decompressed layers.
    #[default]
    Unpacked,
    /// The sum of the layers as they are stored and sent.
    Compressed,
}

/// What an image must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Demand {
    /// It does not run as root.
    NonRoot,
    /// It has a health check.
    Healthcheck,
    /// Its environment holds no secret.
    NoSecretEnv,
    /// None of its layers holds a file with a secret.
    NoSecretFiles,
}

impl Demand {
    fn name(self) -> &'static str {
        match self {
            Demand::NonRoot => "non-root",
            Demand::Healthcheck => "healthcheck",
            Demand::NoSecretEnv => "no-secret-env",
            Demand::NoSecretFiles => "no-secret-files",
        }
    }
}

impl Measure {
    fn name(self) -> &'static str {
        match self {
            Measure::Unpacked => "unpacked",
            Measure::Compressed => "compressed",
        }
    }

    fn of(self, image: &Image) -> Option<u64> {
        match self {
            Measure::Unpacked => image.uncompressed_bytes,
            Measure::Compressed => image.compressed_bytes,
        }
    }
}

/// What one demand comes to for one image.
enum Answer {
    Met,
    /// Subject, what is wrong, what to do.
    Wrong(&'static str, String, String),
    /// Why it is not known, and what would make it known.
    Unknown(String, &'static str),
}

impl ImageRule {
    /// What is demanded: a rule that names neither a size nor anything else asks for what is safe.
    fn demands(&self) -> Vec<Demand> {
        match (&self.require, self.max_size) {
            (Some(demands), _) => demands.clone(),
            (None, Some(_)) => Vec::new(),
            (None, None) => vec![Demand::NonRoot, Demand::NoSecretEnv, Demand::NoSecretFiles],
        }
    }

    fn required(&self) -> String {
        let size = self.max_size.map(|limit| format!("{} size <= {limit}", self.measure.name()));
        let demands = self.demands().into_iter().map(|demand| demand.name().to_owned());
        size.into_iter().chain(demands).collect::<Vec<_>>().join(", ")
    }

    fn answers(&self, image: &Image) -> Vec<Answer> {
        let size = self.max_size.map(|limit| self.size(image, limit));
        size.into_iter().chain(self.demands().into_iter().map(|demand| answer(demand, image))).collect()
    }

    fn size(&self, image: &Image, limit: ByteSize) -> Answer {
        let Some(bytes) = self.measure.of(image) else {
            let why = format!("the {} size of {} is not known", self.measure.name(), title(image));
            return Answer::Unknown(why, "save the image with compressed layers (an OCI archive), or measure unpacked");
        };
        if bytes <= limit.0 {
            return Answer::Met;
        }
        let over = ByteSize(bytes - limit.0);
        let message = format!("{} has {} {}, {over} over {limit}", title(image), ByteSize(bytes), self.measure.name());
        let step = format!("remove {over}: the largest layers are {}{}", self.largest(image), deleted(image, 3));
        Answer::Wrong("size", message, step)
    }

    /// The three largest layers in words.
    fn largest(&self, image: &Image) -> String {
        let mut layers: Vec<(u64, &str)> = image
            .layers
            .iter()
            .filter_map(|layer| {
                let bytes = match self.measure {
                    Measure::Unpacked => layer.uncompressed_bytes,
                    Measure::Compressed => layer.compressed_bytes,
                };
                Some((bytes?, layer.created_by.as_deref().unwrap_or(&layer.digest)))
            })
            .collect();
        layers.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        let told =
            |(bytes, by): &(u64, &str)| format!("{} `{}`", ByteSize(*bytes), by.chars().take(60).collect::<String>());
        layers.iter().take(3).map(told).collect::<Vec<_>>().join(", ")
    }
}

/// The largest files that are deleted and still count, in words; empty where there is none.
fn deleted(image: &Image, most: usize) -> String {
    let told = image.deleted_files.iter().take(most).map(|file| format!("{} /{}", ByteSize(file.bytes), file.path));
    match told.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => none,
        some => format!("; deleted in a later layer, and still part of the image: {some}"),
    }
}

/// The files that hold secrets, each with its layer.
fn secret_files(image: &Image) -> Answer {
    let told: Vec<String> =
        image.secret_files.iter().map(|file| format!("/{} in layer {}", file.path, file.layer)).collect();
    let names = told.join(", ");
    let message = format!("{} carries files that hold secrets: {names}", title(image));
    let step = format!(
        "keep {names} out of what is copied (.dockerignore), mount it while building, and replace the secrets: deleting it in a later layer hides nothing"
    );
    Answer::Wrong("no-secret-files", message, step)
}

fn answer(demand: Demand, image: &Image) -> Answer {
    if image.without_config {
        let why = format!("a manifest says nothing of how {} runs: {} is not known", title(image), demand.name());
        return Answer::Unknown(why, "save the image itself, or what `docker image inspect` prints");
    }
    match demand {
        Demand::NonRoot => match image.user.as_deref() {
            Some(user) if !is_root(user) => Answer::Met,
            Some(_) | None => Answer::Wrong(
                "non-root",
                format!("{} runs as root", title(image)),
                "add a USER that is not root to the last stage of the Dockerfile".to_owned(),
            ),
        },
        Demand::Healthcheck => match image.healthcheck {
            Some(true) => Answer::Met,
            Some(false) => Answer::Wrong(
                "healthcheck",
                format!("{} has no health check", title(image)),
                "add a HEALTHCHECK to the last stage of the Dockerfile".to_owned(),
            ),
            None => Answer::Unknown(
                format!("whether {} has a health check cannot be told: the OCI form has no place for it", title(image)),
                "save the image with `docker save`, which keeps the health check",
            ),
        },
        Demand::NoSecretFiles if image.layers.iter().any(|layer| layer.uncompressed_bytes.is_none()) => {
            let why = format!("which files {} holds is not known: only a document tells of it", title(image));
            Answer::Unknown(why, "save the image itself: docker save -o image.tar NAME")
        }
        Demand::NoSecretFiles if image.secret_files.is_empty() => Answer::Met,
        Demand::NoSecretFiles => secret_files(image),
        Demand::NoSecretEnv if image.secret_env.is_empty() => Answer::Met,
        Demand::NoSecretEnv => {
            let names = image.secret_env.join(", ");
            let message = format!("{} carries secrets in its environment: {names}", title(image));
            let step = format!(
                "remove {names} from ENV and ARG, give them to the container when it starts, and replace the secrets"
            );
            Answer::Wrong("no-secret-env", message, step)
        }
    }
}

fn title(image: &Image) -> String {
    if image.platform.is_empty() {
        image.reference.clone()
    } else {
        format!("{} ({})", image.reference, image.platform)
    }
}

impl Judge for ImageRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Images)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let Some(area) = &facts.images else {
            let step = "collect the images";
            return Judgement::new(Outcome::Error, self.required(), "images were not collected").next(step);
        };
        let plain = |place: &&String| place.ends_with(".tar") && !place.contains(['*', '?', '[', '{']);
        let place = area.evidence.looked_for.iter().find(plain).map_or("image.tar", String::as_str);
        let step = &format!("save the image where it is looked for: `docker save -o {place} NAME`");
        let images = match area.proven() {
            Ok(images) if !images.items.is_empty() => images,
            Ok(_) => return Judgement::no_evidence(rule, self.required(), &area.evidence, step),
            Err(evidence) => return Judgement::no_evidence(rule, self.required(), evidence, step),
        };
        let mut judgement = Judgement::new(Outcome::Pass, self.required(), self.measured(&images.items));
        judgement.evidence.clone_from(&area.evidence.reports);
        let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
        for image in &images.items {
            judgement.notes.extend(notes(image));
            for answer in self.answers(image) {
                match answer {
                    Answer::Met => {}
                    Answer::Wrong(subject, message, step) => {
                        let subject = format!("{subject} {}", title(image));
                        judgement.findings.push(Finding::new(
                            rule.id,
                            subject,
                            message,
                            Some(Location::file(image.path.clone())),
                        ));
                        wrong.push(step);
                    }
                    Answer::Unknown(why, step) => {
                        judgement.notes.push(why);
                        unknown.push(step.to_owned());
                    }
                }
            }
        }
        judgement.outcome = match (wrong.is_empty(), unknown.is_empty()) {
            (false, _) => Outcome::Fail,
            (true, false) => Outcome::NoEvidence,
            (true, true) => Outcome::Pass,
        };
        judgement.next_step = wrong.into_iter().chain(unknown).next();
        judgement
    }
}

/// What is worth knowing of an image beside the verdict: how much of it is the base, what is deleted and still counts.
fn notes(image: &Image) -> Vec<String> {
    let base = image.base_bytes.zip(image.uncompressed_bytes).map(|(base, all)| {
        format!("{}: {} of {} are the base, as its history tells", title(image), ByteSize(base), ByteSize(all))
    });
    let gone = Some(deleted(image, 10)).filter(|gone| !gone.is_empty());
    let gone = gone.map(|gone| format!("{}: {}", title(image), gone.trim_start_matches("; ")));
    base.into_iter().chain(gone).collect()
}

impl ImageRule {
    fn measured(&self, images: &[Image]) -> String {
        let told = images.iter().map(|image| {
            let size =
                self.measure.of(image).map_or_else(|| "size not known".to_owned(), |bytes| ByteSize(bytes).to_string());
            format!(
                "{}: {size} {}, user {}",
                title(image),
                self.measure.name(),
                image.user.as_deref().unwrap_or(if image.without_config { "not known" } else { "root" })
            )
        });
        told.collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::images::{Images, Layer};
    use crate::facts::{Area, Evidence, State};

    const RULE: RuleContext<'static> = RuleContext { id: "image-size" };

    fn image(bytes: u64) -> Image {
        let layer = Layer {
            digest: "sha256:1".to_owned(),
            compressed_bytes: None,
            uncompressed_bytes: Some(bytes),
            created_by: Some("COPY . /app".to_owned()),
        };
        Image {
            reference: "app:1".to_owned(),
            uncompressed_bytes: Some(bytes),
            user: Some("app".to_owned()),
            layers: vec![layer],
            ..Image::default()
        }
    }

    fn facts(items: Vec<Image>) -> Facts {
        let area = Area::found(Images { items }, Evidence::new(State::Found, Vec::new()));
        Facts { images: Some(area), ..Facts::default() }
    }

    fn rule(max: u64, measure: Measure, require: Option<Vec<Demand>>) -> ImageRule {
        ImageRule { max_size: Some(ByteSize(max)), measure, require }
    }

    #[test]
    fn the_limit_itself_is_small_enough_and_one_byte_more_is_not() {
        let limit = rule(500_000_000, Measure::Unpacked, None);
        assert_eq!(Outcome::Pass, limit.judge(&RULE, &facts(vec![image(500_000_000)])).outcome);
        let judgement = limit.judge(&RULE, &facts(vec![image(1), image(523_400_000)]));
        assert_eq!(Outcome::Fail, judgement.outcome);
        let step = judgement.next_step.expect("a step");
        assert_eq!("remove 23.4 MB: the largest layers are 523.4 MB `COPY . /app`", step);
    }

    #[test]
    fn what_is_not_known_is_no_pass() {
        let compressed = rule(5, Measure::Compressed, None);
        assert_eq!(Outcome::NoEvidence, compressed.judge(&RULE, &facts(vec![image(1)])).outcome);
        let healthy = rule(5, Measure::Unpacked, Some(vec![Demand::Healthcheck]));
        assert_eq!(Outcome::NoEvidence, healthy.judge(&RULE, &facts(vec![image(1)])).outcome);
        let none = Facts { images: Some(Area::missing(Evidence::new(State::Absent, vec![]))), ..Facts::default() };
        assert_eq!(Outcome::NoEvidence, healthy.judge(&RULE, &none).outcome);
    }

    #[test]
    fn without_parameters_root_and_secrets_are_refused() {
        let mut bad = image(1);
        bad.user = Some("0:0".to_owned());
        bad.secret_env = vec!["DB_PASSWORD".to_owned()];
        let judgement = ImageRule::default().judge(&RULE, &facts(vec![bad]));
        assert_eq!(Outcome::Fail, judgement.outcome);
        assert_eq!(2, judgement.findings.len());
        assert_eq!(Outcome::Pass, ImageRule::default().judge(&RULE, &facts(vec![image(1)])).outcome);
    }

    #[test]
    fn deleted_files_and_files_with_secrets_are_named() {
        let mut bad = image(523_400_000);
        bad.deleted_files =
            vec![crate::facts::images::Deleted { path: "tmp/x.zip".to_owned(), bytes: 9_000_000, layer: 1 }];
        bad.secret_files = vec![crate::facts::images::SecretFile { path: "app/.env".to_owned(), layer: 2 }];
        let limit = rule(500_000_000, Measure::Unpacked, Some(vec![Demand::NoSecretFiles]));
        let judgement = limit.judge(&RULE, &facts(vec![bad]));
        assert_eq!(2, judgement.findings.len());
        assert!(judgement.next_step.expect("a step").ends_with("still part of the image: 9.0 MB /tmp/x.zip"));
        assert!(judgement.findings[1].message.ends_with("/app/.env in layer 2"));
    }

    #[test]
    fn a_manifest_alone_proves_the_compressed_size_and_nothing_else() {
        let mut manifest = image(1);
        (manifest.without_config, manifest.compressed_bytes, manifest.uncompressed_bytes) = (true, Some(9), None);
        let judged = |rule: ImageRule| rule.judge(&RULE, &facts(vec![manifest.clone()])).outcome;
        assert_eq!(Outcome::Pass, judged(rule(9, Measure::Compressed, None)));
        assert_eq!(Outcome::NoEvidence, judged(rule(9, Measure::Unpacked, None)));
        assert_eq!(Outcome::NoEvidence, judged(rule(9, Measure::Compressed, Some(vec![Demand::NonRoot]))));
    }
}
