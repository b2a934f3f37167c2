//! Reads of the environment in Ruby and PHP, for which there is no front end (also within ERB, and in the
//! settings of Rails): `ENV['X']`, `ENV.fetch('X', d)`,
//! `getenv('X')`, `$_ENV['X']`, `$_SERVER['X']` with a shouted name, `env('X', d)`.
//!
//! A scanner that knows comments, strings and (in PHP) what stands outside of `<?php`; a name that is no literal is a pattern
//! of which nothing is known.

use super::combine::Read;
use crate::domain::change::is_test;
use crate::domain::folders::{Role, lies_in};
use crate::facts::env::{Dynamic, Site};
use crate::repo::Repo;

/// Larger files are no code that a person wrote.
const MAX_BYTES: u64 = 1 << 20;

/// A language of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Ruby,
    /// Ruby within `<% %>`.
    Erb,
    Php,
}

impl Language {
    fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let foreign = lies_in(path, &[Role::Vendored, Role::Test, Role::Spec]);
        if foreign || is_test(path) {
            return None;
        }
        match name.rsplit_once('.').map_or("", |(_, end)| end) {
            "rb" | "ru" | "rake" => Some(Self::Ruby),
            "erb" => Some(Self::Erb),
            // Rails fills in its settings' files before it reads them.
            "yml" if path.split('/').rev().nth(1) == Some("config") => Some(Self::Erb),
            // Symfony's, in which `%env(X)%` stands.
            "yaml" if path.split('/').any(|folder| folder == "config") => Some(Self::Erb),
            "php" => Some(Self::Php),
            _ if matches!(name, "Gemfile" | "Rakefile") => Some(Self::Ruby),
            _ => None,
        }
    }
}

/// What is read in such files.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    pub(super) reads: Vec<Read>,
    pub(super) dynamic: Vec<Dynamic>,
    /// How many files of such a language there are.
    pub(super) sources: usize,
}

/// Reads the Ruby and PHP of a repository.
pub(super) fn read(repo: &Repo) -> Scripts {
    let mut scripts = Scripts::default();
    for entry in repo.files().iter().filter(|entry| !entry.link && entry.bytes <= MAX_BYTES) {
        let Some(language) = Language::of(&entry.path) else { continue };
        let Ok(content) = repo.read(&entry.path, MAX_BYTES) else { continue };
        // A template alone is no program.
        scripts.sources += usize::from(language != Language::Erb);
        let text = String::from_utf8_lossy(&content.bytes);
        for found in scan(&text, language).into_iter().chain(placeholders(&text)) {
            let site = Site { file: entry.path.to_string(), line: found.line };
            match found.name {
                Some(name) => {
                    scripts.reads.push(Read { name, site, required: found.required, supposed: None, peers: Vec::new() })
                }
                None => scripts.dynamic.push(Dynamic { file: site.file, line: site.line, pattern: "*".to_owned() }),
            }
        }
    }
    scripts
}

/// Symfony's `%env(NAME)%`, also with what turns the value into another one: `%env(int:PORT)%`.
fn placeholders(text: &str) -> Vec<Found> {
    const OPENS: &str = "%env(";
    let mut found = Vec::new();
    for (line, at) in text.lines().zip(1..) {
        if !line.contains(OPENS) || line.trim_start().starts_with(['#', '*', '/']) {
            continue;
        }
        for inner in line.split(OPENS).skip(1) {
            let Some((inner, _)) = inner.split_once(")%") else { continue };
            let name = inner.rsplit(':').next().unwrap_or(inner);
            if is_name(name) {
                found.push(Found { name: Some(name.to_owned()), line: at, required: !inner.contains("default:") });
            }
        }
    }
    found
}

#[derive(Debug, PartialEq, Eq)]
struct Found {
    name: Option<String>,
    line: u32,
    required: bool,
}

/// A word, a string or a sign of the code, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    /// Without its quotes; none where something is put into it.
    Text(Option<String>),
    Sign(char),
}

fn scan(text: &str, language: Language) -> Vec<Found> {
    let tokens = tokens(text, language);
    (0..tokens.len())
        .flat_map(|at| match read_at(&tokens, at, language) {
            Some(found) => vec![found],
            None => asked_at(&tokens, at, language),
        })
        .collect()
}

/// Variables that Ruby asks for in other ways: `ENV.key?("X")`, `ENV.fetch "X"`, `ENV.values_at("A", "B")`.
fn asked_at(tokens: &[(Token, u32)], at: usize, language: Language) -> Vec<Found> {
    let token = |at: usize| tokens.get(at).map(|(token, _)| token);
    let is = |at: usize, wanted: &str| matches!(token(at), Some(Token::Word(word)) if word == wanted);
    let sign = |at: usize, wanted: char| token(at) == Some(&Token::Sign(wanted));
    if language == Language::Php || !is(at, "ENV") || !sign(at + 1, '.') {
        return Vec::new();
    }
    let Some(Token::Word(method)) = token(at + 2) else { return Vec::new() };
    let method = method.trim_end_matches('?');
    let several = matches!(method, "values_at" | "slice");
    if !several && !matches!(method, "key" | "has_key" | "include" | "member" | "fetch") {
        return Vec::new();
    }
    let mut next = at + 3;
    while sign(next, '?') || sign(next, '(') {
        next += 1;
    }
    let mut found = Vec::new();
    while let Some((Token::Text(Some(name)), line)) = tokens.get(next) {
        if is_name(name) {
            // What is asked for may be absent; what is fetched may not, unless there is something to take instead.
            let required = method == "fetch" && !sign(next + 1, ',') && !sign(next + 1, '{');
            found.push(Found { name: Some(name.clone()), line: *line, required });
        }
        if !several || !sign(next + 1, ',') {
            break;
        }
        next += 2;
    }
    found
}

/// The read that begins at a token.
fn read_at(tokens: &[(Token, u32)], at: usize, language: Language) -> Option<Found> {
    let sign = |at: usize, wanted: char| matches!(tokens.get(at), Some((Token::Sign(c), _)) if *c == wanted);
    let word = |at: usize, wanted: &[&str]| matches!(tokens.get(at), Some((Token::Word(w), _)) if wanted.contains(&w.as_str()));
    let after = |first: char, second: char| at > 1 && sign(at - 2, first) && sign(at - 1, second);
    // `$app->env(…)`, `App::env(…)`, `function env(…)`.
    let is_member = (after('-', '>') || after(':', ':')) || (at > 0 && word(at - 1, &["function", "new"]));
    let (opens, closing) = match language {
        Language::Ruby | Language::Erb if word(at, &["ENV"]) && sign(at + 1, '[') => (at + 1, ']'),
        Language::Ruby | Language::Erb
            if word(at, &["ENV"]) && sign(at + 1, '.') && word(at + 2, &["fetch"]) && sign(at + 3, '(') =>
        {
            (at + 3, ')')
        }
        Language::Php if word(at, &["$_ENV", "$_SERVER"]) && sign(at + 1, '[') => (at + 1, ']'),
        Language::Php if word(at, &["getenv", "env"]) && sign(at + 1, '(') && !is_member => (at + 1, ')'),
        Language::Ruby | Language::Erb | Language::Php => return None,
    };
    let line = tokens[at].1;
    let name = match tokens.get(opens + 1)? {
        (Token::Text(Some(name)), _) if is_name(name) => Some(name.clone()),
        // What is no name is no read of ours: `env('local')` asks Laravel where it runs.
        (Token::Text(Some(_)), _) => return None,
        (Token::Sign(c), _) if *c == closing => return None,
        (Token::Text(None) | Token::Word(_) | Token::Sign(_), _) => None,
    };
    let server = word(at, &["$_SERVER"]);
    if server && name.as_deref().is_none_or(is_of_the_request) {
        return None;
    }
    let end = opens + 2;
    // `ENV['X'] = 1` writes.
    if sign(end, closing) && sign(end + 1, '=') && !sign(end + 2, '=') && !sign(end + 2, '~') {
        return None;
    }
    let given =
        sign(end, ',') || (sign(end, closing) && (sign(end + 1, '?') || (sign(end + 1, '|') && sign(end + 2, '|'))));
    let block = sign(end, closing) && sign(end + 1, '{');
    Some(Found { name, line, required: !(given || block) })
}

/// What a web server tells of a request, which no example documents.
fn is_of_the_request(name: &str) -> bool {
    const STARTS: &[&str] = &[
        "HTTP_",
        "REQUEST_",
        "SERVER_",
        "REMOTE_",
        "SCRIPT_",
        "QUERY_",
        "DOCUMENT_",
        "PATH_",
        "PHP_",
        "CONTENT_",
        "GATEWAY_",
        "REDIRECT_",
        "ORIG_",
        "AUTH_",
        "SSL_",
    ];
    matches!(name, "HTTPS" | "argv" | "argc" | "PATH") || STARTS.iter().any(|start| name.starts_with(start))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn tokens(text: &str, language: Language) -> Vec<(Token, u32)> {
    let mut scanner = Scanner { rest: text, line: 1, tokens: Vec::new() };
    match language {
        Language::Ruby => scanner.code(language),
        Language::Erb | Language::Php => {
            let opens: &[&str] = if language == Language::Erb { &["<%"] } else { &["<?php", "<?="] };
            while let Some(at) = opens.iter().filter_map(|open| scanner.rest.find(open)).min() {
                scanner.advance(at + 2);
                scanner.code(language);
            }
        }
    }
    scanner.tokens
}

struct Scanner<'a> {
    rest: &'a str,
    line: u32,
    tokens: Vec<(Token, u32)>,
}

impl Scanner<'_> {
    fn code(&mut self, language: Language) {
        let php = language == Language::Php;
        let close = match language {
            Language::Ruby => None,
            Language::Erb => Some("%>"),
            Language::Php => Some("?>"),
        };
        while let Some(c) = self.rest.chars().next() {
            let rest = self.rest;
            match c {
                '?' | '%' if close.is_some_and(|close| rest.starts_with(close)) => {
                    // What follows in the next piece of code is a statement of its own.
                    self.tokens.push((Token::Sign(';'), self.line));
                    return self.advance(2);
                }
                '#' if !(php && rest.starts_with("#[")) => self.skip_line(close),
                '/' if php && rest.starts_with("//") => self.skip_line(close),
                '/' if php && rest.starts_with("/*") => self.advance(rest.find("*/").map_or(rest.len(), |at| at + 2)),
                '=' if !php && rest.starts_with("=begin") && self.at_line_start() => {
                    self.advance(rest.find("\n=end").map_or(rest.len(), |at| at + 5));
                }
                '"' | '\'' | '`' => self.text(c, php),
                c if c.is_alphanumeric() || c == '_' || (php && c == '$') => {
                    let end = rest[c.len_utf8()..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
                    let end = end.map_or(rest.len(), |at| at + c.len_utf8());
                    self.tokens.push((Token::Word(rest[..end].to_owned()), self.line));
                    self.advance(end);
                }
                c => {
                    if !c.is_whitespace() {
                        self.tokens.push((Token::Sign(c), self.line));
                    }
                    self.advance(c.len_utf8());
                }
            }
        }
    }

    fn at_line_start(&self) -> bool {
        self.tokens.last().is_none_or(|(_, line)| *line < self.line)
    }

    /// A comment ends with its line, or where the code does.
    fn skip_line(&mut self, close: Option<&str>) {
        let line = self.rest.find('\n').unwrap_or(self.rest.len());
        let end = close.and_then(|close| self.rest[..line].find(close));
        self.advance(end.unwrap_or(line));
    }

    /// A string; what is put into a double one by `#{…}` or `{$…}` is scanned as code of its own.
    fn text(&mut self, quote: char, php: bool) {
        let line = self.line;
        let body = &self.rest[1..];
        let mut hidden = false;
        let close = body.char_indices().find(|(_, c)| {
            let ends = !hidden && *c == quote;
            hidden = !hidden && *c == '\\';
            ends
        });
        let Some((end, _)) = close else { return self.advance(1) };
        let inner = &body[..end];
        let filled = quote != '\'' && (inner.contains("#{") || (php && inner.contains('$')));
        self.tokens.push((Token::Text((!filled).then(|| inner.to_owned())), line));
        if filled && !php {
            for (at, _) in inner.match_indices("#{") {
                let until = inner[at..].find('}').map_or(inner.len(), |end| at + end);
                // A read within may hold quotes of the other kind alone.
                let within = tokens(&inner[at + 2..until], Language::Ruby);
                self.tokens.extend(within.into_iter().map(|(token, _)| (token, line)));
            }
        }
        self.advance(1 + end + 1);
    }

    fn advance(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        let lines = passed.bytes().filter(|&byte| byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.rest = rest;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, language: Language) -> Vec<String> {
        let name = |found: &Found| found.name.clone().unwrap_or_else(|| "*".to_owned());
        let optional = |found: &Found| if found.required { "" } else { "?" };
        scan(text, language).iter().map(|found| format!("{}{} {}", name(found), optional(found), found.line)).collect()
    }

    #[test]
    fn ruby_is_scanned() {
        let text = "a = ENV['A']\nb = ENV.fetch(\"B\", 1) # ENV['NO']\n=begin\nENV['NO']\n=end\nc = ENV.fetch('C') { 1 }\nENV['W'] = 'x'\nd = \"ENV['NO'] #{ENV['D']}\"\ne = ENV[name] || 1\nf = ENV['F'] == 'x'\ng = ENV['G'] || 2\nh = ENV.key?('H') && ENV.fetch \"I\"\nj, k = ENV.values_at('J', 'K')\n";
        let expected = ["A 1", "B? 2", "C? 6", "D 8", "*? 9", "F 10", "G? 11", "H? 12", "I 12", "J? 13", "K? 13"];
        assert_eq!(expected.to_vec(), shown(text, Language::Ruby));
    }

    #[test]
    fn php_is_scanned() {
        let text = "getenv('NO')\n<?php\n$a = getenv('A') ?: 1;\n// env('NO')\n/* env('NO')\n*/ $b = env('B', true);\n$c = $_ENV[\"C\"] ?? null;\n$d = $_SERVER['REQUEST_URI'] . $_SERVER['D'];\n'env(\"NO\")';\nfunction env($key) {}\n$app->env('NO');\nenv('local');\n?> env('NO') <?= ['k' => env('E'), 'l' => $x ? 1 : env('F')] ?>\n";
        let expected = ["A? 3", "B? 6", "C? 7", "D 8", "E 13", "F 13"];
        assert_eq!(expected.to_vec(), shown(text, Language::Php));
    }

    #[test]
    fn tests_and_what_others_wrote_are_left_out() {
        let repo = Repo::in_memory(&[
            ("config/app.php", "<?php return env('A');"),
            ("vendor/x/app.php", "<?php env('B');"),
            ("spec/a.rb", "ENV['C']"),
            ("Gemfile", "ruby ENV['D']\n"),
            (
                "config/packages/doctrine.yaml",
                "url: '%env(resolve:G)%'\n# '%env(NO)%'\nsize: '%env(default:ten:int:H)%'\n",
            ),
            ("config/database.yml", "x: ENV['NO']\nurl: <%= ENV['E'] %> # <%# ENV['NO'] %> <%= ENV.fetch('F', 1) %>\n"),
        ]);
        let scripts = read(&repo);
        let names: Vec<&str> = scripts.reads.iter().map(|read| read.name.as_str()).collect();
        assert_eq!((vec!["D", "A", "E", "F", "G", "H"], 2), (names, scripts.sources));
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in "(?s).{0,120}|([ENV\\[\\]'\"#{}<?php=>/*\\\\\n é]{0,80})") {
            for language in [Language::Ruby, Language::Erb, Language::Php] {
                scan(&text, language);
            }
        }
    }
}
