//! The route inventory, out of the code's analysis.

use super::{Collected, Collector, Context};
use crate::code::Analysis;
use crate::facts::routes::{Route, Routes, Unresolved};
use crate::facts::{Area, AreaName, Evidence, Problem, State};

/// Reads routes out of code.
#[derive(Debug)]
pub struct RouteCollector;

impl Collector for RouteCollector {
    fn area(&self) -> AreaName {
        AreaName::Routes
    }

    fn looks_for(&self) -> &'static [&'static str] {
        &[]
    }

    fn collect(&self, context: &Context<'_>) -> Collected {
        // What tests send is read while the code is evaluated, which takes one thread alone.
        let (mut area, requests) = std::thread::scope(|scope| {
            let read = || crate::code::requests::requests(context.repo);
            let asked = context.route_tests.then(|| std::thread::Builder::new().spawn_scoped(scope, read));
            let area = collect(context.analysis());
            let requests = asked.map(|asked| match asked {
                Ok(thread) => thread.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)),
                Err(_) => read(),
            });
            (area, requests)
        });
        if let Some(routes) = &mut area.facts {
            context.services().name(&mut routes.items);
        }
        if let (Some(requests), Some(routes)) = (requests, &mut area.facts) {
            super::reach::add(routes, &requests, context.services(), &context.analysis().names);
        }
        Collected::Routes(area)
    }
}

pub(super) fn collect(analysis: &Analysis) -> Area<Routes> {
    let items: Vec<Route> = analysis
        .routes
        .iter()
        .map(|route| Route {
            method: route.method.clone(),
            path: route.path.clone(),
            framework: route.framework.clone(),
            file: route.file.clone(),
            line: route.line,
            conditional: route.conditional,
            tests: Vec::new(),
            tests_left_out: 0,
            service: None,
            library: route.library.clone(),
        })
        .collect();
    let names_framework = !analysis.frameworks.is_empty();
    let broken = analysis.problems.iter().filter(|_| names_framework);
    let mut unresolved: Vec<Unresolved> = analysis
        .unresolved
        .iter()
        .chain(broken)
        .map(|it| {
            let paths = analysis.partial.get(it).into_iter().flatten().cloned().collect();
            Unresolved { file: it.0.clone(), line: it.1, reason: it.2.clone(), paths }
        })
        .collect();
    unresolved.sort();
    unresolved.dedup();
    let mut evidence = Evidence::new(State::Absent, vec!["source of a known framework".to_owned()]);
    evidence.problems = analysis
        .problems
        .iter()
        .map(|(path, line, why)| Problem { path: path.clone(), line: Some(*line), why: why.clone() })
        .collect();
    evidence.state = match (items.is_empty(), unresolved.is_empty(), names_framework) {
        (false, _, _) | (true, false, _) => State::Found,
        (true, true, true) => State::Empty,
        (true, true, false) => State::Absent,
    };
    let found = evidence.state == State::Found;
    Area { facts: (found || names_framework).then_some(Routes { items, unresolved, tests: None }), evidence }
}
