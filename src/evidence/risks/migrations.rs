//! Migrations: where they lie, which part of one takes it back, and whether there is such a part at all. What that is for
//! each tool is data (`rules/migrations/layouts.yaml`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use globset::GlobSet;
use regex::Regex;
use serde::Deserialize;

use crate::domain::change::{ChangeStatus, ChangedFile, Changes, Risk, RiskLevel};
use crate::repo::{MAX_SOURCE_BYTES, Repo};

/// The kinds of risks that a migration has.
pub(super) const KINDS: &[&str] = &["schema-change", "data-deletion"];

const TEXT: &str = include_str!("../../../rules/migrations/layouts.yaml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    files: Vec<String>,
    #[serde(default)]
    sign: Option<String>,
    #[serde(default)]
    back: Vec<String>,
    #[serde(default)]
    pairs: Vec<(String, String)>,
    #[serde(default)]
    inside: Option<String>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    nothing: Option<String>,
    #[serde(default)]
    none: Option<String>,
    #[serde(default)]
    reverse: Option<String>,
    #[serde(default)]
    automatic: bool,
    #[serde(default)]
    but: Option<String>,
    #[serde(default)]
    makes: Vec<String>,
    step: String,
}

/// How a tool keeps its migrations.
#[derive(Debug)]
pub(super) struct Layout {
    name: String,
    files: GlobSet,
    sign: Option<Regex>,
    back: GlobSet,
    pairs: Vec<(Regex, String)>,
    inside: Option<Regex>,
    until: Option<Regex>,
    nothing: Option<Regex>,
    none: Option<Regex>,
    reverse: Option<Regex>,
    automatic: bool,
    but: Option<Regex>,
    makes: Vec<Regex>,
    step: String,
}

static LAYOUTS: LazyLock<Vec<Layout>> =
    LazyLock::new(|| load().expect("the built-in layouts are valid: a test reads them all"));

fn load() -> Result<Vec<Layout>, String> {
    let node = crate::yaml::parse("migrations/layouts.yaml", TEXT).map_err(|mistake| mistake.message)?;
    let written: Vec<Written> = node.read().map_err(|mistake| format!("{}: {}", mistake.place, mistake.message))?;
    written.into_iter().map(made).collect()
}

fn made(written: Written) -> Result<Layout, String> {
    let expression = |text: &str| Regex::new(text).map_err(|error| error.to_string());
    let maybe = |text: &Option<String>| text.as_deref().map(expression).transpose();
    Ok(Layout {
        files: crate::repo::glob_set(&written.files)?,
        sign: maybe(&written.sign)?,
        back: crate::repo::glob_set(&written.back)?,
        pairs: written
            .pairs
            .iter()
            .map(|(from, to)| Ok((expression(from)?, to.clone())))
            .collect::<Result<_, String>>()?,
        inside: maybe(&written.inside)?,
        until: maybe(&written.until)?,
        nothing: maybe(&written.nothing)?,
        none: maybe(&written.none)?,
        reverse: maybe(&written.reverse)?,
        automatic: written.automatic,
        but: maybe(&written.but)?,
        makes: written.makes.iter().map(|text| expression(text)).collect::<Result<_, _>>()?,
        name: written.name,
        step: written.step,
    })
}

impl Layout {
    /// Whether a file is a migration by its path: one that does not only take another back.
    pub(super) fn holds(&self, path: &str) -> bool {
        self.files.is_match(path) && !self.back.is_match(path)
    }
}

/// Endings of what no tool keeps a migration in: told without making the layouts ready.
const NO_MIGRATIONS: &[&str] = &["md", "txt", "css", "scss", "html", "svg", "png", "lock", "toml"];

/// Whether a file may be a migration by its path.
pub(super) fn may_be(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    !NO_MIGRATIONS.contains(&ending) && LAYOUTS.iter().any(|layout| layout.holds(path))
}

/// What of a file changes a database, and what takes that back.
#[derive(Debug, Default)]
pub(super) struct Part<'a> {
    /// How the migration is kept; none for a file that is no migration.
    pub(super) layout: Option<&'a Layout>,
    /// All of it takes another one back.
    pub(super) back: bool,
    /// The text with blank lines where it takes itself back.
    pub(super) forward: String,
    /// The part that takes it back.
    backward: String,
    /// The lines of that part.
    lines: Vec<(u32, u32)>,
    /// The tables that it makes, in lower case.
    pub(super) new: BTreeSet<String>,
}

impl Part<'_> {
    /// Whether a line takes a migration back.
    pub(super) fn is_back(&self, line: u32) -> bool {
        self.back || self.lines.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }
}

/// The parts of a file.
pub(super) fn part(path: &str, text: &str) -> Part<'static> {
    let fits = |layout: &&Layout| {
        let back = layout.back.is_match(path);
        (layout.files.is_match(path) || back) && layout.sign.as_ref().is_none_or(|sign| sign.is_match(text))
    };
    let Some(layout) = LAYOUTS.iter().find(fits) else {
        return Part { forward: text.to_owned(), ..Part::default() };
    };
    let mut part = Part { layout: Some(layout), back: layout.back.is_match(path), ..Part::default() };
    let mut at = 0;
    while let Some(found) = layout.inside.as_ref().and_then(|inside| inside.find_at(text, at)) {
        let end = layout
            .until
            .as_ref()
            .and_then(|until| until.find_at(text, found.end()))
            .map_or(text.len(), |it| it.start());
        let (before, within) = (&text[at..found.start()], &text[found.start()..end]);
        part.forward.push_str(before);
        part.forward.extend(within.chars().filter(|c| *c == '\n'));
        part.backward.push_str(&text[found.end()..end]);
        let line =
            |at: usize| u32::try_from(memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count()).unwrap_or(0) + 1;
        let last = if end == text.len() { u32::MAX } else { line(end).saturating_sub(1) };
        part.lines.push((line(found.start()), last));
        at = end;
        if found.end() >= end || part.lines.len() > 100 {
            break;
        }
    }
    part.forward.push_str(&text[at..]);
    let made = layout.makes.iter().flat_map(|makes| makes.captures_iter(&part.forward));
    part.new = made.filter_map(|groups| Some(groups.get(1)?.as_str().to_lowercase())).collect();
    part
}

/// Whether something is left of a text besides what does nothing.
fn does_something(layout: &Layout, text: &str) -> bool {
    let left = layout.nothing.as_ref().map_or_else(|| text.into(), |nothing| nothing.replace_all(text, ""));
    !left.trim().is_empty() && !layout.none.as_ref().is_some_and(|none| none.is_match(text))
}

/// What takes a migration back; none where nothing does.
fn way_back(repo: &Repo, path: &str, text: &str, part: &Part<'_>) -> Option<String> {
    let layout = part.layout?;
    let step = |back: &str| layout.step.replace("{file}", path).replace("{back}", back);
    for (from, to) in &layout.pairs {
        let other = from.replace(path, to.as_str());
        if other == path || !from.is_match(path) {
            continue;
        }
        if let Ok(content) = repo.read(&other, MAX_SOURCE_BYTES)
            && does_something(layout, &String::from_utf8_lossy(&content.bytes))
        {
            return Some(step(&other));
        }
    }
    if layout.inside.is_some() && does_something(layout, &part.backward) {
        return Some(step(&format!("the part of {path} that takes it back")));
    }
    let reverse = layout.reverse.as_ref().is_some_and(|reverse| reverse.is_match(text));
    let automatic = layout.automatic && !layout.but.as_ref().is_some_and(|but| but.is_match(&part.forward));
    let none = layout.none.as_ref().is_some_and(|none| none.is_match(text));
    ((reverse || automatic) && !none).then(|| step(path))
}

/// A risky migration that nothing takes back: a risk of its own, at the first line that wants it.
pub(super) fn without_way_back(
    repo: &Repo,
    file: &ChangedFile,
    text: &str,
    part: &Part<'_>,
    found: &[Risk],
) -> Option<Risk> {
    let layout = part.layout.filter(|_| !part.back)?;
    let own = found.iter().filter(|risk| KINDS.contains(&&*risk.kind));
    let gravest = own.max_by(|a, b| a.level.cmp(&b.level).then(b.line.cmp(&a.line)))?;
    if gravest.level < RiskLevel::Medium || way_back(repo, &file.path, text, part).is_some() {
        return None;
    }
    let name = &layout.name;
    Some(Risk {
        kind: "schema-change".to_owned(),
        level: gravest.level.min(RiskLevel::High),
        file: file.path.clone(),
        line: gravest.line,
        why: format!(
            "nothing takes this {name} migration back; write what does, or how, and try it on a copy of the data"
        ),
    })
}

/// What takes the change's migrations back, newest first.
pub(super) fn ways_back(repo: &Repo, changes: &Changes) -> Vec<String> {
    let mut steps = Vec::new();
    for file in changes.files.iter().rev().filter(|file| file.status != ChangeStatus::Deleted) {
        let likely = LAYOUTS.iter().any(|layout| layout.files.is_match(&file.path));
        let Some(content) = likely.then(|| repo.read(&file.path, MAX_SOURCE_BYTES).ok()).flatten() else { continue };
        let text = String::from_utf8_lossy(&content.bytes);
        let part = part(&file.path, &text);
        if part.layout.is_some() && !part.back {
            let none = || format!("restore the backup from before {}: nothing takes it back", file.path);
            steps.push(way_back(repo, &file.path, &text, &part).unwrap_or_else(none));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_layouts_are_valid() {
        assert!(load().unwrap_or_else(|why| panic!("{why}")).len() > 3);
    }

    fn step(files: &[(&str, &str)]) -> Option<String> {
        let (path, text) = files[0];
        way_back(&Repo::in_memory(files), path, text, &part(path, text))
    }

    #[test]
    fn each_layout_has_its_way_back() {
        let found = [
            vec![
                ("db/migrations/1_a.up.sql", "DROP TABLE a;"),
                ("db/migrations/1_a.down.sql", "CREATE TABLE a (b int);"),
            ],
            vec![("migrations/1/up.sql", "DROP TABLE a;"), ("migrations/1/down.sql", "CREATE TABLE a (b int);")],
            vec![("migrations/1_a.sql", "-- +goose Up\nDROP TABLE a;\n-- +goose Down\nCREATE TABLE a (b int);\n")],
            vec![("db/migrations/1_a.sql", "-- migrate:up\nDROP TABLE a;\n-- migrate:down\nCREATE TABLE a (b int);\n")],
            vec![("db/migration/V2__a.sql", "DROP TABLE a;"), ("db/migration/U2__a.sql", "CREATE TABLE a (b int);")],
            vec![(
                "alembic/versions/a.py",
                "from alembic import op\ndef upgrade():\n    op.drop_table('a')\n\ndef downgrade():\n    op.create_table('a')\n",
            )],
            vec![(
                "app/migrations/0002_a.py",
                "class Migration(migrations.Migration):\n    operations = [migrations.DeleteModel('A')]\n",
            )],
            vec![(
                "db/migrate/1_a.rb",
                "class A < ActiveRecord::Migration[7.0]\n  def up\n    drop_table :a\n  end\n  def down\n    create_table :a\n  end\nend\n",
            )],
            vec![(
                "migrations/1_a.js",
                "exports.up = (knex) => knex.schema.dropTable('a');\nexports.down = (knex) => knex.schema.createTable('a', () => {});\n",
            )],
        ];
        for files in found {
            assert!(step(&files).is_some(), "{files:?}");
        }
    }

    #[test]
    fn a_part_that_does_nothing_is_no_way_back() {
        let none = [
            vec![("db/migrations/1_a.up.sql", "DROP TABLE a;")],
            vec![("db/migrations/1_a.up.sql", "DROP TABLE a;"), ("db/migrations/1_a.down.sql", "-- nothing\n;\n")],
            vec![("migrations/1_a.sql", "-- +goose Up\nDROP TABLE a;\n-- +goose Down\n")],
            vec![(
                "alembic/versions/a.py",
                "from alembic import op\ndef upgrade():\n    op.drop_table('a')\n\ndef downgrade():\n    pass\n",
            )],
            vec![(
                "alembic/versions/a.py",
                "from alembic import op\ndef upgrade():\n    op.drop_table('a')\n\ndef downgrade():\n    raise NotImplementedError()\n",
            )],
            vec![(
                "app/migrations/0002_a.py",
                "class Migration(migrations.Migration):\n    operations = [migrations.RunPython(fill)]\n",
            )],
            vec![(
                "db/migrate/1_a.rb",
                "class A < ActiveRecord::Migration[7.0]\n  def change\n    remove_column :a, :b\n  end\nend\n",
            )],
            vec![(
                "db/migrate/1_a.rb",
                "class A < ActiveRecord::Migration[7.0]\n  def up\n    drop_table :a\n  end\n  def down\n    raise ActiveRecord::IrreversibleMigration\n  end\nend\n",
            )],
            vec![(
                "migrations/1_a.js",
                "exports.up = (knex) => knex.schema.dropTable('a');\nexports.down = async () => {};\n",
            )],
        ];
        for files in none {
            assert_eq!(None, step(&files), "{files:?}");
        }
    }
}
