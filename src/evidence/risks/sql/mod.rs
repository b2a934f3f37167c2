//! Risks in SQL, read by a parser: what each statement that a change adds does to a database that holds data. A statement
//! that no dialect reads is told, and looked through by words.

mod judge;
mod operations;
mod split;

use std::sync::LazyLock;

use regex::Regex;
use sqlparser::ast::{AlterTableOperation, RenameTableNameKind, Statement};
use sqlparser::dialect::{
    ClickHouseDialect, Dialect, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::Parser;

use crate::domain::change::{ChangedFile, Risk};
use judge::{Done, Known, bare};
use operations::{Operation, builtin, by_words};
use split::{Piece, split};

/// Nesting of one statement over this depth is refused.
const MAX_DEPTH: usize = 40;
/// A statement over this size is not parsed: 256 KiB.
const MAX_STATEMENT: usize = 256 << 10;
/// Characters of a name that are shown.
const SHOWN: usize = 80;

/// What a dialect without CONCURRENTLY is known by.
static ONLINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)`|\bengine\s*=|\bauto_?increment\b|^\s*pragma\b|^\s*go\s*$|\bnvarchar\b|\[dbo\]")
        .expect("a fixed expression")
});
/// A block of PostgreSQL that runs statements under conditions.
static BLOCK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)^do\b[^$]*(\$\w*\$)(.*)\$\w*\$").expect("a fixed expression"));
/// What changes neither a table nor its rows, whether a parser knows it or not.
static QUIET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:pragma|comment\s+on|alter\s+sequence|set\s+\w+\s*(?:=|to\b)|show)\b")
        .expect("a fixed expression")
});
/// Where a string of code begins that holds a statement.
static LITERAL: LazyLock<Regex> = LazyLock::new(|| {
    let verbs = r"alter\s+(?:table|type)|create\s+(?:unique\s+)?(?:index|table)|drop\s+(?:table|column|index|type|view|schema|database)|delete\s+from|update\s+\S+\s+set|truncate|rename\s+table";
    Regex::new(&format!("(?i)(\"\"\"|'''|[\"'`])\\s*(?:{verbs})\\b")).expect("a fixed expression")
});
/// What code fills into a string.
static FILLED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{[^}\n]*\}").expect("a fixed expression"));
/// What stands before a statement inside of a block.
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)^\s*(?:begin|else|end|then|if\b.*?\bthen|elsif\b.*?\bthen|exception\b.*?\bthen|for\b.*?\bloop)\b")
        .expect("a fixed expression")
});

/// The risks of a file's statements that stand on added lines. Outside of migrations only those that delete rows count.
pub(super) fn collect(file: &ChangedFile, text: &str, migration: bool) -> Vec<Risk> {
    let online = ONLINE.is_match(text);
    let pieces = split(text, 1);
    let changed: Vec<bool> = pieces.iter().map(|piece| is_changed(file, piece)).collect();
    if !changed.contains(&true) {
        return Vec::new();
    }
    let read: Vec<Read> = pieces.iter().zip(&changed).map(|(piece, changed)| read(piece, *changed, online)).collect();
    let mut known = Known { online, ..Known::default() };
    read.iter().filter_map(|read| read.as_ref().ok()).flatten().for_each(|statement| learn(statement, &mut known));
    let mut risks = Vec::new();
    let mut begun: Option<u32> = None;
    for ((piece, read), changed) in pieces.iter().zip(&read).zip(&changed) {
        let head = head(&piece.text);
        match head.as_str() {
            "begin" | "start" => {
                if begun.is_some() && *changed {
                    risks.extend(told(file, &builtin().nested_transaction, "", piece.first));
                }
                begun = Some(piece.first);
            }
            "commit" | "rollback" | "end" => begun = None,
            _ => {}
        }
        known.in_transaction = begun.is_some();
        if *changed {
            statement(file, piece, read, &known, &mut risks);
        }
    }
    if let Some(line) = begun {
        risks.extend(told(file, &builtin().open_transaction, "", line));
    }
    risks.retain(|risk| migration || risk.kind == "data-deletion");
    risks
}

/// The risks of statements that stand in strings of a migration which is written in code.
pub(super) fn in_code(file: &ChangedFile, text: &str) -> Vec<Risk> {
    let mut sql = String::new();
    let mut at = 0;
    while let Some(found) = LITERAL.captures_at(text, at) {
        let (Some(whole), Some(quote)) = (found.get(0), found.get(1)) else { break };
        let start = quote.end();
        sql.extend(text[at..start].chars().filter(|c| *c == '\n'));
        let end = closing(&text[start..], quote.as_str()).map_or(text.len(), |bytes| start + bytes);
        let plain = text[start..end].replace("\\`", "`").replace("\\\"", "\"").replace("\\'", "'");
        sql.push_str(&FILLED.replace_all(&plain, "filled"));
        sql.push(';');
        at = end.max(whole.end());
    }
    collect(file, &sql, true)
}

/// Where a string ends that is quoted so.
fn closing(text: &str, quote: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find(quote)?;
        if !text[..at].ends_with('\\') {
            return Some(at);
        }
        from = at + quote.len();
    }
}

/// The statements of a piece, or why there are none.
type Read = Result<Vec<Statement>, String>;

/// Reads a piece with the first dialect that can. What has not changed is read only where it may make a table.
fn read(piece: &Piece, changed: bool, online: bool) -> Read {
    let head = head(&piece.text);
    if !changed && !matches!(head.as_str(), "create" | "alter") {
        return Ok(Vec::new());
    }
    if QUIET.is_match(&piece.text) {
        return Ok(Vec::new());
    }
    if piece.text.len() > MAX_STATEMENT {
        return Err("it is longer than what is parsed".to_owned());
    }
    let dialects: [&dyn Dialect; 6] = if online {
        [
            &MySqlDialect {},
            &SQLiteDialect {},
            &MsSqlDialect {},
            &PostgreSqlDialect {},
            &ClickHouseDialect {},
            &GenericDialect {},
        ]
    } else {
        [
            &PostgreSqlDialect {},
            &SQLiteDialect {},
            &MySqlDialect {},
            &MsSqlDialect {},
            &ClickHouseDialect {},
            &GenericDialect {},
        ]
    };
    let mut first = None;
    for dialect in dialects {
        let parser = Parser::new(dialect).with_recursion_limit(MAX_DEPTH).try_with_sql(&piece.text);
        match parser.and_then(|mut parser| parser.parse_statements()) {
            Ok(statements) => return Ok(statements),
            Err(error) => {
                first.get_or_insert(error.to_string());
            }
        }
    }
    Err(first.unwrap_or_default())
}

/// What a statement makes known for the others of its file.
fn learn(statement: &Statement, known: &mut Known) {
    match statement {
        Statement::CreateTable(table) => {
            known.new.insert(bare(&table.name));
        }
        Statement::AlterTable(alter) => {
            let new = known.new.contains(&bare(&alter.name));
            known.alters |= !new;
            for operation in &alter.operations {
                if let AlterTableOperation::RenameTable {
                    table_name: RenameTableNameKind::As(name) | RenameTableNameKind::To(name),
                } = operation
                    && new
                {
                    known.taken.insert(bare(name));
                }
            }
        }
        _ => {}
    }
}

fn is_changed(file: &ChangedFile, piece: &Piece) -> bool {
    file.lines.iter().any(|(first, last)| *first <= piece.last && piece.first <= *last)
}

/// The first word of a statement.
fn head(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>().to_ascii_lowercase()
}

/// The risks of one piece.
fn statement(file: &ChangedFile, piece: &Piece, read: &Read, known: &Known, risks: &mut Vec<Risk>) {
    if let Some(block) = BLOCK.captures(&piece.text) {
        return block_of(file, piece, block.get(2), known, risks);
    }
    match read {
        Ok(statements) => {
            for done in statements.iter().flat_map(|statement| judge::judge(statement, known)) {
                let Done { operation, what, line } = done;
                let offset = u32::try_from(line.saturating_sub(1)).unwrap_or(0);
                risks.extend(told(file, operation, &what, piece.first.saturating_add(offset)));
            }
        }
        Err(why) => unread(file, piece, why, risks),
    }
}

/// The statements inside of a `DO` block.
fn block_of(file: &ChangedFile, piece: &Piece, body: Option<regex::Match<'_>>, known: &Known, risks: &mut Vec<Risk>) {
    let Some(body) = body else { return };
    let before = memchr::memchr_iter(b'\n', &piece.text.as_bytes()[..body.start()]).count();
    let first = piece.first.saturating_add(u32::try_from(before).unwrap_or(0));
    for mut inner in split(body.as_str(), first) {
        while let Some(found) = BEFORE.find(&inner.text) {
            let rest = inner.text[found.end()..].trim_start();
            let passed = &inner.text[..inner.text.len() - rest.len()];
            let lines = memchr::memchr_iter(b'\n', passed.as_bytes()).count();
            inner.first = inner.first.saturating_add(u32::try_from(lines).unwrap_or(0));
            inner.text = rest.to_owned();
        }
        match head(&inner.text).as_str() {
            "alter" | "create" | "drop" | "delete" | "update" | "truncate" | "lock" => {
                let read = self::read(&inner, true, known.online);
                match read {
                    Ok(_) => statement(file, &inner, &read, known, risks),
                    Err(why) => unread(file, &inner, &why, risks),
                }
            }
            "execute" => risks.extend(told(file, &builtin().built_at_run_time, "", inner.first)),
            _ => {}
        }
    }
}

/// A statement that nothing reads: told, and looked through by words.
fn unread(file: &ChangedFile, piece: &Piece, why: &str, risks: &mut Vec<Risk>) {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = plain(&piece.text);
    let found = by_words(&text);
    risks.extend(found.iter().flat_map(|operation| told(file, operation, "", piece.first)));
    if head(&text) == "reindex" || text.to_lowercase().starts_with("cluster") {
        return;
    }
    risks.extend(told(file, &builtin().unread, &plain(why), piece.first));
}

/// An operation's risks at a line.
fn told(file: &ChangedFile, operation: &'static Operation, what: &str, line: u32) -> Vec<Risk> {
    let what: String = what.chars().take(SHOWN).collect();
    let risk = |told: &operations::Told| {
        let what = if what.is_empty() { String::new() } else { format!(" ({what})") };
        let safe = told.safe.as_ref().map(|safe| format!("; {safe}")).unwrap_or_default();
        Risk {
            kind: told.kind.clone(),
            level: told.level.into(),
            file: file.path.clone(),
            line: Some(line),
            why: format!("{}{what}{safe}", told.why),
        }
    };
    operation.risks.iter().map(risk).collect()
}
