//! A Dockerfile's text as steps: instructions with their lines, as far as anything here looks at them.

use parse_dockerfile::{Command, Flag, HealthcheckArguments, Instruction, Source, parse_iter};

use super::shell::{self, Call};

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The line that it starts on, from 1.
    pub(super) line: u32,
    /// What it does.
    pub(super) kind: Kind,
}

/// What an instruction does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// `ARG`: names with their defaults.
    Arg(Vec<(String, Option<String>)>),
    /// `ENV`: names with their values.
    Env(Vec<(String, String)>),
    /// `FROM`: the image as written and the stage's name.
    From(String, Option<String>),
    /// `USER` as written.
    User(String),
    /// `HEALTHCHECK`: whether there is one (`NONE` is none).
    Healthcheck(bool),
    /// `RUN`.
    Run(Run),
    /// `CMD` or `ENTRYPOINT`: its name, and whether it reaches the program itself: in exec form, or by `exec`.
    Start(&'static str, bool),
    /// `COPY` or `ADD`.
    Copy {
        /// Whether it is `ADD`.
        add: bool,
        /// What is copied, as written.
        sources: Vec<String>,
        /// The stage or image that it is copied from.
        from: Option<String>,
        /// Whether a checksum is demanded of it.
        checksum: bool,
    },
    /// Anything else.
    Other,
}

/// What a `RUN` does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Run {
    /// Its commands, those of here-documents that a shell runs among them.
    pub(super) calls: Vec<Call>,
    /// Its text, here-documents included.
    pub(super) text: String,
    /// The values of its `--mount` options.
    pub(super) mounts: Vec<String>,
}

impl Run {
    /// Whether a folder is kept out of the layer by a cache or a file system in memory, and what lies in it too.
    pub(super) fn is_mounted(&self, folder: &str) -> bool {
        self.mounts.iter().any(|mount| {
            let parts = || mount.split(',').filter_map(|part| part.split_once('='));
            let kind = parts().any(|(key, value)| key == "type" && matches!(value, "cache" | "tmpfs"));
            let target = parts().find(|(key, _)| matches!(*key, "target" | "dst" | "destination"));
            kind && target.is_some_and(|(_, at)| {
                let at = at.trim_matches('"').trim_end_matches('/');
                folder == at || folder.strip_prefix(at).is_some_and(|rest| rest.starts_with('/'))
            })
        })
    }

    /// Whether it mounts a cache at all: where caches lie depends on users and settings.
    pub(super) fn has_cache(&self) -> bool {
        self.mounts.iter().any(|mount| mount.split(',').any(|part| part == "type=cache"))
    }
}

/// Reads a Dockerfile.
///
/// # Errors
/// The line where it is none, and why.
pub(super) fn parse(text: &str) -> Result<Vec<Step>, (u32, String)> {
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line_of = |offset: usize| u32::try_from(starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX);
    let wrong = |error: &parse_dockerfile::Error| {
        let whole = error.to_string();
        let why = whole.lines().next().unwrap_or_default();
        // The crate's message ends in its own place; the line is told apart.
        let why = why.split(" at line ").next().unwrap_or(why);
        (u32::try_from(error.line()).unwrap_or(u32::MAX), why.to_owned())
    };
    let escape = escape(text);
    let mut steps = Vec::new();
    for instruction in parse_iter(text).map_err(|error| wrong(&error))? {
        let (offset, kind) = step(&instruction.map_err(|error| wrong(&error))?, escape);
        steps.push(Step { line: line_of(offset), kind });
    }
    Ok(steps)
}

fn step(instruction: &Instruction<'_>, escape: char) -> (usize, Kind) {
    match instruction {
        Instruction::Arg(it) => (it.arg.span.start, Kind::Arg(args(&it.arguments.value))),
        Instruction::Env(it) => (it.env.span.start, Kind::Env(envs(&it.arguments.value))),
        Instruction::From(it) => {
            let name = it.as_.as_ref().map(|(_, name)| name.value.to_string());
            (it.from.span.start, Kind::From(it.image.value.to_string(), name))
        }
        Instruction::User(it) => (it.user.span.start, Kind::User(it.arguments.value.trim().to_owned())),
        Instruction::Healthcheck(it) => {
            let some = !matches!(it.arguments, HealthcheckArguments::None { .. });
            (it.healthcheck.span.start, Kind::Healthcheck(some))
        }
        Instruction::Run(it) => {
            let docs: Vec<&str> = it.here_docs.iter().map(|doc| doc.value.as_ref()).collect();
            (it.run.span.start, Kind::Run(run(&it.arguments, &it.options, &docs, escape)))
        }
        Instruction::Cmd(it) => (it.cmd.span.start, Kind::Start("CMD", is_exec(&it.arguments))),
        Instruction::Entrypoint(it) => (it.entrypoint.span.start, Kind::Start("ENTRYPOINT", is_exec(&it.arguments))),
        Instruction::Copy(it) => (it.copy.span.start, copy(false, &it.options, &it.src)),
        Instruction::Add(it) => (it.add.span.start, copy(true, &it.options, &it.src)),
        Instruction::Onbuild(it) => (it.onbuild.span.start, Kind::Other),
        Instruction::Expose(it) => (it.expose.span.start, Kind::Other),
        Instruction::Label(it) => (it.label.span.start, Kind::Other),
        Instruction::Maintainer(it) => (it.maintainer.span.start, Kind::Other),
        Instruction::Shell(it) => (it.shell.span.start, Kind::Other),
        Instruction::Stopsignal(it) => (it.stopsignal.span.start, Kind::Other),
        Instruction::Volume(it) => (it.volume.span.start, Kind::Other),
        Instruction::Workdir(it) => (it.workdir.span.start, Kind::Other),
        _ => (0, Kind::Other),
    }
}

/// The character that continues a line: a directive at the very top may change it.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some((key, value)) = line.trim().strip_prefix('#').and_then(|line| line.split_once('=')) else { break };
        match key.trim().to_ascii_lowercase().as_str() {
            "escape" => return if value.trim() == "`" { '`' } else { '\\' },
            "syntax" | "check" => {}
            _ => break,
        }
    }
    '\\'
}

/// The lines that an instruction goes over as one: comments and empty lines between them are none of it.
fn joined(text: &str, escape: char) -> String {
    let mut out = String::new();
    let mut continued = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if continued && (trimmed.is_empty() || trimmed.starts_with('#')) {
            continue;
        }
        let open = line.trim_end().strip_suffix(escape);
        out.push_str(open.unwrap_or(line));
        out.push(if open.is_some() { ' ' } else { '\n' });
        continued = open.is_some();
    }
    out
}

fn run(arguments: &Command<'_>, options: &[Flag<'_>], docs: &[&str], escape: char) -> Run {
    let mounts = options.iter().filter(|flag| flag.name.value.eq_ignore_ascii_case("mount"));
    let mounts = mounts.filter_map(|flag| Some(flag.value.as_ref()?.value.to_string())).collect();
    let (mut text, mut calls) = match arguments {
        Command::Exec(words) => {
            let words: Vec<String> = words.value.iter().map(|word| word.value.to_string()).collect();
            (words.join(" "), shell::exec(&words))
        }
        Command::Shell(text) => {
            let text = joined(text.value, escape);
            let calls = shell::calls(&text);
            (text, calls)
        }
        _ => (String::new(), Vec::new()),
    };
    // A here-document is a script where nothing else, or a shell, takes it.
    let program = calls.iter().map(|call| call.name().to_owned()).find(|name| !name.starts_with("<<"));
    for doc in docs {
        text.push_str(doc);
        text.push('\n');
        let foreign = doc
            .lines()
            .next()
            .is_some_and(|line| line.starts_with("#!") && !line.split(['/', ' ']).any(shell::is_shell));
        if !foreign && program.as_deref().is_none_or(shell::is_shell) {
            calls.extend(shell::calls(doc));
        }
    }
    calls.retain(|call| !call.name().starts_with("<<"));
    Run { calls, text, mounts }
}

fn is_exec(command: &Command<'_>) -> bool {
    match command {
        Command::Shell(text) => text.value.trim_start().starts_with("exec "),
        _ => true,
    }
}

fn copy(add: bool, options: &[Flag<'_>], sources: &[Source<'_>]) -> Kind {
    let option = |name: &str| {
        let flag = options.iter().find(|flag| flag.name.value.eq_ignore_ascii_case(name))?;
        flag.value.as_ref().map(|value| value.value.to_string())
    };
    let path = |source: &Source<'_>| match source {
        Source::Path(path) => Some(path.value.to_string()),
        _ => None,
    };
    Kind::Copy {
        add,
        sources: sources.iter().filter_map(path).collect(),
        from: option("from"),
        checksum: option("checksum").is_some(),
    }
}

fn args(text: &str) -> Vec<(String, Option<String>)> {
    let pair = |word: String| match word.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (word, None),
    };
    words(text).into_iter().map(pair).collect()
}

fn envs(text: &str) -> Vec<(String, String)> {
    let words = words(text);
    // The old form: `ENV NAME the whole rest`.
    if words.first().is_some_and(|first| !first.contains('=')) {
        let (name, value) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
        return vec![(name.to_owned(), value.trim().to_owned())];
    }
    let pair = |word: String| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    words.into_iter().filter_map(pair).collect()
}

/// Words as the shell splits them, without their quotes.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heredocs_continuations_and_the_escape_directive_are_read() {
        let text = "# syntax=docker/dockerfile:1\n# escape=`\nFROM a:1 AS b\nRUN <<EOF\nUSER fake\nEOF\nENV A=1 `\n  B=\"two words\"\nONBUILD USER nobody\nUSER app\n";
        let steps = parse(text).expect("steps");
        let lines: Vec<u32> = steps.iter().map(|step| step.line).collect();
        assert_eq!(vec![3, 4, 7, 9, 10], lines);
        assert_eq!(Kind::Other, steps[3].kind, "what stands behind ONBUILD is for other images");
        let expected = vec![("A".to_owned(), "1".to_owned()), ("B".to_owned(), "two words".to_owned())];
        assert_eq!(Kind::Env(expected), steps[2].kind);
    }

    #[test]
    fn what_is_no_dockerfile_is_told_with_its_line() {
        assert_eq!(2, parse("FROM a\nUZER b\n").expect_err("a typo").0);
        assert_eq!(1, parse("FORM node:20\nUSER node\n").expect_err("a typo").0);
        assert!(parse("").is_err());
        assert!(parse("RUN x").is_err());
    }

    #[test]
    fn the_old_form_of_env_has_one_name() {
        assert_eq!(vec![("A".to_owned(), "b c=d".to_owned())], envs("A b c=d"));
    }

    proptest! {
        #[test]
        fn any_text_gives_steps_or_a_line(text in "(?s).{0,120}|((FROM|RUN|COPY|ENV|ARG|USER|ONBUILD|HEALTHCHECK|ADD|SHELL|VOLUME) [\\\\\"'<\\[\\]\\-$a-z=\n ,]{0,20}\n?){0,8}") {
            let _ = parse(&text);
        }
    }
}
