//! Reads model files into the tables that the evaluator asks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::actions::Action;
use super::homes::{self, Home};
use super::words::{ModelFile, ObjectModel};
use super::{Models, Token};
use crate::code::form::{Language, MacroRules};
use crate::domain::node::{Mistake, Place};

/// Reads and checks model files.
pub(super) fn load(files: &[(&str, &str)]) -> Result<Models, Mistake> {
    let mut models = Models::default();
    let mut homes = Vec::new();
    for ((name, _), read) in files.iter().zip(read_all(files)) {
        let (place, file) = read?;
        let pairs = file.homes.iter().flat_map(|(public, all)| all.iter().map(|home| Home::new(public, home)));
        homes.extend(pairs);
        add(&mut models, name, file).map_err(|message| Mistake::new(&place, message))?;
    }
    homes::settle(&mut models, &homes);
    Ok(models)
}

/// Reads model files side by side, each with its place. These are threads of their own and no tasks of the pool: a task there may wait
/// for the models, and where all do, nobody would be left to read them.
fn read_all(files: &[(&str, &str)]) -> Vec<Result<(Place, ModelFile), Mistake>> {
    let read = |(name, text): &(&str, &str)| {
        let node = crate::yaml::parse(name, text)?;
        Ok((node.place.clone(), node.read()?))
    };
    let some = files.len().div_ceil(rayon::current_num_threads()).max(1);
    std::thread::scope(|scope| {
        let running: Vec<_> = files
            .chunks(some)
            .map(|files| {
                let read = move || files.iter().map(read).collect::<Vec<_>>();
                std::thread::Builder::new().spawn_scoped(scope, read).map_err(|_| files)
            })
            .collect();
        let finish = |one: Result<std::thread::ScopedJoinHandle<'_, Vec<_>>, &[(&str, &str)]>| match one {
            Ok(thread) => thread.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)),
            Err(files) => files.iter().map(read).collect(),
        };
        running.into_iter().flat_map(finish).collect()
    })
}

/// The language of a front end.
fn language_of(name: &str) -> Option<Language> {
    Some(match name {
        "javascript" => Language::JavaScript,
        "python" => Language::Python,
        "go" => Language::Go,
        "rust" => Language::Rust,
        "java" => Language::Java,
        _ => return None,
    })
}

fn add(models: &mut Models, file: &str, model: ModelFile) -> Result<(), String> {
    let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".yaml");
    let framework = model.framework.clone().unwrap_or_default();
    let languages: Vec<Language> = model
        .languages
        .iter()
        .map(|name| language_of(name).ok_or_else(|| format!("there is no front end for `{name}`")))
        .collect::<Result<_, _>>()?;
    let mut named_here = model.assets.clone();
    for language in languages.iter().copied() {
        let token = |words: &String| Token { language, words: words.clone(), framework: model.framework.clone() };
        models.tokens.extend(model.tokens.iter().map(token));
    }
    models.hints.extend(model.hints.iter().cloned());
    models.assets.extend(model.assets.iter().cloned());
    models.options.extend(model.options.iter().cloned());
    models.loaders.extend(model.loaders.clone());
    models.clients.extend(model.clients.iter().map(|client| &*Box::leak(Box::new(client.clone()))));
    for (name, object) in resolve_objects(stem, &model)? {
        let object: &'static ObjectModel = Box::leak(Box::new(object));
        for path in &object.make {
            if object.extension {
                models.extensions.extend(path.rsplit('.').next().map(str::to_owned));
            }
            claim(&mut models.makers, path, made_by(object, path))?;
        }
        for path in &object.types {
            claim(&mut models.types, path, object)?;
        }
        named_here.extend(object.make.iter().chain(&object.types).cloned());
        for path in &object.given_to {
            claim(&mut models.given_to, path, object)?;
        }
        models.objects.insert(name, object);
    }
    for (path, action) in &model.imports {
        let action: &'static Action = Box::leak(Box::new(prepared(action, stem, &framework)));
        claim(&mut models.imports, path, action)?;
    }
    for (pattern, action) in &model.calls {
        let action: &'static Action = Box::leak(Box::new(prepared(action, stem, &framework)));
        models.calls.push((pattern.clone(), action));
    }
    for (path, value) in &model.constants {
        claim(&mut models.constants, path, value.clone())?;
    }
    for (path, name) in &model.shared {
        let object = models.objects.get(&format!("{stem}.{name}")).copied();
        let object = object.ok_or_else(|| format!("`{path}` is a `{name}`, which is not in the file"))?;
        claim(&mut models.shared, path, object)?;
    }
    for (names, action) in &model.functions {
        let action = prepared(action, stem, &framework);
        for name in names.split_whitespace().flat_map(|name| rooted(&model.roots, name)) {
            let last = name.rsplit('.').next().unwrap_or(&name);
            if action.extension {
                models.extensions.insert(last.to_owned());
            }
            claim(&mut models.functions, &name, &*Box::leak(Box::new(named(action.clone(), last))))?;
            named_here.push(name);
        }
    }
    for (names, rules) in model.macros {
        let rules: Vec<_> = rules.into_iter().map(|rule| (rule.matches.into(), rule.gives.into())).collect();
        for name in names.split_whitespace() {
            let last = name.rsplit('.').next().unwrap_or(name);
            let rules = Arc::new(MacroRules { name: last.into(), rules: rules.clone() });
            claim(&mut models.macros, name, rules)?;
        }
    }
    for language in languages {
        models.named.extend(named_here.iter().map(|name| (language, name.clone())));
    }
    for (names, class) in model.classes {
        let class = &*Box::leak(Box::new(class));
        for name in names.split_whitespace() {
            claim(&mut models.classes, name, class)?;
        }
    }
    let object = |name: &str| {
        let found = models.objects.get(&format!("{stem}.{name}")).copied();
        found.ok_or_else(|| format!("`{name}` is no object of the file"))
    };
    for word in model.files {
        let object = object(&word.object)?;
        models.files.push((&*Box::leak(Box::new(word)), object));
    }
    for word in model.contents {
        let object = object(&word.object)?;
        models.contents.push((&*Box::leak(Box::new(word)), object));
    }
    for word in model.gateways {
        let object = object(&word.object)?;
        models.gateways.push((&*Box::leak(Box::new(word)), object));
    }
    for word in model.configured {
        let object = object(&word.object)?;
        models.configured.push((&*Box::leak(Box::new(word)), object));
    }
    for word in model.runs {
        let object = object(&word.object)?;
        models.runs.push((&*Box::leak(Box::new(word)), object));
    }
    for (names, annotation) in &model.annotations {
        for name in names.split_whitespace() {
            let mut annotation = annotation.clone();
            name.clone_into(&mut annotation.name);
            framework.clone_into(&mut annotation.framework);
            (annotation.paths, annotation.join) = (model.paths, model.join);
            claim(&mut models.annotations, name, &*Box::leak(Box::new(annotation)))?;
        }
    }
    models.serving.extend(model.serving.iter().map(|member| (member.clone(), framework.clone())));
    models.texts.extend(model.texts.clone());
    models.extensions.extend(model.texts.keys().cloned());
    models.inert.extend(model.inert.iter().cloned());
    for (all, told) in [(&mut models.passing, &model.passing), (&mut models.refusing, &model.refusing)] {
        for (packages, names) in told {
            let named = |package| names.iter().map(move |name| format!("{package}.{name}"));
            all.extend(packages.split_whitespace().flat_map(named));
        }
    }
    models.stores.extend(model.stores.into_iter().map(|store| &*Box::leak(Box::new(store))));
    for prefix in &model.prefixes {
        let mut prefix = prefix.clone();
        framework.clone_into(&mut prefix.framework);
        models.prefixes.push(Box::leak(Box::new(prefix)));
    }
    models.configurations.extend(model.configuration.clone());
    models.listings.extend(model.listings.iter().cloned());
    for library in &model.libraries {
        let mut library = library.clone();
        framework.clone_into(&mut library.framework);
        models.libraries.push(Box::leak(Box::new(library)));
    }
    for (name, table) in &model.tables {
        let table = &*Box::leak(Box::new(table.clone()));
        claim(&mut models.tables, &format!("{stem}.{name}"), table)?;
    }
    for (names, library) in &model.brings {
        let mut library = library.clone();
        framework.clone_into(&mut library.framework);
        library.paths = model.paths;
        let library = &*Box::leak(Box::new(library));
        for name in names.split_whitespace() {
            claim(&mut models.brings, name, library)?;
        }
    }
    if let Some(settings) = &model.settings {
        let Some(object) = models.objects.get(&format!("{stem}.{}", settings.object)).copied() else {
            return Err(format!("`{}` serves the settings' root but is not described", settings.object));
        };
        models.settings.push((Box::leak(Box::new(settings.clone())), object));
    }
    models.derives.extend(model.derives.into_iter().map(|derive| &*Box::leak(Box::new(derive))));
    let mut provided = model.provided;
    for source in model.sources {
        let names = provided.remove(&source).unwrap_or_default();
        models.sources.insert(source, names);
    }
    match provided.keys().next() {
        Some(path) => Err(format!("`{path}` provides names and is no source")),
        None => Ok(()),
    }
}

fn claim<T>(table: &mut BTreeMap<String, T>, name: &str, value: T) -> Result<(), String> {
    match table.insert(name.to_owned(), value) {
        Some(_) => Err(format!("`{name}` is modelled twice")),
        None => Ok(()),
    }
}

/// The object as one maker makes it: `NAME` in its route is the maker's name.
fn made_by(object: &'static ObjectModel, path: &str) -> &'static ObjectModel {
    let Some(entry) = object.entry.as_ref().filter(|entry| entry.method.iter().any(|method| method == "NAME")) else {
        return object;
    };
    let mut entry = entry.clone();
    entry.method = vec![method_word(path.rsplit('.').next().unwrap_or(path))];
    Box::leak(Box::new(ObjectModel { entry: Some(entry), ..object.clone() }))
}

/// The method in a name: `get`, `get_service`, `typed_get`, `NSGet`, `GETEX`, `get2`.
fn method_word(name: &str) -> String {
    const VERBS: [&str; 7] = ["Get", "Post", "Put", "Patch", "Delete", "Head", "Options"];
    let first = || VERBS.iter().copied().find(|verb| name.strip_prefix(*verb) == Some("Func"));
    let known =
        |word: &&str| matches!(*word, "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "trace");
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = name.strip_suffix("EX").unwrap_or(name);
    let name = if bare.chars().all(|c| c.is_ascii_uppercase()) { bare } else { name };
    let last = || VERBS.iter().copied().find(|verb| name.ends_with(verb));
    name.split('_')
        .find(known)
        .or_else(last)
        .or_else(first)
        .or_else(|| name.split('_').next())
        .unwrap_or(name)
        .to_uppercase()
}

/// The names that a function's name stands for.
fn rooted(roots: &BTreeMap<String, Vec<String>>, name: &str) -> Vec<String> {
    let Some((rest, all)) = roots.iter().find_map(|(root, all)| Some((name.strip_prefix(root.as_str())?, all))) else {
        return vec![name.to_owned()];
    };
    let named = |root: &String| match root.ends_with('/') {
        true => vec![format!("{root}{rest}"), format!("{root}{rest}.default")],
        false => vec![format!("{root}{rest}")],
    };
    all.iter().flat_map(named).collect()
}

fn prepared(action: &Action, stem: &str, framework: &str) -> Action {
    let mut action = action.clone();
    framework.clone_into(&mut action.framework);
    action.bare = action.bare.map(|bare| Box::new(prepared(&bare, stem, framework)));
    if let Some(make) = &mut action.make {
        make.object = format!("{stem}.{}", make.object);
        if make.by.is_some() {
            make.otherwise = format!("{stem}.{}", make.otherwise);
        }
    }
    if let Some(resource) = &mut action.resource {
        resource.table = format!("{stem}.{}", resource.table);
    }
    action
}

fn resolve_objects(stem: &str, model: &ModelFile) -> Result<Vec<(String, ObjectModel)>, String> {
    let mut out = Vec::new();
    for (name, described) in &model.objects {
        let mut object = described.clone();
        let mut members = BTreeMap::new();
        let mut base = object.extends.clone();
        let mut chain = vec![described];
        while let Some(parent) = base {
            let Some(found) = model.objects.get(&parent) else {
                return Err(format!("`{name}` extends `{parent}`, which is not in the file"));
            };
            if chain.len() > 8 {
                return Err(format!("`{name}` extends itself"));
            }
            chain.push(found);
            base = found.extends.clone();
        }
        for link in chain.iter().rev() {
            for (names, action) in &link.members {
                for member in names.split_whitespace() {
                    members.insert(member.to_owned(), Arc::new(named(prepared(action, stem, ""), member)));
                }
            }
            for (key, value) in &link.values {
                object.values.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        for link in &chain[1..] {
            object.prefix = object.prefix.or_else(|| link.prefix.clone());
            object.name_space = object.name_space.or_else(|| link.name_space.clone());
            object.takes = object.takes.or_else(|| link.takes.clone());
            object.front = object.front.or_else(|| link.front.clone());
            object.tuples = object.tuples.or(link.tuples);
            object.hands = object.hands.or_else(|| link.hands.clone());
            object.attach = object.attach.or_else(|| link.attach.clone());
            if object.args.is_empty() {
                object.args.clone_from(&link.args);
            }
            object.paths = object.paths.or(link.paths);
            object.join = object.join.or(link.join);
            object.framework = object.framework.or_else(|| link.framework.clone());
            object.class_path = object.class_path.or_else(|| link.class_path.clone());
            object.chains |= link.chains;
            object.middleware |= link.middleware;
            object.part |= link.part;
            object.needs_path |= link.needs_path;
        }
        check_made(model, &members, stem)?;
        for (names, action) in &model.attributes {
            for attribute in names.split_whitespace() {
                let last = attribute.rsplit('.').next().unwrap_or(attribute);
                object.attributes.insert(attribute.to_owned(), named(action.clone(), last));
            }
        }
        object.members = members;
        object.name = format!("{stem}.{name}");
        object.framework = object.framework.or_else(|| model.framework.clone());
        object.paths = object.paths.or(Some(model.paths));
        object.join = object.join.or(Some(model.join));
        out.push((object.name.clone(), object));
    }
    Ok(out)
}

fn named(mut action: Action, member: &str) -> Action {
    let route = action.route.iter_mut().flat_map(|route| &mut route.method);
    let build = action.build.iter_mut().flat_map(|build| &mut build.method);
    let plain = action.mount.iter_mut().flat_map(|mount| &mut mount.otherwise).flat_map(|route| &mut route.method);
    let exposed = action.controls.iter_mut().flat_map(|word| &mut word.method);
    for method in route.chain(build).chain(plain).chain(exposed).filter(|method| *method == "NAME") {
        *method = method_word(member);
    }
    action
}

fn check_made(model: &ModelFile, members: &BTreeMap<String, Arc<Action>>, stem: &str) -> Result<(), String> {
    for action in members.values().flat_map(|action| std::iter::once(&**action).chain(action.bare.as_deref())) {
        if let Some(resource) = &action.resource
            && !resource
                .table
                .strip_prefix(stem)
                .and_then(|rest| rest.strip_prefix('.'))
                .is_some_and(|name| model.tables.contains_key(name))
        {
            return Err(format!("`{}` is no table of the file", resource.table));
        }
        let Some(make) = &action.make else { continue };
        for object in std::iter::once(&make.object).chain(make.by.as_ref().map(|_| &make.otherwise)) {
            let known = object.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.'));
            if !known.is_some_and(|name| model.objects.contains_key(name)) {
                return Err(format!("`{object}` is made but not described"));
            }
        }
    }
    Ok(())
}
