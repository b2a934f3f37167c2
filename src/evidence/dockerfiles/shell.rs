//! The commands of a RUN, as far as they are looked at: words without quotes, and which command is piped into which.
//!
//! This is no shell: nothing is expanded. What stands in `$(…)`, `<(…)` and `sh -c '…'` is read as commands of its own.

/// How deep commands stand in commands.
const MAX_DEPTH: usize = 6;

/// Commands of one RUN that are looked at.
const MAX_COMMANDS: usize = 10_000;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Call {
    /// What is assigned before it: `A=b`.
    pub(super) assigned: Vec<String>,
    /// Its words, its name first; never empty, but where it only assigns.
    pub(super) words: Vec<String>,
    /// Whether what it prints goes into the next command of the list.
    pub(super) piped: bool,
    /// The commands in `$(…)` and `<(…)` among its words start with these names.
    pub(super) inner: Vec<String>,
    /// How deep it stands in other commands: pipes join commands of one depth.
    pub(super) depth: usize,
    /// Whether it stood behind `sudo`.
    pub(super) sudo: bool,
}

impl Call {
    /// Its name without a folder.
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", |word| word.rsplit('/').next().unwrap_or(word))
    }

    /// Its words behind the name that are no options.
    pub(super) fn operands(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).map(String::as_str).filter(|word| !word.starts_with('-'))
    }

    /// Whether one of its words is exactly this.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|one| one == word)
    }
}

/// Whether this is a shell by name.
pub(super) fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh")
}

/// The commands of a script.
pub(super) fn calls(script: &str) -> Vec<Call> {
    let mut all = Vec::new();
    read(script, MAX_DEPTH, &mut all);
    all
}

/// The one command of an argument list, and those of the script that it may hand to a shell.
pub(super) fn exec(words: &[String]) -> Vec<Call> {
    let mut all = Vec::new();
    finish(words.to_vec(), Vec::new(), false, MAX_DEPTH, &mut all);
    all
}

fn read(script: &str, depth: usize, all: &mut Vec<Call>) {
    let mut reader = Reader { rest: script, words: Vec::new(), word: None, inner: Vec::new() };
    while all.len() < MAX_COMMANDS {
        let Some(c) = reader.next() else { break };
        match c {
            '\n' | ';' => reader.end(false, depth, all),
            '&' if reader.rest.starts_with('&') => {
                reader.next();
                reader.end(false, depth, all);
            }
            '|' => {
                let either = reader.rest.starts_with('|');
                if either || reader.rest.starts_with('&') {
                    reader.next();
                }
                reader.end(!either, depth, all);
            }
            // `>&2`, `&>file`: no end of a command.
            '&' if !reader.rest.starts_with('>')
                && !reader.word.as_deref().is_some_and(|w| w.ends_with(['>', '<'])) =>
            {
                reader.end(false, depth, all);
            }
            ')' => reader.end(false, depth, all),
            '(' if reader.word.is_none() => reader.end(false, depth, all),
            '#' if reader.word.is_none() => {
                let end = reader.rest.find('\n').unwrap_or(reader.rest.len());
                reader.rest = &reader.rest[end..];
            }
            c if c.is_whitespace() => reader.end_word(),
            c => reader.take(c),
        }
    }
    reader.end(false, depth, all);
}

struct Reader<'a> {
    rest: &'a str,
    words: Vec<String>,
    word: Option<String>,
    inner: Vec<String>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    /// A character that begins or continues a word.
    fn take(&mut self, c: char) {
        match c {
            '\\' => match self.next() {
                Some('\n') | None => {}
                Some(c) => self.push(c),
            },
            '\'' => {
                self.word.get_or_insert_default();
                while let Some(c) = self.next().filter(|c| *c != '\'') {
                    self.push(c);
                }
            }
            '"' => {
                self.word.get_or_insert_default();
                while let Some(c) = self.next().filter(|c| *c != '"') {
                    match c {
                        '\\' => match self.next() {
                            Some(c @ ('"' | '\\' | '$' | '`')) => self.push(c),
                            Some('\n') | None => {}
                            Some(c) => {
                                self.push('\\');
                                self.push(c);
                            }
                        },
                        '$' | '`' => self.substitution(c),
                        c => self.push(c),
                    }
                }
            }
            '$' | '<' | '`' => self.substitution(c),
            c => self.push(c),
        }
    }

    /// `$(…)`, `<(…)` and backquotes: kept as text of the word, and read as commands of their own.
    fn substitution(&mut self, c: char) {
        self.push(c);
        let length = match c {
            '`' => self.rest.find('`'),
            _ => self.rest.strip_prefix('(').and_then(closing).map(|end| end + 1),
        };
        let Some(length) = length else { return };
        let (inside, rest) = self.rest.split_at(length);
        let rest = rest.get(1..).unwrap_or_default();
        self.inner.push(inside.trim_start_matches('(').to_owned());
        self.word.get_or_insert_default().push_str(inside);
        self.rest = rest;
    }

    fn end(&mut self, piped: bool, depth: usize, all: &mut Vec<Call>) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        let inner = std::mem::take(&mut self.inner);
        finish(words, inner, piped, depth, all);
    }
}

/// Where the parenthesis closes that is open before `text`; quotes are skipped.
fn closing(text: &str) -> Option<usize> {
    let (mut open, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('\''), '\'') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => open += 1,
            (None, ')') if open == 0 => return Some(at),
            (None, ')') => open -= 1,
            _ => {}
        }
    }
    None
}

/// A command out of its words: what stands before its name is taken off.
fn finish(words: Vec<String>, inner: Vec<String>, piped: bool, depth: usize, all: &mut Vec<Call>) {
    let mut call = Call { piped, depth: MAX_DEPTH - depth, ..Call::default() };
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.peek() {
        let keyword = matches!(
            word.as_str(),
            "if" | "then"
                | "else"
                | "elif"
                | "do"
                | "while"
                | "until"
                | "!"
                | "{"
                | "exec"
                | "command"
                | "time"
                | "env"
        );
        let option = call.sudo && word.starts_with('-');
        if word.rsplit('/').next() == Some("sudo") {
            call.sudo = true;
        } else if is_assignment(word) {
            call.assigned.push(word.clone());
        } else if !(keyword || option) {
            break;
        }
        words.next();
    }
    call.words = words.collect();
    if call.words.is_empty() && call.assigned.is_empty() && inner.is_empty() && !call.sudo {
        return;
    }
    let script = is_shell(call.name()).then(|| {
        let at =
            call.words.iter().position(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c'));
        at.and_then(|at| call.words.get(at + 1)).cloned()
    });
    let mut below = Vec::new();
    if let Some(depth) = depth.checked_sub(1) {
        for text in &inner {
            let start = below.len();
            read(text, depth, &mut below);
            call.inner.extend(below.get(start).map(|first| first.name().to_owned()));
        }
        if let Some(script) = script.flatten() {
            read(&script, depth, &mut below);
        }
    }
    // What is piped follows at once, so what stands within goes before.
    all.extend(below);
    all.push(call);
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(script: &str) -> Vec<String> {
        calls(script)
            .iter()
            .map(|call| format!("{}{}", call.words.join(" "), if call.piped { " |" } else { "" }))
            .collect()
    }

    #[test]
    fn commands_are_told_apart_as_the_shell_does() {
        assert_eq!(vec!["a b", "c |", "d"], told("a \"b\" && c | d"));
        assert_eq!(vec!["echo a && b | c"], told("echo 'a && b | c' # d; e"));
        assert_eq!(vec!["apt-get install x"], told("if ! apt-get \\\n  install x"));
        assert_eq!(vec!["a >&2", "b"], told("(a >&2; b)"));
        let shell = &calls("sh -c \"$(curl x | cat)\"");
        assert_eq!(vec!["curl"], shell.last().expect("a shell").inner);
        assert_eq!(vec!["a", "b", "bash -lc a && b"], told("bash -lc 'a && b'"));
    }

    #[test]
    fn what_stands_before_a_command_is_taken_off() {
        let all = calls("sudo -E A=b apt-get install sudo");
        assert!(all[0].sudo);
        assert_eq!("apt-get", all[0].name());
        assert_eq!(vec!["A=b"], all[0].assigned);
        assert!(!calls("apt-get install sudo")[0].sudo);
    }

    proptest! {
        #[test]
        fn any_script_gives_commands(text in "[a-c$()<>|&;'\"`\\\\#= \n-]{0,80}") {
            let _ = calls(&text);
        }
    }
}
