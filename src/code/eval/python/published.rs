//! Trees of objects whose methods answer under their own names (CherryPy, TurboGears): `root.users.list` answers `/users/list`.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, ClassValue, Closure, Map, Modelled, Spot, Value};
use crate::code::form::{Name, Param, ParamKind, Pattern, StmtKind};
use crate::code::models::PublishesWord;
use crate::domain::method::is_method;

/// Objects within objects.
const MOST_DEPTH: usize = 8;
/// The mark, and the attribute, of what is published.
const PUBLISHED: &str = "exposed";
/// What a controller of resources answers by: the method, and the path behind its own.
const RESTFUL: [(&str, &str, &str); 9] = [
    ("get_all", "GET", ""),
    ("get_one", "GET", "/{id}"),
    ("get", "GET", ""),
    ("new", "GET", "/new"),
    ("edit", "GET", "/{id}/edit"),
    ("post", "POST", ""),
    ("put", "PUT", "/{id}"),
    ("delete", "DELETE", "/{id}"),
    ("post_delete", "DELETE", "/{id}"),
];
/// How the names of handlers begin that take forms or questions.
const FORMS: [&str; 12] =
    ["add", "create", "new", "save", "login", "register", "search", "upload", "submit", "send", "post", "set"];
/// How files end that ask for paths.
const PAGES: [&str; 11] = [".html", ".htm", ".js", ".ts", ".mako", ".mak", ".jinja", ".jinja2", ".tmpl", ".tpl", ".py"];
/// The most bytes of them that are looked through.
const MOST_PAGES: usize = 32 << 20;
/// The class whose subclasses are such controllers.
const CONTROLLER: &str = "RestController";

/// Where it is published.
struct Place {
    node: usize,
    spot: Spot,
}

impl Machine<'_> {
    /// Registers what an object publishes, and the routers that its settings hold.
    pub(in crate::code::eval) fn publish(
        &mut self,
        word: &PublishesWord,
        model: &Modelled,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        let at = self.argument_at(bound, &word.at, spot);
        let prefix = if at.is_nothing() { Value::text("") } else { self.shown(&at, "prefix") };
        let prefix = prefix.as_text().unwrap_or_else(|| "".into());
        let prefix = prefix.trim_end_matches('/').to_owned();
        let place = Place { node: model.node, spot };
        let root = self.argument_at(bound, &word.of, spot);
        let mut seen = Vec::new();
        for one in root.each() {
            self.publish_object(&place, &one, &prefix, &mut seen);
        }
        if let Value::Map(settings) = self.argument_at(bound, &word.settings, spot) {
            for (key, inner) in settings.pairs() {
                let (Some(key), Value::Map(inner)) = (key.as_text(), self.force(inner)) else { continue };
                for (_, value) in inner.pairs() {
                    let router = matches!(&value, Value::Object(it) if it.model.borrow().is_some());
                    if router {
                        let at = Value::text(format!("{prefix}{key}"));
                        self.mount(model.node, at, value, (false, false), spot);
                    }
                }
            }
        }
    }

    /// Publishes an instance of each class that a model says is the root where its project names one so.
    pub(in crate::code::eval) fn publish_roots(&mut self) {
        for class in self.classes.clone() {
            let Some(name) = class.class.name.clone() else { continue };
            let root = self.ancestors(&class).into_iter().find_map(|one| match one {
                Value::Unknown(path) => self.models.classes.get(&*path).and_then(|model| model.root.as_ref()),
                _ => None,
            });
            let Some(root) = root.filter(|root| *root.name == *name) else { continue };
            let Some(Value::Object(held)) = self.shared_object(&root.on) else { continue };
            let Some(model) = held.model.borrow().clone() else { continue };
            let object = self.instantiate(&Value::Class(class.clone()), Args::unknown(), class.spot);
            let place = Place { node: model.node, spot: class.spot };
            self.publish_object(&place, &object, "", &mut Vec::new());
        }
    }

    fn publish_object(&mut self, place: &Place, value: &Value, prefix: &str, seen: &mut Vec<usize>) {
        let value = self.force(value.clone());
        let class = match &value {
            Value::Object(it) => it.class.clone(),
            Value::Class(class) => Some(class.clone()),
            Value::Unknown(_) => {
                return self.note(place.spot, "the object whose methods answer here is not known");
            }
            _ => None,
        };
        let Some(class) = class else { return };
        if seen.len() > MOST_DEPTH || value.identity().is_none_or(|it| seen.contains(&it)) {
            return;
        }
        seen.extend(value.identity());
        let mut members: Vec<(Name, Value, Rc<ClassValue>)> = Vec::new();
        if let Value::Object(it) = &value {
            for (name, member) in it.members.pairs() {
                members.extend(name.as_whole_text().map(|name| (name, member, class.clone())));
            }
        }
        let lines = self.ancestors(&class);
        for one in &lines {
            let Value::Class(one) = one else { continue };
            for (name, member) in one.members.pairs() {
                members.extend(name.as_whole_text().map(|name| (name, member, one.clone())));
            }
        }
        let known = |path: &str| path.rsplit('.').next() == Some(CONTROLLER);
        let restful = lines.iter().any(|one| matches!(one, Value::Unknown(path) if known(path)));
        let whole = self.is_published(&value, &members);
        let mut done: Vec<Name> = Vec::new();
        for (name, member, home) in members {
            if done.contains(&name) {
                continue;
            }
            done.push(name.clone());
            match self.force(member) {
                Value::Function(_) if matches!(&*name, "_cp_dispatch" | "_lookup") => {
                    let spot = line_of(&home, &name);
                    self.note(spot, format!("what `{name}` leads to is not known"));
                }
                Value::Function(function) => {
                    let marked = function.marks.named(PUBLISHED).or_else(|| function.attributes.named(PUBLISHED));
                    let posted = posts(&name, &function);
                    let behind = if posted { vec![String::new()] } else { taken(&function.function.params) };
                    let handler = Value::Function(function);
                    let spot = line_of(&home, &name);
                    if whole && is_method(&name) {
                        for behind in &behind {
                            let methods = Methods::Fixed(vec![name.to_string()]);
                            self.push_published(place, &format!("{prefix}{behind}"), methods, &handler, spot);
                        }
                        continue;
                    }
                    let Some(marked) = marked.filter(|marked| !matches!(marked, Value::Bool(false))) else { continue };
                    if restful && let Some((_, method, behind)) = RESTFUL.iter().find(|(own, ..)| *own == &*name) {
                        let methods = Methods::Fixed(vec![(*method).to_owned()]);
                        self.push_published(place, &format!("{prefix}{behind}"), methods, &handler, spot);
                        continue;
                    }
                    let path = match &*name {
                        "index" => format!("{prefix}/"),
                        "default" | "_default" => format!("{prefix}/{{*}}"),
                        _ => format!("{prefix}/{name}"),
                    };
                    let mut others = Vec::new();
                    self.flatten(&marked, &mut others, 0);
                    let others = others.iter().filter_map(Value::as_whole_text);
                    let others: Vec<String> = others.map(|other| format!("{prefix}/{other}")).collect();
                    let plain = [String::new()];
                    for path in std::iter::once(path).chain(others) {
                        // Pages take a query as well: it is by path where the project's pages and scripts ask so.
                        let by_path = behind != plain && &*name != "index" && self.is_asked_below(&path);
                        for behind in if by_path { &behind[..] } else { &plain } {
                            let methods = Methods::Default(Vec::new());
                            self.push_published(place, &format!("{path}{behind}"), methods, &handler, spot);
                        }
                    }
                }
                inner @ Value::Object(_) if !name.starts_with('_') => {
                    let model = matches!(&inner, Value::Object(it) if it.model.borrow().is_some());
                    if !model {
                        self.publish_object(place, &inner, &format!("{prefix}/{name}"), seen);
                    }
                }
                Value::Unknown(path) if path.ends_with("Controller()") => {
                    self.note(home.spot, format!("what `{path}` answers below {prefix}/{name} is not known"));
                }
                _ => {}
            }
        }
        if class.marks.named("popped").is_some() {
            self.note(class.spot, "which parts of the path this class takes is not known");
        }
        seen.pop();
    }

    /// Whether an object itself is published, so that its members answer the methods of their names.
    fn is_published(&mut self, value: &Value, members: &[(Name, Value, Rc<ClassValue>)]) -> bool {
        let said = members.iter().find(|(name, ..)| &**name == PUBLISHED).map(|(_, value, _)| value.clone());
        if let Some(said) = said {
            return matches!(self.force(said), Value::Bool(true));
        }
        let class = match value {
            Value::Object(it) => it.class.clone(),
            Value::Class(class) => Some(class.clone()),
            _ => None,
        };
        class.is_some_and(|class| {
            self.ancestors(&class)
                .iter()
                .any(|one| matches!(one, Value::Class(one) if one.marks.named(PUBLISHED).is_some()))
        })
    }

    /// Whether texts of the project name something below a path, or do not name the path at all.
    fn is_asked_below(&mut self, path: &str) -> bool {
        if self.pages.is_none() {
            let asks =
                |file: &&Name| PAGES.iter().any(|ending| file.ends_with(ending)) && !file.contains("node_modules/");
            let mut left = MOST_PAGES;
            let texts = self.tree.files().filter(asks).map_while(|file| {
                let text = self.tree.text(file).unwrap_or_default();
                left = left.checked_sub(text.len())?;
                Some(text)
            });
            self.pages = Some(texts.collect());
        }
        let named = |end: char| {
            let whole = format!("{path}{end}");
            self.pages.iter().flatten().any(|text| text.contains(&whole))
        };
        named('/') || !['?', '"', '\'', '`'].into_iter().any(named)
    }

    fn push_published(&mut self, place: &Place, path: &str, methods: Methods, handler: &Value, spot: Spot) {
        self.effects += 1;
        self.forest.nodes[place.node].entries.push(Entry::Route {
            path: Value::text(path),
            methods,
            handler: handler.clone(),
            spot,
            chain: Vec::new(),
            conditional: self.conditional > 0,
            paths: None,
            library: None,
        });
    }
}

/// Whether a handler takes what is posted alone, so that its parameters are fields of a form.
fn posts(name: &str, function: &Closure) -> bool {
    let allowed = match function.marks.named("methods") {
        Some(Value::List(list)) => list.items.borrow().iter().all(|one| one.as_text().as_deref() == Some("POST")),
        Some(one) => one.as_text().as_deref() == Some("POST"),
        None => false,
    };
    name == "POST" || allowed || FORMS.iter().any(|begin| name.starts_with(begin))
}

/// What stands behind the path of a handler: what is left of a request's path is given to the parameters by position, as a query
/// and a form are by name. What identifies a thing may come by path; so may the one thing that a handler cannot do without.
fn taken(params: &[Param]) -> Vec<String> {
    let plain: Vec<&Param> = params.iter().skip(1).take_while(|param| param.kind == ParamKind::Plain).collect();
    let named = |param: &Param| match &param.target {
        Pattern::Name(name, _) => format!("/{{{name}}}"),
        _ => "/{x}".to_owned(),
    };
    let required = plain.iter().filter(|param| param.default.is_none()).count();
    let mut out = vec![String::new()];
    for (at, param) in plain.iter().enumerate() {
        let needed = param.default.is_none();
        let alone = at == 0 && required == 1 && needed;
        if !alone && !identifies(&param.target) {
            break;
        }
        let way = format!("{}{}", out.last().map_or("", String::as_str), named(param));
        // Without what it needs there is nothing to do.
        if needed {
            out.clear();
        }
        out.push(way);
    }
    out
}

/// Whether a parameter is called like what tells one thing of its kind from others.
fn identifies(target: &Pattern) -> bool {
    let Pattern::Name(name, _) = target else { return false };
    let name: &str = name;
    matches!(name, "id" | "pk" | "uuid" | "guid" | "slug")
        || ["_id", "_pk", "_uuid", "_guid", "_slug", "Id"].iter().any(|end| name.ends_with(end))
}

/// Where a method of a class is written.
fn line_of(class: &Rc<ClassValue>, name: &str) -> Spot {
    let written = class.class.body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Function(function) if function.name.as_deref() == Some(name) => Some(function.pos.line),
        _ => None,
    });
    Spot { module: class.spot.module, line: written.unwrap_or(class.spot.line) }
}
