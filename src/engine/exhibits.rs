//! What the outputs may show of the facts: who knows of a route, what becomes of a variable, what fills an image.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::finding::Location;
use crate::facts::coverage::Coverage;
use crate::facts::env::Env;
use crate::facts::images::Image;
use crate::facts::openapi::OpenApi;
use crate::facts::probes::ProbeAnswer;
use crate::facts::routes::Routes;
use crate::facts::{Area, Facts, State};
use crate::verdict::exhibits::{
    CoverageShown, EnvShown, Exhibits, FileShown, ImageShown, LayerShown, RouteShown, RoutesShown, VariableShown,
    VariableState,
};

/// Takes out of the facts what may be shown.
pub(super) fn of(facts: &Facts) -> Exhibits {
    Exhibits {
        coverage: facts.coverage.as_ref().and_then(coverage),
        routes: routes(facts),
        env: facts.env.as_ref().and_then(env),
        images: facts
            .images
            .as_ref()
            .and_then(|area| area.facts.as_ref())
            .map_or_else(Vec::new, |images| images.items.iter().map(image).collect()),
    }
}

/// Why an area proves nothing, in words.
fn doubt<T>(area: &Area<T>) -> Option<String> {
    let evidence = &area.evidence;
    let why = || evidence.problems.first().map(|problem| format!(": {}: {}", problem.path, problem.why));
    (evidence.state != State::Found).then(|| format!("{}{}", evidence.state.name(), why().unwrap_or_default()))
}

fn coverage(area: &Area<Coverage>) -> Option<CoverageShown> {
    let files = area.facts.as_ref()?.files.iter().filter(|file| file.present);
    let files: Vec<FileShown> = files
        .filter_map(|file| {
            let lines = file.lines?;
            Some(FileShown { path: file.path.clone(), covered: lines.covered, total: lines.total })
        })
        .collect();
    (!files.is_empty()).then(|| CoverageShown { doubt: doubt(area), files })
}

fn routes(facts: &Facts) -> Option<RoutesShown> {
    let inventory = facts.routes.as_ref().and_then(|area| area.facts.as_ref());
    let documents = facts.openapi.as_ref().and_then(|area| area.proven().ok());
    let probes = facts.probes.as_ref();
    if inventory.is_none() && documents.is_none() && probes.is_none() {
        return None;
    }
    let mut shown = RoutesShown { doubt: facts.routes.as_ref().and_then(doubt), ..RoutesShown::default() };
    if let Some(inventory) = inventory {
        shown.items.extend(of_the_code(inventory, documents));
        let unresolved = inventory.unresolved.iter();
        shown.unresolved = unresolved.map(|one| (Location::line(&one.file, one.line), one.reason.clone())).collect();
    }
    let known_to_code = inventory.is_some();
    for operation in documents.into_iter().flat_map(|it| if known_to_code { &it.unimplemented } else { &it.operations })
    {
        shown.items.push(RouteShown {
            method: operation.method.clone(),
            path: operation.path.clone(),
            place: Some(Location::line(&operation.file, operation.line)),
            documented: Some(true),
            ..RouteShown::default()
        });
    }
    if let Some(probes) = probes {
        shown.probed = Some(probes.base.clone());
        for (query, answer) in &probes.answers {
            let method = if query.head { "HEAD" } else { "GET" };
            let text = match answer {
                ProbeAnswer::Answered(answer) => answer.status.to_string(),
                ProbeAnswer::Broken(_) => "no whole answer".to_owned(),
                ProbeAnswer::Unreached(_) => "not reached".to_owned(),
            };
            let fits = |item: &&mut RouteShown| {
                item.path == query.path && (item.method == method || item.method == "ANY" || item.method == "GET")
            };
            let before = shown.items.len();
            let mut answered: Vec<&mut RouteShown> = shown.items.iter_mut().filter(fits).collect();
            answered.iter_mut().for_each(|item| item.answer = Some(text.clone()));
            if answered.is_empty() {
                shown.items.insert(
                    before,
                    RouteShown {
                        method: method.to_owned(),
                        path: query.path.clone(),
                        answer: Some(text),
                        ..RouteShown::default()
                    },
                );
            }
        }
    }
    shown.items.sort_by(|a, b| (&a.path, &a.method, &a.place).cmp(&(&b.path, &b.method, &b.place)));
    Some(shown)
}

fn of_the_code(inventory: &Routes, documents: Option<&OpenApi>) -> Vec<RouteShown> {
    let key = |method: &str, file: &str, line: u32| (method.to_owned(), file.to_owned(), line);
    let keys = |list: &[crate::facts::openapi::Operation]| -> BTreeSet<(String, String, u32)> {
        list.iter().map(|one| key(&one.method, &one.file, one.line)).collect()
    };
    let held = documents.map(|it| (keys(&it.held), keys(&it.undocumented)));
    let items = inventory.items.iter().map(|route| {
        let this = key(&route.method, &route.file, route.line);
        let documented = held.as_ref().filter(|(held, _)| held.contains(&this)).map(|(_, not)| !not.contains(&this));
        RouteShown {
            method: route.method.clone(),
            path: route.path.clone(),
            framework: Some(route.framework.clone()),
            place: Some(Location::line(&route.file, route.line)),
            conditional: route.conditional,
            documented,
            tests: inventory.tests.as_ref().map(|_| route.tests.len()),
            answer: None,
        }
    });
    items.collect()
}

fn env(area: &Area<Env>) -> Option<EnvShown> {
    let env = area.facts.as_ref()?;
    let mut named: BTreeMap<&str, Location> = BTreeMap::new();
    for key in &env.documented {
        named.entry(&key.name).or_insert_with(|| Location::line(&key.file, key.line));
    }
    let missing: BTreeSet<&str> = env.missing.iter().map(String::as_str).collect();
    let mut items: Vec<VariableShown> = Vec::new();
    for used in &env.used {
        let documented = named.remove(used.name.as_str());
        let state = match () {
            () if missing.contains(used.name.as_str()) => VariableState::Missing,
            () if documented.is_some() => VariableState::Documented,
            () if used.platform => VariableState::Platform,
            () => VariableState::Missing,
        };
        let sites = used.sites.iter().map(|site| Location::line(&site.file, site.line)).collect();
        items.push(VariableShown { name: used.name.clone(), state, required: used.required, sites, documented });
    }
    items.extend(named.into_iter().map(|(name, place)| VariableShown {
        name: name.to_owned(),
        state: if env.unused.iter().any(|unused| unused == name) {
            VariableState::Unused
        } else {
            VariableState::Documented
        },
        required: false,
        sites: Vec::new(),
        documented: Some(place),
    }));
    items.sort_by(|a, b| (a.state, &a.name).cmp(&(b.state, &b.name)));
    let dynamic = env.dynamic.iter().map(|one| (Location::line(&one.file, one.line), one.pattern.clone())).collect();
    Some(EnvShown { doubt: doubt(area), items, dynamic })
}

fn image(image: &Image) -> ImageShown {
    let mut below = image.base_bytes.unwrap_or(0);
    let layers = image.layers.iter().map(|layer| {
        let bytes = layer.uncompressed_bytes.or(layer.compressed_bytes);
        let base = layer.uncompressed_bytes.is_some_and(|bytes| below > 0 && bytes <= below);
        below = if base { below - bytes.unwrap_or(0) } else { 0 };
        LayerShown { bytes, base, made_by: layer.created_by.clone() }
    });
    ImageShown {
        layers: layers.collect(),
        reference: image.reference.clone(),
        platform: image.platform.clone(),
        compressed: image.compressed_bytes,
        unpacked: image.uncompressed_bytes,
        user: image.user.clone(),
        healthcheck: image.healthcheck,
    }
}
