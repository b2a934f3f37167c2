//! The command line, as DESIGN fixes it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::domain::outcome::Stage;
use crate::facts::AreaName;

/// Judges a repository against a Definition of Done, and names the proof for every line.
#[derive(Debug, Parser)]
#[command(name = "donegate", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 complete, 1 failed, 2 wrong use (nothing was judged), 3 blocked (proof is missing), 4 needs approval, 70 a bug.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Evaluate a repository.
    Check(Box<Check>),
    /// Detect the stack and write a commented donegate.yaml.
    Init(Init),
    /// Print the facts alone.
    Facts(Facts),
    /// List the effective rules.
    Rules(Rules),
    /// Tell one rule, or one check, in full.
    Explain(Explain),
    /// Check a DoD; errors carry file:line:column and the source line.
    Validate(Validate),
    /// Print a JSON Schema.
    Schema(SchemaArgs),
    /// State what no program can see.
    Attest(Attest),
    /// Print a completion script.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Run a command and bind the reports it wrote to what they speak of.
    Stamp(Stamp),
    /// Hold somebody's TaskOutput, or an earlier report, against measured facts.
    Verify(Box<Verify>),
    /// Evaluate an expression over a report; prints the value.
    Query(Query),
    /// Answer an agent's stop hook; install a git hook.
    Hook(Hook),
    /// Mend what can be mended.
    Fix(Fix),
}

#[derive(Debug, Args)]
pub(super) struct Fix {
    #[command(subcommand)]
    pub(super) of: FixOf,
}

#[derive(Debug, Subcommand)]
pub(super) enum FixOf {
    /// Append the variables that the code reads and no example file names, each with an empty value and where it is read.
    Env(FixEnv),
}

#[derive(Debug, Args)]
pub(super) struct FixEnv {
    /// The repository.
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) dod: DodArgs,
    /// The file that is added to, relative to the repository: instead of the one that the DoD names, or the one that lies
    /// nearest to the code.
    #[arg(long, value_name = "FILE")]
    pub(super) example: Option<String>,
    /// Print what would be added to which file, and write nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct DodArgs {
    /// The DoD, instead of donegate.yaml.
    #[arg(long, value_name = "FILE")]
    pub(super) dod: Option<PathBuf>,
    /// A built-in profile: backend, service, library, minimal.
    #[arg(long, value_name = "NAME", conflicts_with = "dod")]
    pub(super) profile: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ChangeArgs {
    /// What the change is compared with: the merge base with this revision.
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// The change ends at the index.
    #[arg(long)]
    pub(super) staged: bool,
    /// Where an area's evidence is looked for, instead of the DoD's places (repeatable).
    #[arg(long, value_name = "AREA=GLOB", value_parser = evidence)]
    pub(super) evidence: Vec<(AreaName, String)>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The repository.
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) dod: DodArgs,
    #[command(flatten)]
    pub(super) change: ChangeArgs,
    /// The stage that is judged; stages accumulate.
    #[arg(long, value_enum, default_value = "ci")]
    pub(super) stage: StageArg,
    /// Judge these rules alone (comma list).
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Leave these rules out (comma list).
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Judge a component of a monorepo.
    #[arg(long, value_name = "DIR")]
    pub(super) component: Option<PathBuf>,
    /// Attestations from outside the tree.
    #[arg(long, value_name = "FILE")]
    pub(super) attestations: Option<PathBuf>,
    /// An earlier `--format json` report: what it has does not count where a rule says `new-only`.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// What stdout carries.
    #[arg(long, value_name = "F", default_value = "human")]
    pub(super) format: String,
    /// Write a format to a file too (repeatable).
    #[arg(long, value_name = "F=FILE")]
    pub(super) output: Vec<String>,
    /// The task's id for the TaskOutput.
    #[arg(long, value_name = "UUID", value_parser = uuid)]
    pub(super) task_id: Option<String>,
    /// The agent's name for the TaskOutput.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) agent: Option<String>,
    /// Passed through to the TaskOutput.
    #[arg(long, value_name = "UUID", value_parser = uuid)]
    pub(super) next_task: Option<String>,
    /// Passed through to the TaskOutput (repeatable).
    #[arg(long, value_name = "UUID", value_parser = uuid, value_delimiter = ',')]
    pub(super) depends_on: Vec<String>,
    /// Ask the service that runs there: its answers are the proof for rules that probe.
    #[arg(long, value_name = "URL")]
    pub(super) probe: Option<String>,
    /// Run the commands that the DoD names, if the base's DoD has them too, and start its service for rules that ask one.
    #[arg(long)]
    pub(super) run: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value = "auto")]
    pub(super) color: ColorArg,
    /// Say nothing on stderr but errors.
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Show every finding.
    #[arg(short, long)]
    pub(super) verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StageArg {
    Commit,
    Ci,
    Release,
}

impl From<StageArg> for Stage {
    fn from(stage: StageArg) -> Self {
        match stage {
            StageArg::Commit => Stage::Commit,
            StageArg::Ci => Stage::Ci,
            StageArg::Release => Stage::Release,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Facts {
    /// The areas; all where none is named.
    #[arg(value_name = "AREA", value_parser = area)]
    pub(super) areas: Vec<AreaName>,
    /// The repository; of a single file its folder.
    #[arg(long, default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) change: ChangeArgs,
    /// `json`, or `human` for a summary.
    #[arg(long, value_enum, default_value = "json")]
    pub(super) format: FactsFormat,
    /// Explain each place that looks like the registration of a route: by a route, an entry under unresolved or a reason.
    #[arg(long)]
    pub(super) explain: bool,
    /// Ask the container engine for the images that `--evidence images=docker://NAME:TAG` names.
    #[arg(long)]
    pub(super) run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FactsFormat {
    Human,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    /// The repository.
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) dod: DodArgs,
    /// `json`, or `human` for a table.
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: FactsFormat,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule's id, or a check's name.
    pub(super) rule: String,
    /// The repository.
    #[arg(long, default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) dod: DodArgs,
}

#[derive(Debug, Args)]
pub(super) struct Validate {
    /// The DoD.
    #[arg(default_value = "donegate.yaml")]
    pub(super) file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of what.
    #[arg(value_enum)]
    pub(super) of: SchemaOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    Dod,
    TaskOutput,
    Report,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The repository.
    #[arg(default_value = ".")]
    pub(super) path: PathBuf,
    /// Replace a donegate.yaml that is there.
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = STAMP_HELP)]
pub(super) struct Stamp {
    /// The area whose reports the command writes: coverage, tests, audit, images, …
    #[arg(value_parser = area)]
    pub(super) area: AreaName,
    /// The repository.
    #[arg(long, default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) dod: DodArgs,
    /// Where the area's reports are looked for, instead of the DoD's places (repeatable).
    #[arg(long, value_name = "AREA=GLOB", value_parser = evidence)]
    pub(super) evidence: Vec<(AreaName, String)>,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "ARGV")]
    pub(super) argv: Vec<String>,
}

const STAMP_HELP: &str = "\
The exit code is the command's own; 3 where it succeeded and wrote no report that can be read.";

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the claim agrees, 1 it differs, 2 it is no claim, 3 what it claims cannot be measured."
)]
pub(super) struct Verify {
    /// The claim: a TaskOutput, or a report by `--format json`; `-` for stdin.
    #[arg(value_name = "CLAIM.json")]
    pub(super) claim: PathBuf,
    /// The repository.
    #[arg(long, default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) dod: DodArgs,
    #[command(flatten)]
    pub(super) change: ChangeArgs,
    /// The stage that the claim speaks of; a report says its own.
    #[arg(long, value_enum, default_value = "ci")]
    pub(super) stage: StageArg,
    /// Attestations from outside the tree.
    #[arg(long, value_name = "FILE")]
    pub(super) attestations: Option<PathBuf>,
    /// `json`, or `human` for a table.
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: FactsFormat,
}

#[derive(Debug, Args)]
pub(super) struct Hook {
    #[command(subcommand)]
    pub(super) of: HookOf,
}

#[derive(Debug, Subcommand)]
pub(super) enum HookOf {
    /// Answer a stop hook of Claude Code: its JSON on stdin, the decision on stdout.
    Claude(AgentHook),
    /// Answer a stop hook of the Codex CLI: its JSON on stdin, the decision on stdout.
    Codex(AgentHook),
    /// Write a pre-commit hook for git that judges what is staged.
    Install {
        /// The repository.
        #[arg(default_value = ".")]
        path: PathBuf,
        /// Replace a hook that is there.
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct AgentHook {
    /// The repository; where the agent works unless it is given.
    #[arg(long)]
    pub(super) path: Option<PathBuf>,
    #[command(flatten)]
    pub(super) dod: DodArgs,
    /// The stage that is judged; stages accumulate.
    #[arg(long, value_enum, default_value = "ci")]
    pub(super) stage: StageArg,
    /// Attestations from outside the tree.
    #[arg(long, value_name = "FILE")]
    pub(super) attestations: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = QUERY_HELP)]
pub(super) struct Query {
    /// The expression, in CEL, over the keys of the report.
    #[arg(value_name = "EXPR")]
    pub(super) expression: String,
    /// The report (any JSON object that donegate prints); `-` for stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    pub(super) file: PathBuf,
}

const QUERY_HELP: &str = "\
A text is printed bare, everything else as JSON. A key that is not there is an error (exit 2), never null.
Examples: donegate query verdict report.json
          donegate query 'rules.filter(r, r.outcome == \"fail\").map(r, r.id)' report.json
          donegate facts coverage | donegate query coverage.lines.percent";

#[derive(Debug, Args)]
pub(super) struct Attest {
    /// The rule; `risk` approves the risks of the change.
    pub(super) rule: String,
    /// Who states it.
    #[arg(long, value_name = "WHO", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) by: String,
    /// What is stated.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(super) note: String,
    /// Until when it holds: a date.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<String>,
    /// Files that it speaks of, beside those that the rule covers.
    #[arg(long, value_name = "GLOB", num_args = 1..)]
    pub(super) covers: Vec<String>,
    /// The file to write to, instead of `.donegate/attestations.yaml`.
    #[arg(long, value_name = "FILE")]
    pub(super) to: Option<PathBuf>,
    /// For `risk`: what the change is compared with.
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// For `risk`: the change ends at the index.
    #[arg(long)]
    pub(super) staged: bool,
    /// The repository.
    #[arg(long, default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) dod: DodArgs,
}

/// An area by its name, or by the name that the DoD's `evidence` uses.
fn area(text: &str) -> Result<AreaName, String> {
    let alias = match text {
        "image" => "images",
        "dockerfile" => "dockerfiles",
        other => other,
    };
    AreaName::ALL.into_iter().find(|area| area.name() == alias).ok_or_else(|| {
        let names: Vec<&str> = AreaName::ALL.iter().map(|area| area.name()).collect();
        format!("the areas are {}", names.join(", "))
    })
}

fn evidence(text: &str) -> Result<(AreaName, String), String> {
    let (name, glob) = text.split_once('=').ok_or("write AREA=GLOB, such as coverage=coverage/lcov.info")?;
    if glob.is_empty() {
        return Err("the glob is empty".to_owned());
    }
    Ok((area(name)?, glob.to_owned()))
}

fn uuid(text: &str) -> Result<String, String> {
    uuid::Uuid::parse_str(text).map(|id| id.hyphenated().to_string()).map_err(|_| "no UUID".to_owned())
}

fn date(text: &str) -> Result<String, String> {
    let date: jiff::civil::Date = text.parse().map_err(|_| "no date: write 2026-12-31".to_owned())?;
    Ok(date.to_string())
}
