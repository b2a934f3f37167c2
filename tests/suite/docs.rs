//! Pages and profiles run: each check's page has its headings, its YAML loads, and so does every profile.

use donegate::checks::CHECKS;
use donegate::dod::{self, DodSource, PROFILES};
use donegate::repo::Repo;

const HEADINGS: &[&str] =
    &["## What it checks", "## Why", "## Evidence used", "## Parameters", "## Example", "## How to fix"];

/// The fenced YAML blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_page_has_its_headings_in_order() {
    for check in CHECKS {
        let page = check.page();
        assert!(page.starts_with(&format!("# {}\n", check.name())), "{}", check.name());
        let places: Vec<usize> = HEADINGS
            .iter()
            .map(|heading| page.find(heading).unwrap_or_else(|| panic!("{} has no heading {heading}", check.name())))
            .collect();
        assert!(places.is_sorted(), "{}: the headings are out of order", check.name());
    }
}

#[test]
fn every_example_loads_and_shows_its_check() {
    for check in CHECKS {
        let blocks = blocks(check.page());
        assert!(!blocks.is_empty(), "{} has no example", check.name());
        for block in blocks {
            let repo = Repo::in_memory(&[("donegate.yaml", &block)]);
            let plan = dod::load(&DodSource::File("donegate.yaml".to_owned()), &repo)
                .unwrap_or_else(|refusal| panic!("{}: {}", check.name(), refusal.render()));
            assert!(plan.rules.iter().any(|rule| rule.check.name() == check.name()), "{}", check.name());
        }
    }
}

#[test]
fn every_profile_loads_and_fits_the_schema() {
    let schema = jsonschema::validator_for(&dod::schema()).expect("a schema");
    for (name, text) in PROFILES {
        let repo = Repo::in_memory(&[]);
        let plan = dod::load(&DodSource::Profile((*name).to_owned()), &repo)
            .unwrap_or_else(|refusal| panic!("{name}: {}", refusal.render()));
        assert!(!plan.rules.is_empty(), "{name}");
        assert!(plan.rules.iter().all(|rule| rule.title != rule.id), "{name}: every rule has a title");
        let json = donegate::yaml::parse(name, text).expect("YAML").to_json();
        let wrong: Vec<String> =
            schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
    }
}
