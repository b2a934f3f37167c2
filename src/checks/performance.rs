//! `performance`: how fast the service answers under load, and how many requests fail.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::{PathGlob, texts};
use super::{CheckOf, Judge, Judgement, RuleContext};
use crate::domain::finding::{Finding, Location};
use crate::domain::outcome::{Outcome, Stage};
use crate::domain::units::{Factor, Percent, Rate, Span};
use crate::facts::performance::Run;
use crate::facts::{AreaName, Facts, Need};

/// The check.
pub const PERFORMANCE: CheckOf<PerformanceRule> =
    CheckOf { name: "performance", page: include_str!("performance.md"), stage: Stage::Ci, parameters: PhantomData };

/// What a rule demands. Where it names nothing at all: the tool's own thresholds held and fewer than 1 % of requests failed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PerformanceRule {
    /// The median is below this.
    p50: Option<Span>,
    /// The 95th percentile is below this.
    p95: Option<Span>,
    /// The 99th percentile is below this.
    p99: Option<Span>,
    /// The share of failed requests is below this; 0 means none.
    error_rate: Option<Percent>,
    /// At least so many requests per second.
    min_rps: Option<Rate>,
    /// At least so many times the expected rate, which `expected-rps` names.
    load_factor: Option<Factor>,
    /// The rate of requests that is expected in use.
    expected_rps: Option<Rate>,
    /// `pass`: every threshold that the load test itself states held, and it states one.
    thresholds: Option<Thresholds>,
    /// The reports that the rule speaks of: globs; all that were read where none is named.
    paths: Vec<PathGlob>,
}

/// What the load test's own thresholds must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Thresholds {
    /// All held.
    Pass,
}

/// What is demanded where a rule names nothing at all.
const DEFAULT_ERRORS: Percent = Percent::whole(1);

/// What judging gathers over the reports.
#[derive(Default)]
struct Gathered {
    measured: Vec<String>,
    findings: Vec<Finding>,
    steps: Vec<String>,
    unknown: Vec<String>,
}

/// What one demand comes to for one report.
enum Held {
    Yes,
    /// What is wrong, and the next step.
    No(String, String),
    /// What is not known, and what would tell it.
    Unknown(String),
}

impl PerformanceRule {
    fn percentiles(&self) -> [(&'static str, f64, Option<Span>); 3] {
        [("p50", 50.0, self.p50), ("p95", 95.0, self.p95), ("p99", 99.0, self.p99)]
    }

    fn names_nothing(&self) -> bool {
        let limits = self.percentiles().iter().all(|(_, _, limit)| limit.is_none());
        limits
            && self.error_rate.is_none()
            && self.min_rps.is_none()
            && self.load_factor.is_none()
            && self.thresholds.is_none()
    }

    fn errors(&self) -> Option<Percent> {
        if self.names_nothing() { Some(DEFAULT_ERRORS) } else { self.error_rate }
    }

    fn required(&self) -> String {
        let limits = self.percentiles().into_iter().filter_map(|(name, _, limit)| Some(format!("{name} < {}", limit?)));
        let errors = self.errors().map(|limit| {
            if limit == Percent::whole(0) { "no failed request".to_owned() } else { format!("error rate < {limit}") }
        });
        let rate = self.min_rps.map(|least| format!("at least {least} requests/s"));
        let load = self.load_factor.map(|factor| match self.expected_rps {
            Some(expected) => format!("at least {factor} times the expected {expected} requests/s"),
            None => format!("at least {factor} times the expected rate"),
        });
        let own = (self.thresholds.is_some() || self.names_nothing()).then(|| "its own thresholds hold".to_owned());
        limits.chain(errors).chain(rate).chain(load).chain(own).collect::<Vec<_>>().join(", ")
    }

    /// The reports that the rule speaks of; in `Err` the glob that none matches.
    fn chosen<'a>(&self, runs: &'a [Run]) -> Result<Vec<&'a Run>, String> {
        if self.paths.is_empty() {
            return Ok(runs.iter().collect());
        }
        let mut chosen = Vec::new();
        for glob in texts(&self.paths) {
            let matcher = globset::Glob::new(&glob).map(|glob| glob.compile_matcher());
            let before = chosen.len();
            chosen.extend(runs.iter().filter(|run| matcher.as_ref().is_ok_and(|one| one.is_match(&run.report))));
            if chosen.len() == before {
                return Err(glob);
            }
        }
        Ok(chosen)
    }

    fn judge_run(&self, rule: &RuleContext<'_>, run: &Run, all: &mut Gathered) {
        let mut take = |key: &str, held: Held| match held {
            Held::Yes => {}
            Held::No(message, step) => {
                let at = Location::file(&*run.report);
                all.findings.push(Finding::new(rule.id, format!("{key} {}", run.report), message, Some(at)));
                all.steps.push(step);
            }
            Held::Unknown(why) => all.unknown.push(format!("{} ({why})", run.report)),
        };
        // Failing is quick: where every request failed, neither a duration nor a rate says anything.
        let futile = run.error_rate.is_some_and(|rate| rate >= 1.0);
        let unless_futile = |held: Held| if futile { Held::Unknown("every request failed".to_owned()) } else { held };
        for (name, percent, limit) in self.percentiles() {
            if let Some(limit) = limit {
                take(name, unless_futile(duration(name, run.bounds(percent), limit)));
            }
        }
        if let Some(limit) = self.errors() {
            take("error-rate", errors(run, limit));
        }
        if let Some(least) = self.min_rps {
            take("min-rps", unless_futile(rate(run, least.per_second(), &format!("{least}"))));
        }
        if let (Some(factor), Some(expected)) = (self.load_factor, self.expected_rps) {
            let least = factor.times(expected.per_second());
            take("load-factor", unless_futile(rate(run, least, &format!("{least} ({factor} times {expected})"))));
        }
        if self.thresholds.is_some() || self.names_nothing() && !run.thresholds.is_empty() {
            for threshold in run.thresholds.iter().filter(|threshold| !threshold.ok) {
                let (name, expr) = (&threshold.name, &threshold.expr);
                let message = format!("the load test's own threshold was crossed: {name} {expr}");
                take(&format!("threshold {name} {expr}"), Held::No(message, format!("bring {name} to {expr}")));
            }
            if let Some(first) = run.undecided.first() {
                take("thresholds", Held::Unknown(format!("whether its threshold of {first} held is not told")));
            } else if run.thresholds.is_empty() {
                take("thresholds", Held::Unknown("it states no threshold of its own".to_owned()));
            }
        }
        all.measured.push(measured(run));
    }
}

/// A limit on a percentile that may only be known to lie between two others.
fn duration(name: &str, (low, high): (Option<f64>, Option<f64>), limit: Span) -> Held {
    let most = limit.millis();
    match (low, high) {
        (_, Some(high)) if high < most => Held::Yes,
        (Some(low), high) if low >= most => {
            let least = if high == Some(low) { "" } else { "at least " };
            Held::No(
                format!("{name} is {least}{}, not below {limit}", shown(low)),
                format!("bring {name} down by {} to below {limit}", shown(low - most)),
            )
        }
        (Some(low), Some(high)) => {
            Held::Unknown(format!("{name} lies between {} and {}: let the tool tell it", shown(low), shown(high)))
        }
        (_, _) => Held::Unknown(format!("{name} is not told")),
    }
}

/// A limit on failed requests, exact where they are counted.
fn errors(run: &Run, limit: Percent) -> Held {
    let none = limit == Percent::whole(0);
    let (held, told) = match (run.failed, run.requests, run.error_rate) {
        (Some(failed), Some(requests), _) if requests > 0 => (
            if none { failed == 0 } else { !limit.reached(failed, requests) },
            format!("{failed} of {requests} requests failed"),
        ),
        (_, _, Some(rate)) => (
            if none { rate == 0.0 } else { rate * 100.0 < limit.as_f64() },
            format!("{:.4} % of requests failed", rate * 100.0),
        ),
        (_, _, None) => return Held::Unknown("how many requests failed is not told".to_owned()),
    };
    if held {
        return Held::Yes;
    }
    let wanted = if none { "none may".to_owned() } else { format!("less than {limit} may") };
    Held::No(format!("{told}, {wanted}"), format!("{told}: find out why, {wanted}"))
}

fn rate(run: &Run, least: f64, wanted: &str) -> Held {
    match run.rps {
        None => Held::Unknown("the rate of requests is not told".to_owned()),
        Some(rps) if rps >= least => Held::Yes,
        Some(rps) => Held::No(
            format!("{rps:.1} requests/s, not {wanted}"),
            format!("{:.1} more requests/s to reach {wanted}", least - rps),
        ),
    }
}

/// Milliseconds with two decimals at most.
fn shown(ms: f64) -> String {
    let text = format!("{ms:.2}");
    format!("{}ms", text.trim_end_matches('0').trim_end_matches('.'))
}

fn measured(run: &Run) -> String {
    let percentiles = [("p50", 50.0), ("p95", 95.0), ("p99", 99.0)]
        .into_iter()
        .filter_map(|(name, percent)| Some(format!("{name} {}", shown(run.percentile(percent)?))));
    let errors = run.error_rate.map(|rate| format!("{:.2} % failed", rate * 100.0));
    let rps = run.rps.map(|rps| format!("{rps:.1} requests/s"));
    let own = (!run.thresholds.is_empty()).then(|| {
        let held = run.thresholds.iter().filter(|threshold| threshold.ok).count();
        format!("{held} of {} thresholds held", run.thresholds.len())
    });
    percentiles.chain(errors).chain(rps).chain(own).collect::<Vec<_>>().join(", ")
}

impl Judge for PerformanceRule {
    fn needs(&self, _: &RuleContext<'_>) -> Vec<Need> {
        vec![Need::Area(AreaName::Performance)]
    }

    fn judge(&self, rule: &RuleContext<'_>, facts: &Facts) -> Judgement {
        let required = self.required();
        let Some(area) = &facts.performance else {
            return Judgement::new(Outcome::NoEvidence, required, "").next("load tests are not collected");
        };
        let performance = match area.proven() {
            Ok(performance) => performance,
            Err(evidence) => {
                let step = "run the load test and leave its report there (k6: `k6 run --summary-export reports/k6-summary.json`)";
                return Judgement::no_evidence(rule, required, evidence, step);
            }
        };
        let runs = match self.chosen(&performance.runs) {
            Ok(runs) => runs,
            Err(glob) => {
                let step = format!("no report matches {glob}: run that load test and leave its report there");
                return Judgement::new(Outcome::NoEvidence, required, "").next(step);
            }
        };
        let mut all = Gathered::default();
        for run in &runs {
            self.judge_run(rule, run, &mut all);
        }
        if self.load_factor.is_some() && self.expected_rps.is_none() {
            let why = format!("the expected rate is not named: give the rule `{}` an `expected-rps`", rule.id);
            all.unknown.push(why);
        }
        let outcome = match (all.findings.is_empty(), all.unknown.is_empty()) {
            (false, _) => Outcome::Fail,
            (true, false) => Outcome::NoEvidence,
            (true, true) => Outcome::Pass,
        };
        if !all.unknown.is_empty() {
            all.steps.push(format!("not known: {}", all.unknown.join("; ")));
        }
        let mut judgement = Judgement::new(outcome, required, all.measured.join("; "));
        judgement.next_step = (outcome != Outcome::Pass).then(|| all.steps.join("; "));
        judgement.findings = all.findings;
        judgement.evidence = area.evidence.reports.clone();
        judgement.notes =
            area.evidence.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.why)).collect();
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::performance::{Percentile, Performance, PerformanceThreshold};
    use crate::facts::{Area, Evidence, State};

    fn judged(rule: &PerformanceRule, run: Run) -> Judgement {
        let area = Area::found(Performance::of(vec![run]), Evidence::new(State::Found, Vec::new()));
        let facts = Facts { performance: Some(area), ..Facts::default() };
        rule.judge(&RuleContext { id: "perf" }, &facts)
    }

    /// autocannon's: p90 4 ms, p97.5 8 ms and no p95.
    fn bounded() -> Run {
        let percentiles = vec![Percentile { percent: 90.0, ms: 4.0 }, Percentile { percent: 97.5, ms: 8.0 }];
        Run { percentiles, ..Run::default() }
    }

    #[test]
    fn neighbours_bound_a_percentile_that_is_not_told() {
        for (limit, outcome) in [
            ("9ms", Outcome::Pass),
            ("8ms", Outcome::NoEvidence),
            ("5ms", Outcome::NoEvidence),
            ("4ms", Outcome::Fail),
            ("1ms", Outcome::Fail),
        ] {
            let rule = PerformanceRule { p95: Span::parse(limit).ok(), ..PerformanceRule::default() };
            assert_eq!(outcome, judged(&rule, bounded()).outcome, "{limit}");
        }
    }

    #[test]
    fn the_limit_itself_is_not_below_it() {
        let rule = PerformanceRule { p95: Span::parse("100ms").ok(), ..PerformanceRule::default() };
        let at = |ms: f64| Run { percentiles: vec![Percentile { percent: 95.0, ms }], ..Run::default() };
        assert_eq!(Outcome::Fail, judged(&rule, at(100.0)).outcome);
        assert_eq!(Outcome::Pass, judged(&rule, at(99.99)).outcome);
    }

    #[test]
    fn failing_quickly_is_no_speed() {
        let rule = PerformanceRule {
            p95: Span::parse("100ms").ok(),
            min_rps: Rate::parse("5").ok(),
            ..PerformanceRule::default()
        };
        let percentiles = vec![Percentile { percent: 95.0, ms: 1.0 }];
        let run =
            |rate| Run { percentiles: percentiles.clone(), rps: Some(9.0), error_rate: Some(rate), ..Run::default() };
        assert_eq!(Outcome::Pass, judged(&rule, run(0.5)).outcome);
        assert_eq!(Outcome::NoEvidence, judged(&rule, run(1.0)).outcome);
    }

    #[test]
    fn failed_requests_are_compared_by_whole_numbers() {
        let run = |failed| Run { requests: Some(1_000), failed: Some(failed), ..Run::default() };
        let limit = |text| PerformanceRule { error_rate: Percent::parse(text).ok(), ..PerformanceRule::default() };
        assert_eq!(Outcome::Fail, judged(&limit("1%"), run(10)).outcome);
        assert_eq!(Outcome::Pass, judged(&limit("1%"), run(9)).outcome);
        assert_eq!(Outcome::Pass, judged(&limit("0%"), run(0)).outcome);
        assert_eq!(Outcome::Fail, judged(&limit("0%"), run(1)).outcome);
        assert_eq!(Outcome::NoEvidence, judged(&limit("1%"), Run::default()).outcome);
    }

    #[test]
    fn load_wants_the_expected_rate() {
        let rule = |expected: Option<&str>| PerformanceRule {
            load_factor: Factor::parse("3x").ok(),
            expected_rps: expected.and_then(|text| Rate::parse(text).ok()),
            ..PerformanceRule::default()
        };
        let run = || Run { rps: Some(150.0), ..Run::default() };
        assert_eq!(Outcome::NoEvidence, judged(&rule(None), run()).outcome);
        assert_eq!(Outcome::Pass, judged(&rule(Some("50")), run()).outcome);
        let short = judged(&rule(Some("60")), run());
        assert_eq!(Some("30.0 more requests/s to reach 180 (3 times 60)"), short.next_step.as_deref());
    }

    #[test]
    fn thresholds_must_be_stated_and_decided() {
        let rule = PerformanceRule { thresholds: Some(Thresholds::Pass), ..PerformanceRule::default() };
        let threshold = |ok| PerformanceThreshold { name: "d".to_owned(), expr: "p(95)<1".to_owned(), ok };
        assert_eq!(Outcome::NoEvidence, judged(&rule, Run::default()).outcome);
        let run = |ok| Run { thresholds: vec![threshold(ok)], ..Run::default() };
        assert_eq!(Outcome::Pass, judged(&rule, run(true)).outcome);
        assert_eq!(Outcome::Fail, judged(&rule, run(false)).outcome);
        let open = Run { undecided: vec!["d{x:y}".to_owned()], ..run(true) };
        assert_eq!(Outcome::NoEvidence, judged(&rule, open).outcome);
    }
}
