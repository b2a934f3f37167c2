//! What RUN steps do that a Dockerfile may be asked not to do.

use std::collections::BTreeMap;

use super::findings::Finds;
use super::shell::{Call, is_shell};
use super::steps::Run;
use crate::evidence::env::secret;

/// What fetches from elsewhere.
fn fetches(name: &str) -> bool {
    matches!(name, "curl" | "wget" | "aria2c")
}

/// What any stage may not do: `sudo`, what is fetched run unseen, secrets.
pub(super) fn anywhere(line: u32, run: &Run, finds: &mut Finds) {
    if run.calls.iter().any(|call| call.sudo) {
        finds.add(line, "no-sudo", "", "RUN uses sudo", "leave sudo out: stand behind `USER root` while building");
    }
    if runs_unseen(&run.calls) {
        finds.add(
            line,
            "no-curl-pipe-shell",
            "",
            "RUN runs what it fetches without having looked at it",
            "fetch to a file, check its checksum, then run it; or copy it out of a pinned image",
        );
    }
    for name in secrets(&run.calls) {
        let message = format!("RUN holds what looks like a secret: {name}");
        finds.add(line, "no-secrets", "run", message, "mount it with RUN --mount=type=secret, and replace the secret");
    }
}

/// Whether a shell or an interpreter runs what a command before it fetched.
fn runs_unseen(calls: &[Call]) -> bool {
    // By depth, for what stands in `$(…)` comes between the ends of a pipe.
    let mut fetched: BTreeMap<usize, bool> = BTreeMap::new();
    for call in calls {
        let fetched = fetched.entry(call.depth).or_default();
        if *fetched && reads_program(call) {
            return true;
        }
        let name = call.name();
        let runs = is_shell(name) || matches!(name, "eval" | "source" | ".");
        // `VERSION="$(curl …)"` takes text, `sh -c "$(curl …)"` and `source <(curl …)` run it.
        let inside = |word: &String| {
            ["$(", "<(", "`"].iter().any(|open| word.trim_start_matches('"').starts_with(open))
                && call.inner.iter().any(|name| fetches(name))
        };
        if runs && call.words.iter().skip(1).any(inside) {
            return true;
        }
        *fetched = call.piped && (*fetched || fetches(name));
    }
    false
}

/// Whether it takes its program from what is piped into it.
fn reads_program(call: &Call) -> bool {
    let name = call.name();
    let rest = call.words.get(1..).unwrap_or_default();
    if is_shell(name) {
        let script = rest.iter().take_while(|word| *word != "--");
        return !script.clone().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c'))
            && (script.clone().all(|word| word.starts_with('-')) || rest.iter().any(|word| word.starts_with("-s")));
    }
    let interpreter = matches!(name, "perl" | "ruby" | "node" | "php") || name.starts_with("python");
    interpreter && rest.first().is_none_or(|word| word == "-")
}

/// The names of what looks like secrets among words: assignments, options, passwords in URLs, tokens of known kinds.
fn secrets(calls: &[Call]) -> Vec<String> {
    let mut found = Vec::new();
    for call in calls {
        let exported = matches!(call.name(), "export" | "declare");
        let named = call.assigned.iter().chain(call.words.iter().filter(|word| exported || word.starts_with("--")));
        for word in named {
            let Some((name, value)) = word.split_once('=') else { continue };
            let name = name.trim_start_matches('-');
            if secret::is_secret(name, value) && !secret::is_placeholder(value) && !value.contains("$(") {
                found.push(name.to_owned());
            }
        }
        for word in &call.words {
            if secret::is_secret("", word) {
                found.push("a token of a known kind".to_owned());
            }
            if let Some(user) = password_in_url(word) {
                found.push(format!("the password of {user} in a URL"));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The user whose password stands in a URL.
fn password_in_url(word: &str) -> Option<&str> {
    let (_, rest) = word.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, password) = authority.rsplit_once('@')?.0.split_once(':')?;
    let literal = !password.is_empty() && !password.contains(['$', '{', '<']) && !secret::is_placeholder(password);
    // A database that is only there while building has such passwords.
    let host = authority.rsplit_once('@').map_or("", |(_, host)| host);
    (literal && host.contains('.') && !host.starts_with("127.")).then_some(user)
}

/// A manager of packages: how it installs, what it leaves behind and how that is kept out.
struct Manager {
    names: &'static [&'static str],
    verbs: &'static [&'static str],
    /// The option that leaves nothing behind.
    option: &'static [&'static str],
    /// The variable that does.
    variable: &'static str,
    /// Text in the same RUN that cleans up.
    cleans: &'static [&'static str],
    /// The folder that is left.
    folder: &'static str,
    title: &'static str,
    next: &'static str,
}

const MANAGERS: &[Manager] = &[
    Manager {
        names: &["apt-get", "apt", "aptitude"],
        verbs: &["install", "update"],
        option: &[],
        variable: "",
        cleans: &["/var/lib/apt", "dist-clean", "distclean"],
        folder: "/var/lib/apt/lists",
        title: "apt",
        next: "end the same RUN with `rm -rf /var/lib/apt/lists/*`, or mount a cache there",
    },
    Manager {
        names: &["apk"],
        verbs: &["add"],
        option: &["--no-cache", "--cache-dir"],
        variable: "",
        cleans: &["/var/cache/apk", "apk cache clean"],
        folder: "/var/cache/apk",
        title: "apk",
        next: "add `--no-cache`",
    },
    Manager {
        names: &["dnf", "microdnf", "tdnf"],
        verbs: &["install", "update", "upgrade"],
        option: &[],
        variable: "",
        cleans: &["clean all", "/var/cache/dnf", "/var/cache/yum", "/var/cache/*", "/var/cache "],
        folder: "/var/cache/dnf",
        title: "dnf",
        next: "end the same RUN with `dnf clean all`",
    },
    Manager {
        names: &["yum"],
        verbs: &["install", "update"],
        option: &[],
        variable: "",
        cleans: &["clean all", "/var/cache/dnf", "/var/cache/yum", "/var/cache/*", "/var/cache "],
        folder: "/var/cache/yum",
        title: "yum",
        next: "end the same RUN with `yum clean all`",
    },
    Manager {
        names: &["zypper"],
        verbs: &["install", "in"],
        option: &[],
        variable: "",
        cleans: &["zypper clean", "zypper cc", "clean --all", "/var/cache/zypp"],
        folder: "/var/cache/zypp",
        title: "zypper",
        next: "end the same RUN with `zypper clean`",
    },
    Manager {
        names: &["pip", "pip3"],
        verbs: &["install", "download"],
        option: &["--no-cache-dir"],
        variable: "PIP_NO_CACHE_DIR",
        cleans: &["pip cache purge", "pip3 cache purge", "/.cache"],
        folder: "/root/.cache/pip",
        title: "pip",
        next: "add `--no-cache-dir`, or mount a cache with RUN --mount=type=cache",
    },
    Manager {
        names: &["uv"],
        verbs: &["sync", "pip"],
        option: &["--no-cache", "--no-cache-dir", "-n"],
        variable: "UV_NO_CACHE",
        cleans: &["uv cache clean", "/.cache"],
        folder: "/root/.cache/uv",
        title: "uv",
        next: "add `--no-cache`, or mount a cache with RUN --mount=type=cache",
    },
    Manager {
        names: &["npm"],
        verbs: &["ci", "install", "i", "clean-install"],
        option: &[],
        variable: "",
        cleans: &["npm cache clean", "/.npm"],
        folder: "/root/.npm",
        title: "npm",
        next: "end the same RUN with `npm cache clean --force`, or mount a cache with RUN --mount=type=cache",
    },
    Manager {
        names: &["yarn"],
        verbs: &["install", "add"],
        option: &[],
        variable: "YARN_CACHE_FOLDER",
        cleans: &["yarn cache clean", "yarn cache", "/.cache", ".yarn/cache"],
        folder: "/usr/local/share/.cache",
        title: "yarn",
        next: "end the same RUN with `yarn cache clean`, or mount a cache with RUN --mount=type=cache",
    },
];

impl Manager {
    /// Whether the call is one of this manager's that leaves something behind.
    fn installs(&self, call: &Call) -> bool {
        let name = call.name();
        let module = name.starts_with("python").then(|| call.words.iter().position(|word| word == "-m")).flatten();
        let (name, at) = match module {
            Some(at) => (call.words.get(at + 1).map_or("", String::as_str), at + 1),
            None => (name, 0),
        };
        let versioned = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let is_pip = self.title == "pip" && versioned == "pip";
        if !is_pip && !self.names.contains(&name) {
            return false;
        }
        let mut operands = call.words.iter().skip(at + 1).filter(|word| !word.starts_with('-'));
        match operands.next() {
            Some(verb) => self.verbs.contains(&verb.as_str()) && !call.has("--help") && !call.has("--version"),
            // `yarn` alone installs.
            None => self.title == "yarn" && !call.words.iter().skip(1).any(|word| word.contains("version")),
        }
    }
}

/// What a stage may not do that is part of the image: leave caches, take in what is only recommended.
pub(super) fn shipped(line: u32, run: &Run, env: &BTreeMap<String, String>, lean: bool, finds: &mut Finds) {
    for manager in MANAGERS {
        let Some(call) = run.calls.iter().find(|call| {
            manager.installs(call)
                && !call
                    .words
                    .iter()
                    .any(|word| manager.option.iter().any(|option| word.split('=').next() == Some(option)))
        }) else {
            continue;
        };
        let set = |name: &str| {
            let given = call.assigned.iter().any(|word| word.split('=').next() == Some(name));
            given || env.get(name).is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false" | "off" | "no"))
        };
        let language = manager.folder.contains("/.");
        let kept_out = (!manager.variable.is_empty() && set(manager.variable))
            || manager.cleans.iter().any(|text| run.text.contains(text))
            || run.is_mounted(manager.folder)
            || (language && run.has_cache());
        if !kept_out {
            let message = format!("RUN leaves what {} fetched in the layer", manager.title);
            finds.add(line, "package-cache", manager.title, message, manager.next);
        }
    }
    let apt = |call: &&Call| matches!(call.name(), "apt-get" | "apt") && call.operands().next() == Some("install");
    // Said once for all by a setting, or by each call for itself.
    let told = run.text.to_ascii_lowercase().contains("::install-recommends");
    let says = |call: &&Call| call.words.iter().any(|word| word.ends_with("install-recommends"));
    if !lean && !told && run.calls.iter().any(|call| apt(&call) && !says(&call)) {
        let message = "RUN installs what apt recommends, not only what is named";
        finds.add(line, "no-recommends", "apt", message, "add `--no-install-recommends`");
    }
}

/// Whether the call installs what a manifest or a lockfile of the project lists.
pub(super) fn installs_project(call: &Call) -> bool {
    let mut operands = call.operands();
    let (verb, more) = (operands.next(), operands.next());
    match (call.name(), verb) {
        ("npm", Some("ci" | "clean-install")) => true,
        ("npm" | "pnpm" | "bun", Some("install" | "i")) | ("yarn", Some("install")) => more.is_none(),
        ("yarn", None) => !call.words.iter().skip(1).any(|word| word.contains("version")),
        ("pip" | "pip3", Some("install")) => {
            call.words.iter().any(|word| word == "-r" || word.starts_with("--requirement"))
        }
        ("poetry" | "bundle" | "composer" | "pipenv", Some("install")) | ("uv" | "pipenv", Some("sync")) => true,
        ("go", Some("mod")) => more == Some("download"),
        ("go", Some("build" | "install" | "run" | "test")) => {
            // Something else than the project: `go install x@latest`; or nothing is fetched.
            !call.words.iter().any(|word| word.contains('@') || word.contains("-mod=vendor"))
        }
        // Tools that fetch and build what is needed as they build the project.
        ("cargo", Some("build" | "b" | "fetch" | "install" | "check" | "test")) => true,
        ("cargo", Some("chef")) => more == Some("cook"),
        ("mvn" | "mvnw" | "gradle" | "gradlew", Some(_)) => {
            call.operands().any(|verb| !matches!(verb, "help" | "version" | "wrapper" | "clean"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::shell::calls;
    use super::*;

    #[test]
    fn what_is_fetched_is_run_only_where_it_is_a_program() {
        for script in [
            "curl -fsSL https://x.sh | sh",
            "wget -qO- x | sudo -E bash -",
            "curl x | bash -s -- -b /usr/bin",
            "curl x | gunzip | sh",
            "curl x | sh -s -- -b $(go env GOPATH)/bin v1",
            "sh -c \"$(curl -fsSL x)\"",
            "bash <(curl x)",
            "curl x | python3 -",
            "eval \"$(curl x)\"",
        ] {
            assert!(runs_unseen(&calls(script)), "{script}");
        }
        for script in [
            "curl x | tar xz",
            "curl x | python3 -m json.tool",
            "curl x | python3 -c 'import json'",
            "curl x || sh y",
            "curl x -o y && sh y",
            "V=$(curl x | grep tag) && sh build.sh",
            "curl x | sh -c 'cat > y'",
            "apt-get install curl | sh",
        ] {
            assert!(!runs_unseen(&calls(script)), "{script}");
        }
    }

    #[test]
    fn secrets_among_words_are_named_and_never_shown() {
        let all = secrets(&calls("export API_TOKEN=a8f5f167f44f4964 && git clone https://jo:hunter2z@git.acme.io/x"));
        assert_eq!(vec!["API_TOKEN", "the password of jo in a URL"], all);
        for script in
            ["SECRET_KEY=dummy python manage.py collectstatic", "TOKEN=$(cat /run/secrets/t) npm ci", "a --token=$T"]
        {
            assert!(secrets(&calls(script)).is_empty(), "{script}");
        }
    }

    #[test]
    fn installing_what_the_project_lists_is_told_from_installing_a_tool() {
        for script in [
            "npm ci --omit=dev",
            "yarn",
            "pip install -r requirements.txt",
            "go mod download",
            "go build ./cmd",
            "uv sync --frozen",
        ] {
            assert!(installs_project(&calls(script)[0]), "{script}");
        }
        for script in [
            "npm install -g pnpm",
            "pip install gunicorn",
            "yarn build",
            "go build -mod=vendor",
            "go install x.io/y@latest",
            "yarn --version",
        ] {
            assert!(!installs_project(&calls(script)[0]), "{script}");
        }
    }
}
