//! Holds what the code reads against what the examples document.

use std::collections::{BTreeMap, BTreeSet};

use super::known;
use super::serverless::Deployed;
use crate::facts::env::{Documented, Dynamic, Env, Irregular, Site, Used, compared, fits};

/// One read of a variable in source that is no test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    /// The name.
    pub(super) name: String,
    /// Where.
    pub(super) site: Site,
    /// Whether the program fails without it.
    pub(super) required: bool,
    /// What of the name is sure, where the rest is made by changing the case of letters.
    pub(super) supposed: Option<String>,
    /// Names any of which will do, this one among them.
    pub(super) peers: Vec<String>,
}

/// What the code reads.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Reads whose names are known.
    pub(super) reads: Vec<Read>,
    /// Those whose names are not.
    pub(super) dynamic: Vec<Dynamic>,
    /// The files that only developers run.
    pub(super) scripts: BTreeSet<String>,
    /// What is set for the service where it is deployed.
    pub(super) deployed: Deployed,
}

/// What is known beside reads and examples.
pub(super) struct Around<'a> {
    /// The names of the dependencies that manifests declare.
    pub(super) dependencies: &'a [String],
    /// The variables that the settings of a framework may be given by, and where each setting is.
    pub(super) settings: &'a BTreeMap<String, (String, u32)>,
    /// The images that are handed a file of variables.
    pub(super) images: &'a [String],
    /// The projects beside the one that the root is, where that has an example of its own.
    pub(super) projects: &'a [String],
    /// The folders that are no project, in which an example lies beside what it may be for.
    pub(super) parts: &'a [String],
    /// Which of some names stand in tooling, or in code that is not evaluated.
    pub(super) elsewhere: &'a dyn Fn(&BTreeSet<&str>) -> BTreeSet<String>,
}

/// The facts. Names are compared as [`compared`] says.
pub(super) fn combine(
    found: Found,
    mut documented: Vec<Documented>,
    irregular: Vec<Irregular>,
    around: &Around<'_>,
) -> Env {
    let Found { reads, mut dynamic, scripts, deployed } = found;
    documented.sort_by(|a, b| (&a.file, a.line, &a.name).cmp(&(&b.file, b.line, &b.name)));
    let known: BTreeSet<String> = documented.iter().map(|entry| compared(&entry.name)).collect();
    let is_known = |name: &String| known.contains(&compared(name));
    // A name that case made is one of many: that the example has it says that it is one of them.
    let (reads, open): (Vec<Read>, Vec<Read>) =
        reads.into_iter().partition(|read| read.supposed.is_none() || is_known(&read.name));
    dynamic.extend(
        open.into_iter()
            .filter_map(|read| Some(Dynamic { file: read.site.file, line: read.site.line, pattern: read.supposed? })),
    );
    dynamic.sort();
    dynamic.dedup();
    let used = group(with_settings(reads, &documented, around.settings), &scripts, &deployed);
    let scripts = scripts.into_iter().collect();
    let (projects, parts) = (around.projects.to_vec(), around.parts.to_vec());
    let mut env = Env { used, documented, dynamic, irregular, projects, parts, scripts, ..Env::default() };
    env.missing = env.gaps(|_| true).into_iter().map(|gap| gap.used.name.clone()).collect();
    env.missing.dedup();
    let unused = unused(&env, around);
    for (at, entry) in env.documented.iter_mut().enumerate() {
        entry.unused = unused.contains(&at);
    }
    let named: BTreeSet<&String> =
        env.documented.iter().filter(|entry| entry.unused).map(|entry| &entry.name).collect();
    env.unused = named.into_iter().cloned().collect();
    env
}

/// The places of the entries that nothing reads.
fn unused(env: &Env, around: &Around<'_>) -> BTreeSet<usize> {
    let mut read: BTreeMap<String, Vec<&Site>> = BTreeMap::new();
    for used in &env.used {
        read.entry(compared(&used.name)).or_default().extend(&used.sites);
    }
    let is_read = |entry: &Documented| {
        let sites = read.get(&compared(&entry.name));
        sites.is_some_and(|sites| entry.workspace.is_empty() || sites.iter().any(|site| env.is_read_from(entry, site)))
    };
    let candidates: Vec<(usize, &str)> = env
        .documented
        .iter()
        .enumerate()
        .filter(|(_, entry)| !entry.commented && !is_read(entry))
        .map(|(at, entry)| (at, entry.name.as_str()))
        .filter(|(_, name)| !known::is_read_by_others(name, around.dependencies, around.images))
        .filter(|(_, name)| !env.dynamic.iter().any(|read| may_be(&read.pattern, name)))
        .collect();
    let elsewhere = (around.elsewhere)(&candidates.iter().map(|(_, name)| *name).collect());
    candidates.into_iter().filter(|(_, name)| !elsewhere.contains(*name)).map(|(at, _)| at).collect()
}

/// The reads, and those of documented variables that a setting may be given by.
fn with_settings(
    mut reads: Vec<Read>,
    documented: &[Documented],
    settings: &BTreeMap<String, (String, u32)>,
) -> Vec<Read> {
    let read: BTreeSet<String> = reads.iter().map(|read| read.name.clone()).collect();
    let names: BTreeSet<&String> = documented.iter().map(|entry| &entry.name).collect();
    for name in names.into_iter().filter(|name| !read.contains(*name)) {
        if let Some((file, line)) = settings.get(name) {
            let site = Site { file: file.clone(), line: *line };
            reads.push(Read { name: name.clone(), site, required: false, supposed: None, peers: Vec::new() });
        }
    }
    reads
}

/// Whether a read whose name is partly known may be of a variable. One of which nothing is known excuses none.
fn may_be(pattern: &str, name: &str) -> bool {
    let pattern = pattern.split_whitespace().next().unwrap_or_default();
    let known = pattern.chars().filter(|&c| c != '*' && c != '_').count();
    known >= 2 && fits(&pattern.to_ascii_lowercase(), &name.to_ascii_lowercase())
}

/// What the reads of one name come to.
#[derive(Default)]
struct Group {
    required: bool,
    /// For each of them the names any of which will do.
    sites: BTreeMap<Site, Vec<String>>,
}

fn group(reads: Vec<Read>, scripts: &BTreeSet<String>, deployed: &Deployed) -> Vec<Used> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let served: BTreeSet<String> =
        reads.iter().filter(|read| !scripts.contains(&read.site.file)).map(|read| read.name.clone()).collect();
    for read in reads {
        // What a script cannot do without, the service may.
        let counts = !scripts.contains(&read.site.file) || !served.contains(&read.name);
        let group = groups.entry(read.name).or_default();
        group.required |= read.required && counts;
        let peers = group.sites.entry(read.site).or_default();
        if peers.is_empty() {
            *peers = read.peers;
        }
    }
    let used = |(name, group): (String, Group)| Used {
        platform: known::is_platform(&name) || group.sites.keys().all(|site| deployed.sets(&name, &site.file)),
        name,
        required: group.required,
        sites: group.sites.keys().cloned().collect(),
        // Read by itself elsewhere, no other will do.
        one_of: group.sites.into_values().reduce(|one, other| common(one, &other)).unwrap_or_default(),
    };
    groups.into_iter().map(used).collect()
}

fn common(one: Vec<String>, other: &[String]) -> Vec<String> {
    one.into_iter().filter(|name| other.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, required: bool) -> Read {
        Read {
            name: name.to_owned(),
            site: Site { file: "a.py".to_owned(), line: 1 },
            required,
            supposed: None,
            peers: Vec::new(),
        }
    }

    fn documented(name: &str, commented: bool) -> Documented {
        Documented {
            name: name.to_owned(),
            file: ".env.example".to_owned(),
            line: 1,
            commented,
            workspace: String::new(),
            unused: false,
        }
    }

    fn combined(reads: Vec<Read>, patterns: &[&str], documented: Vec<Documented>) -> Env {
        combined_beside(&[], reads, patterns, documented)
    }

    fn combined_beside(projects: &[&str], reads: Vec<Read>, patterns: &[&str], documented: Vec<Documented>) -> Env {
        combined_among(projects, &[], reads, patterns, documented)
    }

    fn combined_among(
        projects: &[&str],
        parts: &[&str],
        reads: Vec<Read>,
        patterns: &[&str],
        documented: Vec<Documented>,
    ) -> Env {
        let owned = |folders: &[&str]| folders.iter().map(|&folder| folder.to_owned()).collect::<Vec<_>>();
        let (projects, parts) = (owned(projects), owned(parts));
        let dynamic = patterns
            .iter()
            .map(|pattern| Dynamic { file: "a.py".to_owned(), line: 1, pattern: (*pattern).to_owned() })
            .collect();
        let elsewhere = |_: &BTreeSet<&str>| BTreeSet::from(["TOOL".to_owned()]);
        let settings = BTreeMap::from([("MAIL_FROM".to_owned(), ("application.yml".to_owned(), 3))]);
        let around = Around {
            dependencies: &[],
            settings: &settings,
            images: &[],
            projects: &projects,
            parts: &parts,
            elsewhere: &elsewhere,
        };
        let scripts = BTreeSet::from(["scripts/seed.py".to_owned()]);
        combine(Found { reads, dynamic, scripts, deployed: Deployed::default() }, documented, Vec::new(), &around)
    }

    #[test]
    fn a_slip_in_a_name_of_capitals_is_another_name() {
        let reads = vec![read("WRITE_LOG", true), read("databaseurl", true)];
        let env = combined(reads, &[], vec![documented("WRITE_lOG", false), documented("databaseUrl", false)]);
        assert_eq!((vec!["WRITE_LOG".to_owned()], vec!["WRITE_lOG".to_owned()]), (env.missing, env.unused));
    }

    #[test]
    fn missing_is_what_is_read_and_nowhere_documented() {
        let env = combined(
            vec![read("A", true), read("A", false), read("B", false), read("PATH", true), read("C", true)],
            &[],
            vec![documented("b", false), documented("C", true)],
        );
        assert_eq!(vec!["A"], env.missing);
        assert!(env.used[0].required && env.used[0].sites.len() == 1);
        assert!(env.used.iter().any(|used| used.name == "PATH" && used.platform));
    }

    #[test]
    fn unused_is_what_nothing_can_read() {
        let env = combined(
            vec![read("A", true)],
            &["SHARD_*_DSN", "*"],
            ["A", "SHARD_1_DSN", "TOOL", "COMPOSE_FILE", "LEFT"].iter().map(|name| documented(name, false)).collect(),
        );
        assert_eq!(vec!["LEFT"], env.unused);
        assert!(combined(vec![], &[], vec![documented("X", true)]).unused.is_empty(), "an optional one is none");
    }

    #[test]
    fn names_that_case_makes_count_where_the_example_has_them() {
        let made = |name: &str| Read { supposed: Some("SHARD_*_DSN".to_owned()), ..read(name, true) };
        let env = combined(vec![made("SHARD_A_DSN"), made("SHARD_B_DSN")], &[], vec![documented("SHARD_B_DSN", false)]);
        assert_eq!(vec!["SHARD_B_DSN"], env.used.iter().map(|used| used.name.as_str()).collect::<Vec<_>>());
        assert_eq!(vec!["SHARD_*_DSN"], env.dynamic.iter().map(|read| read.pattern.as_str()).collect::<Vec<_>>());
        assert!(env.missing.is_empty() && env.unused.is_empty());
    }

    #[test]
    fn a_setting_may_be_given_by_a_variable() {
        let env = combined(vec![], &[], vec![documented("MAIL_FROM", false), documented("MAIL_TO", false)]);
        assert_eq!(vec!["MAIL_FROM"], env.used.iter().map(|used| used.name.as_str()).collect::<Vec<_>>());
        assert_eq!(vec!["MAIL_TO"], env.unused);
        assert!(combined(vec![], &[], vec![]).used.is_empty(), "no example needs to name it");
    }

    #[test]
    fn what_developers_scripts_read_is_used_and_not_missing() {
        let reads =
            vec![at("A", "scripts/seed.py"), at("B", "scripts/seed.py"), at("B", "app.py"), at("C", "scripts/seed.py")];
        let env = combined(reads, &[], vec![documented("C", false)]);
        assert_eq!(vec!["B"], env.missing);
        assert!(env.unused.is_empty() && env.used.len() == 3);
        let gaps = env.gaps(|_| true);
        assert_eq!(vec!["app.py"], gaps[0].sites.iter().map(|site| site.file.as_str()).collect::<Vec<_>>());
    }

    #[test]
    fn a_file_that_holds_a_value_needs_no_documentation_beside_it() {
        let env = combined(vec![read("KEY", true), read("KEY_FILE", false), read("LOG_FILE", false)], &[], vec![]);
        assert_eq!(vec!["KEY", "LOG_FILE"], env.missing);
    }

    #[test]
    fn a_workspace_is_held_against_its_own_example() {
        let at = |name: &str, file: &str| Read { site: Site { file: file.to_owned(), line: 1 }, ..read(name, true) };
        let entry = |name: &str, workspace: &str| Documented {
            file: format!("{workspace}/.env.example").trim_start_matches('/').to_owned(),
            workspace: workspace.to_owned(),
            ..documented(name, false)
        };
        let reads = vec![
            at("A", "api/a.js"),
            at("A", "web/a.js"),
            at("B", "web/src/b.js"),
            at("C", "shared/c.js"),
            at("D", "api/d.js"),
            at("E", "webshop/e.js"),
        ];
        let examples = vec![entry("A", "api"), entry("B", ""), entry("C", "web"), entry("D", "web"), entry("E", "web")];
        let env = combined(reads, &[], examples);
        let gaps: Vec<(&str, Option<&str>)> =
            env.gaps(|_| true).iter().map(|gap| (gap.used.name.as_str(), gap.example)).collect();
        assert_eq!(vec![("A", Some("web/.env.example")), ("D", Some("api/.env.example"))], gaps);
        assert_eq!(vec!["A", "D"], env.missing);
        assert_eq!(vec!["D"], env.unused, "what api alone reads, web's example has for nothing");
    }

    fn at(name: &str, file: &str) -> Read {
        Read { site: Site { file: file.to_owned(), line: 1 }, ..read(name, true) }
    }

    fn of(name: &str, workspace: &str, file: &str) -> Documented {
        Documented { file: file.to_owned(), workspace: workspace.to_owned(), ..documented(name, false) }
    }

    #[test]
    fn a_project_at_the_root_is_held_against_its_own_example() {
        let reads = || vec![at("A", "bot/a.js"), at("A", "netlify/a.js"), at("A", "db/a.js"), at("B", "netlify/a.js")];
        let examples = |own: &str| vec![of("A", "bot", "bot/.env.example"), of("B", "", own)];
        let missing = |projects: &[&str], own: &str| combined_beside(projects, reads(), &[], examples(own)).missing;
        assert_eq!(vec!["A"], missing(&["bot", "db"], ".env.example"));
        assert!(missing(&[], ".env.example").is_empty(), "the root is no project");
        assert!(missing(&["bot", "db"], "relay.env.example").is_empty(), "one part's example");
        let elsewhere = combined_beside(&["bot", "netlify", "db"], reads(), &[], examples(".env.example"));
        assert!(elsewhere.missing.is_empty(), "a project without an example of its own");
    }

    #[test]
    fn the_example_of_a_part_documents_what_lies_in_it() {
        let reads = || vec![at("A", "src/a.js"), at("A", "deploy/compose.yaml"), at("B", "deploy/run.js")];
        let missing = |examples: Vec<Documented>| {
            let env = combined_among(&[], &["deploy"], reads(), &[], examples);
            env.gaps(|_| true).iter().map(|gap| (gap.used.name.clone(), gap.sites[0].file.clone())).collect::<Vec<_>>()
        };
        let gap = |name: &str, file: &str| vec![(name.to_owned(), file.to_owned())];
        let part = || of("A", "", "deploy/.env.example");
        assert_eq!(gap("A", "src/a.js"), missing(vec![part(), of("B", "", ".env.example")]));
        let alone = missing(vec![part(), of("B", "", "deploy/.env.example")]);
        assert!(alone.is_empty(), "there is no other: {alone:?}");
        let other = missing(vec![part(), of("B", "", "worker.env.example")]);
        assert!(other.is_empty(), "one that is called after a part is none of the whole: {other:?}");
        let env = combined_among(&[], &["deploy"], vec![at("A", "src/a.js")], &[], vec![part(), of("B", "", ".env")]);
        assert!(!env.unused.contains(&"A".to_owned()), "what is read anywhere is handed over from there");
    }

    #[test]
    fn a_part_of_a_workspace_is_no_place_for_what_the_workspace_reads() {
        let reads = || vec![at("A", "api/src/a.js")];
        let missing = |own: Option<Documented>| {
            let examples = own.into_iter().chain([of("A", "api", "api/docker/.env.example")]).collect();
            combined_among(&[], &["api/docker"], reads(), &[], examples).missing
        };
        assert_eq!(vec!["A"], missing(Some(of("B", "api", "api/.env.example"))));
        assert!(missing(None).is_empty());
    }

    #[test]
    fn compose_is_handed_the_example_of_the_whole_repository() {
        let reads = || vec![at("A", "api/a.js"), at("A", "docker-compose.yml")];
        let missing =
            |own: &str| combined(reads(), &[], vec![of("A", "api", "api/.env.example"), of("B", "", own)]).missing;
        assert_eq!(vec!["A"], missing(".env.production.example"));
        assert!(missing("relay.env.example").is_empty(), "one part's example");
    }

    #[test]
    fn one_of_several_names_is_enough() {
        let peers = vec!["NEW".to_owned(), "OLD".to_owned()];
        let any = |name: &str| Read { peers: peers.clone(), ..read(name, true) };
        assert!(combined(vec![any("NEW"), any("OLD")], &[], vec![documented("NEW", true)]).missing.is_empty());
        assert_eq!(vec!["NEW", "OLD"], combined(vec![any("NEW"), any("OLD")], &[], vec![]).missing);
        let elsewhere = Read { site: Site { file: "b.py".to_owned(), line: 1 }, ..read("OLD", false) };
        let besides = combined(vec![any("OLD"), elsewhere], &[], vec![documented("NEW", false)]);
        assert_eq!(vec!["OLD"], besides.missing, "read by itself elsewhere");
    }
}
