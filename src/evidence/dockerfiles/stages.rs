//! Stages out of steps: what each is built on, who it runs as, whether it has a health check.

use std::collections::BTreeMap;

use super::bases;
use super::expand::expand;
use super::steps::{Kind, Step};
use crate::facts::images::is_root;

/// A stage.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    /// Its name.
    pub(super) name: Option<String>,
    /// What it is built on; as written where a build argument has no default.
    pub(super) base: String,
    /// Whether every build argument in `base` is known.
    pub(super) resolved: bool,
    /// The line of its FROM.
    pub(super) line: u32,
    /// The earlier stage that it is built on.
    pub(super) parent: Option<usize>,
    /// Its steps behind FROM.
    pub(super) steps: Vec<&'a Step>,
    /// Its last USER: as resolved or as written, whether it is resolved, and its line.
    user: Option<(String, bool, u32)>,
    /// Its last HEALTHCHECK, with its line; `NONE` is none.
    healthcheck: Option<(bool, u32)>,
    /// Its environment at the end, which stages on it inherit.
    pub(super) env: BTreeMap<String, String>,
}

/// What BuildKit sets by itself, as it is for the platform that images are looked at for here.
const PLATFORM: &[(&str, &str)] = &[
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETOS", "linux"),
    ("TARGETARCH", "amd64"),
    ("TARGETVARIANT", ""),
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDOS", "linux"),
    ("BUILDARCH", "amd64"),
    ("BUILDVARIANT", ""),
];

/// The stages of a Dockerfile; never empty, for what has no FROM is none.
pub(super) fn stages(steps: &[Step]) -> Vec<Stage<'_>> {
    let mut global: BTreeMap<String, String> =
        PLATFORM.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut stages: Vec<Stage<'_>> = Vec::new();
    let mut local = BTreeMap::new();
    for step in steps {
        match (&step.kind, stages.last_mut()) {
            (Kind::From(image, name), _) => {
                let stage = open(image, name.clone(), step.line, &global, &stages);
                local = stage.env.clone();
                stages.push(stage);
            }
            (Kind::Arg(args), None) => {
                for (name, default) in args {
                    if let Some(value) = default.as_ref().and_then(|text| expand(text, &global)) {
                        global.insert(name.clone(), value);
                    }
                }
            }
            (_, Some(stage)) => apply(step, stage, &mut local, &global),
            (_, None) => {}
        }
    }
    stages
}

fn open<'a>(
    image: &str,
    name: Option<String>,
    line: u32,
    global: &BTreeMap<String, String>,
    before: &[Stage<'a>],
) -> Stage<'a> {
    let resolved = expand(image, global);
    let base = resolved.clone().unwrap_or_else(|| image.to_owned());
    let parent =
        before.iter().rposition(|stage| stage.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&base)));
    let env = parent.map(|index| before[index].env.clone()).unwrap_or_default();
    let resolved = resolved.is_some_and(|base| !base.trim().is_empty());
    Stage { name, base, resolved, line, parent, steps: Vec::new(), user: None, healthcheck: None, env }
}

fn apply<'a>(
    step: &'a Step,
    stage: &mut Stage<'a>,
    local: &mut BTreeMap<String, String>,
    global: &BTreeMap<String, String>,
) {
    stage.steps.push(step);
    match &step.kind {
        Kind::Arg(args) => {
            for (name, default) in args {
                let value = match default {
                    Some(text) => expand(text, local),
                    None => global.get(name).cloned(),
                };
                // A variable of the environment wins over an argument.
                if let Some(value) = value.filter(|_| !stage.env.contains_key(name)) {
                    local.insert(name.clone(), value);
                }
            }
        }
        Kind::Env(pairs) => {
            for (name, text) in pairs {
                match expand(text, local) {
                    Some(value) => {
                        local.insert(name.clone(), value.clone());
                        stage.env.insert(name.clone(), value);
                    }
                    None => {
                        local.remove(name);
                        stage.env.remove(name);
                    }
                }
            }
        }
        Kind::User(text) => {
            let resolved = expand(text, local);
            let known = resolved.is_some();
            stage.user = Some((resolved.unwrap_or_else(|| text.clone()), known, step.line));
        }
        Kind::Healthcheck(some) => stage.healthcheck = Some((*some, step.line)),
        Kind::From(..) | Kind::Run(_) | Kind::Start(..) | Kind::Copy { .. } | Kind::Other => {}
    }
}

/// The final stage and those that it is built on, itself first.
pub(super) fn chain<'s, 'a>(stages: &'s [Stage<'a>]) -> Vec<&'s Stage<'a>> {
    let mut chain = Vec::new();
    let mut next = stages.len().checked_sub(1);
    // A parent stands before its child, so this ends.
    while let Some(stage) = next.and_then(|index| stages.get(index)) {
        chain.push(stage);
        next = stage.parent;
    }
    chain
}

/// Who the final stage runs as.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RunsAs {
    /// The user; none where no USER stands in the chain.
    pub(super) user: Option<String>,
    /// Whether that is not root; none where it is not known.
    pub(super) non_root: Option<bool>,
    /// The line that says so: USER's or FROM's.
    pub(super) line: u32,
}

/// Who the final stage runs as.
pub(super) fn runs_as(chain: &[&Stage<'_>]) -> RunsAs {
    for stage in chain {
        if let Some((user, known, line)) = &stage.user {
            return RunsAs { user: Some(user.clone()), non_root: known.then(|| !is_root(user)), line: *line };
        }
    }
    let line = chain.first().map_or(1, |stage| stage.line);
    let non_root = chain.last().and_then(|stage| stage.resolved.then(|| bases::runs_without_root(&stage.base)));
    RunsAs { user: None, non_root, line }
}

/// The health check of the final stage, of its own or inherited: whether it checks anything, and its line.
pub(super) fn healthcheck(chain: &[&Stage<'_>]) -> Option<(bool, u32)> {
    chain.iter().find_map(|stage| stage.healthcheck)
}

#[cfg(test)]
mod tests {
    use super::super::steps::parse;
    use super::*;

    fn user(text: &str) -> (Option<String>, Option<bool>) {
        let steps = parse(text).expect("steps");
        let stages = stages(&steps);
        let runs = runs_as(&chain(&stages));
        (runs.user, runs.non_root)
    }

    #[test]
    fn the_user_is_the_last_one_in_the_chain_of_the_final_stage() {
        for (text, name, non_root) in [
            ("FROM a:1 AS b\nUSER 1000:1000\nFROM b\n", Some("1000:1000"), Some(true)),
            ("FROM a:1 AS b\nUSER app\nFROM a:1\nCOPY --from=b /x /x\n", None, Some(false)),
            ("FROM a:1\nARG U=app\nUSER $U\n", Some("app"), Some(true)),
            ("ARG U=0\nFROM a:1\nARG U\nUSER ${U}\n", Some("0"), Some(false)),
            ("FROM a:1\nUSER ${UID:-1000}\n", Some("1000"), Some(true)),
            ("FROM a:1\nARG U\nUSER $U\n", Some("$U"), None),
            ("FROM a:1\nUSER app\nUSER root\n", Some("root"), Some(false)),
            ("FROM a:1 AS x\nUSER 00:5\nFROM x AS y\nRUN z\n", Some("00:5"), Some(false)),
            ("FROM a:1 AS base-amd64\nUSER app\nFROM base-${TARGETARCH}\n", Some("app"), Some(true)),
        ] {
            assert_eq!((name.map(str::to_owned), non_root), user(text), "{text}");
        }
    }

    #[test]
    fn no_health_check_is_told_from_one_that_is_switched_off() {
        for (text, expected) in [
            ("FROM a:1\nHEALTHCHECK CMD x\n", Some((true, 2))),
            ("FROM a:1\nHEALTHCHECK CMD x\nHEALTHCHECK NONE\n", Some((false, 3))),
            ("FROM a:1 AS b\nHEALTHCHECK --interval=5s CMD [\"x\"]\nFROM b\n", Some((true, 2))),
            ("FROM a:1 AS b\nHEALTHCHECK CMD x\nFROM a:1\n", None),
        ] {
            let steps = parse(text).expect("steps");
            assert_eq!(expected, healthcheck(&chain(&stages(&steps))), "{text}");
        }
    }
}
