//! Routes that are one half of it (Pyramid): a route has a name and a path, a view says by the name what it answers. Where both are
//! known they are put together, whichever came first.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::forest::{Entry, Methods};
use super::super::value::{Args, ClassValue, Map, Modelled, Spot, Value};
use crate::code::form::Name;
use crate::code::models::{ExpandsWord, RouteWord, ViewWord};

/// The mark of a class that says what its views have in common.
const DEFAULTS: &str = "<views>";

/// What is known of routes and views.
#[derive(Debug, Default)]
pub(crate) struct State {
    routes: Vec<Awaiting>,
    views: Vec<Answer>,
    /// The classes whose bodies run.
    pub(in crate::code::eval) within: Vec<Rc<ClassValue>>,
    /// What was taken for a function and may be none.
    pub(in crate::code::eval) doubted: BTreeSet<Name>,
}

/// A route that is none before something answers under its name.
#[derive(Debug)]
struct Awaiting {
    name: Value,
    node: usize,
    path: Value,
    /// What stands before the router's paths just then.
    prefix: Value,
    methods: Methods,
    spot: Spot,
    conditional: bool,
    external: bool,
}

/// What answers under a name.
#[derive(Debug)]
struct Answer {
    word: &'static ViewWord,
    bound: Rc<Map>,
    /// The class that it stands in.
    home: Option<Rc<ClassValue>>,
    spot: Spot,
    conditional: bool,
}

impl Machine<'_> {
    /// Keeps a route until what answers it is known.
    pub(in crate::code::eval) fn await_view(
        &mut self,
        word: &RouteWord,
        model: &Modelled,
        bound: &Rc<Map>,
        path: &Value,
        spot: Spot,
    ) {
        let scope = self.modules[spot.module.0].scope.clone();
        let given = word.methods.as_ref().map_or(Value::Undefined, |given| self.argument_at(bound, given, spot));
        let methods = self.given_methods(&given, &word.default, &scope);
        let name = word.awaits.as_ref().map_or(Value::Undefined, |name| self.argument_at(bound, name, spot));
        let external = path.as_text().is_some_and(|path| path.contains("://"))
            || matches!(bound.named("static"), Some(Value::Bool(true)));
        let path = self.viewed(model, path.clone());
        self.effects += 1;
        self.because(spot, "nothing answers this route");
        let (node, conditional) = (model.node, self.conditional > 0);
        let prefix = self.forest.nodes[node].prefix.clone();
        self.views.routes.push(Awaiting { name, node, path, prefix, methods, spot, conditional, external });
    }

    /// Keeps what answers under a name, or what the views of a class have in common.
    pub(in crate::code::eval) fn note_view(
        &mut self,
        word: &'static ViewWord,
        target: &Value,
        bound: &Rc<Map>,
        spot: Spot,
    ) {
        self.effects += 1;
        if word.defaults {
            if let Value::Class(class) = target {
                class.marks.put(DEFAULTS, Value::Map(bound.clone()));
            }
            return;
        }
        self.because(spot, "it answers no route that is known");
        let home = match target {
            Value::Class(class) => Some(class.clone()),
            _ => self.views.within.last().filter(|class| class.spot.module == spot.module).cloned(),
        };
        let (bound, conditional) = (bound.clone(), self.conditional > 0);
        self.views.views.push(Answer { word, bound, home, spot, conditional });
    }

    /// Puts routes and what answers them together; what is left of either is told.
    pub(in crate::code::eval) fn join_views(&mut self) {
        let views = std::mem::take(&mut self.views.views);
        let mut answered = vec![false; self.views.routes.len()];
        for view in views {
            let bound = self.with_defaults(&view);
            if self.answers_mistakes(&view, &bound) {
                continue;
            }
            let mut names = Vec::new();
            let given = self.argument_at(&bound, &view.word.route, view.spot);
            self.flatten(&given, &mut names, 0);
            for name in names {
                self.view_answers(&view, &bound, &name, &mut answered);
            }
        }
        let routes = std::mem::take(&mut self.views.routes);
        for (route, _) in routes.iter().zip(answered).filter(|(route, answered)| !answered && !route.external) {
            self.note(route.spot, "what answers this route is not known");
        }
    }

    fn view_answers(&mut self, view: &Answer, bound: &Rc<Map>, name: &Value, answered: &mut [bool]) {
        let Some(name) = name.as_whole_text() else {
            if name.is_nothing() && self.answers_root(view, bound) {
                return;
            }
            let why = if name.is_nothing() {
                "this view is found by what is traversed, and its path is not known"
            } else {
                "the route that this view answers is not known"
            };
            return self.note(view.spot, why);
        };
        let scope = self.modules[view.spot.module.0].scope.clone();
        let given = self.argument_at(bound, &view.word.methods, view.spot);
        let methods = self.given_methods(&given, &[], &scope);
        let found = self.routes_called(&name, view.spot);
        if found.is_empty() {
            self.note(view.spot, format!("the route `{name}` that this view answers is not known"));
        }
        for index in found {
            answered[index] = true;
            let path = self.path_awaited(index);
            let route = &self.views.routes[index];
            let entry = Entry::Route {
                path,
                methods: narrowed(&route.methods, &methods),
                handler: Value::Undefined,
                spot: view.spot,
                chain: Vec::new(),
                conditional: view.conditional || route.conditional,
                paths: None,
                library: None,
            };
            let node = route.node;
            let first = self.forest.nodes[node].entries.len();
            self.forest.nodes[node].entries.push(entry);
            self.name_entries(node, first, &[Value::Str(name.clone())]);
        }
    }

    /// Registers what has a name and no route, where all that is traversed is the root; whether it is so.
    fn answers_root(&mut self, view: &Answer, bound: &Rc<Map>) -> bool {
        let of = |node: &super::super::routes::forest::Node| {
            let members = &node.model.members;
            !node.unbound && members.values().any(|action| action.route.as_ref().is_some_and(|it| it.awaits.is_some()))
        };
        let routers: Vec<usize> = (0..self.forest.nodes.len()).filter(|node| of(&self.forest.nodes[*node])).collect();
        let [node] = routers[..] else { return false };
        let given = self.forest.nodes[node].args.as_ref().and_then(|args| args.named(&view.word.tree));
        let named = self.argument_at(bound, &view.word.named, view.spot).as_whole_text();
        let context = self.named_class(&view.word.context, bound, view.spot);
        let root = match given {
            Some(given) if !given.is_nothing() => match self.leaf(given, view.spot) {
                Some(root) => Value::Class(root),
                None => return false,
            },
            _ => Value::Undefined,
        };
        if !context.is_nothing() && context.same(&root) != Some(true) {
            return false;
        }
        let Some(named) = named.or_else(|| (!context.is_nothing()).then(|| "".into())) else { return false };
        let scope = self.modules[view.spot.module.0].scope.clone();
        let given = self.argument_at(bound, &view.word.methods, view.spot);
        let methods = self.given_methods(&given, &[], &scope);
        self.forest.nodes[node].entries.push(Entry::Route {
            path: Value::Str(named),
            methods,
            handler: Value::Undefined,
            spot: view.spot,
            chain: Vec::new(),
            conditional: view.conditional,
            paths: None,
            library: None,
        });
        true
    }

    /// The class that an argument is, or that its dotted name leads to.
    fn named_class(&mut self, word: &str, bound: &Rc<Map>, spot: Spot) -> Value {
        let given = if word.is_empty() { Value::Undefined } else { self.argument_at(bound, word, spot) };
        self.meant_by_name(given, spot)
    }

    /// What a value is, or what the dotted name that it is leads to.
    fn meant_by_name(&mut self, given: Value, spot: Spot) -> Value {
        let Some(dotted) = given.as_whole_text() else { return given };
        let scope = self.modules[spot.module.0].scope.clone();
        let found = self.load_dotted(&dotted, &scope);
        self.force(found)
    }

    /// The class of a root below which nothing is, or that a function gives: it has no elements, and neither has what it extends.
    fn leaf(&mut self, given: Value, spot: Spot) -> Option<Rc<ClassValue>> {
        let class = match self.meant_by_name(given, spot) {
            Value::Class(class) => class,
            function @ Value::Function(_) => {
                match self.call(&function, Args::of(vec![Value::from_path("request")]), spot) {
                    Value::Object(root) => root.class.clone()?,
                    _ => return None,
                }
            }
            _ => return None,
        };
        let known = self.ancestors(&class).iter().all(|one| match one {
            Value::Class(one) => one.members.named("__getitem__").is_none(),
            Value::Unknown(path) => &**path == "object",
            _ => false,
        });
        known.then_some(class)
    }

    /// The path of a route, behind what stood before the router's paths for a while when it came.
    fn path_awaited(&mut self, index: usize) -> Value {
        let route = &self.views.routes[index];
        let text = |prefix: &Value| prefix.as_text().unwrap_or_else(|| "".into());
        let (then, now) = (text(&route.prefix), text(&self.forest.nodes[route.node].prefix));
        let path = route.path.clone();
        match then.strip_prefix(&*now).filter(|more| !more.is_empty()) {
            Some(more) => self.concat(&Value::text(format!("{more}/")), &path),
            None => path,
        }
    }

    /// The routes of a name. Where several programs have one, that is meant whose code lies nearest.
    fn routes_called(&self, name: &str, spot: Spot) -> Vec<usize> {
        let file = self.file(spot);
        let near = |other: &str| {
            let same = file.split('/').zip(other.split('/')).take_while(|(a, b)| a == b);
            same.count()
        };
        let all: Vec<(usize, usize)> = self
            .views
            .routes
            .iter()
            .enumerate()
            .filter(|(_, route)| route.name.each().iter().any(|one| one.as_text().as_deref() == Some(name)))
            .map(|(index, route)| (index, near(self.file(route.spot))))
            .collect();
        let most = all.iter().map(|(_, near)| *near).max().unwrap_or(0);
        all.into_iter().filter(|(_, near)| *near == most).map(|(index, _)| index).collect()
    }

    /// What a view is given, and what its class says where it is not.
    fn with_defaults(&mut self, view: &Answer) -> Rc<Map> {
        let Some(home) = &view.home else { return view.bound.clone() };
        let said = self.ancestors(home).into_iter().find_map(|one| match one {
            Value::Class(class) => class.marks.named(DEFAULTS),
            _ => None,
        });
        let Some(Value::Map(said)) = said else { return view.bound.clone() };
        let all = Map::default();
        for (key, value) in said.pairs().into_iter().chain(view.bound.pairs()) {
            if let Some(at) = key.key() {
                all.set(at, key, value);
            }
        }
        Rc::new(all)
    }

    /// Whether a view answers where something went wrong: what it is for is an exception.
    fn answers_mistakes(&mut self, view: &Answer, bound: &Rc<Map>) -> bool {
        if view.word.context.is_empty() {
            return false;
        }
        let mut context = self.argument_at(bound, &view.word.context, view.spot);
        if let Some(dotted) = context.as_whole_text() {
            let scope = self.modules[view.spot.module.0].scope.clone();
            context = self.load_dotted(&dotted, &scope);
            context = self.force(context);
        }
        match context {
            Value::Unknown(path) => !path.is_empty(),
            Value::Class(class) => self.ancestors(&class).iter().any(|one| match one {
                Value::Unknown(path) => {
                    let last = path.rsplit('.').next().unwrap_or_default();
                    last.starts_with("HTTP") || ["Exception", "Error"].iter().any(|end| last.ends_with(end))
                }
                _ => false,
            }),
            _ => false,
        }
    }

    /// Registers a route for each public method of a class, whose name stands in the path.
    pub(in crate::code::eval) fn expand(&mut self, word: &ExpandsWord, model: &Modelled, bound: &Rc<Map>, spot: Spot) {
        let path = self.argument_at(bound, &word.path, spot);
        let mut class = self.argument_at(bound, &word.class, spot);
        if let Some(dotted) = class.as_whole_text() {
            let scope = self.modules[spot.module.0].scope.clone();
            class = self.load_dotted(&dotted, &scope);
            class = self.force(class);
        }
        let Some(text) = path.as_whole_text() else {
            return self.note(spot, "the path that is registered here is not known");
        };
        let spelt = [format!("{{{}}}", word.action), format!(":{}", word.action)];
        let holder = spelt.iter().find(|spelt| text.contains(spelt.as_str()));
        let given = self.argument_at(bound, &word.action, spot);
        let (Some(holder), true) = (holder, given.is_nothing()) else {
            return self.push_route(model, path, spot);
        };
        let Value::Class(class) = class else {
            return self.note(spot, "the class whose methods answer here is not known");
        };
        let mut names: Vec<Name> = Vec::new();
        for one in self.ancestors(&class) {
            let Value::Class(one) = one else { continue };
            for (name, member) in one.members.pairs() {
                let name = name.as_whole_text().filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
                if let (Some(name), Value::Function(_)) = (name, self.force(member))
                    && !names.contains(&name)
                {
                    names.push(name);
                }
            }
        }
        for name in names {
            self.push_route(model, Value::text(text.replace(holder.as_str(), &name)), spot);
        }
    }

    fn push_route(&mut self, model: &Modelled, path: Value, spot: Spot) {
        self.effects += 1;
        let path = self.viewed(model, path);
        let entry = self.route_entry(path, Methods::Default(Vec::new()), Value::Undefined, spot);
        self.forest.nodes[model.node].entries.push(entry);
    }

    /// Hands an object to what a dotted name leads to: a function, or one of a module's that has the first of these names.
    pub(in crate::code::eval) fn hand_dotted(
        &mut self,
        members: &[String],
        to: &Value,
        given: &Value,
        spot: Spot,
    ) -> bool {
        let found = match to {
            Value::Str(dotted) => {
                let scope = self.modules[spot.module.0].scope.clone();
                let found = self.load_dotted(dotted, &scope);
                self.force(found)
            }
            module => module.clone(),
        };
        let function = match &found {
            Value::Module(id) => members.iter().find_map(|name| self.exported(*id, &name.as_str().into())),
            Value::Function(_) | Value::Bound(_) => Some(found.clone()),
            Value::Unknown(path) if !path.is_empty() && self.is_missing(path, spot) => {
                self.note(spot, format!("what `{path}` registers here is not known: it is not in the repository"));
                None
            }
            _ => None,
        };
        let Some(function) = function else { return false };
        self.call(&function, Args::starting(vec![given.clone()]), spot);
        true
    }
}

/// The methods that both leave.
fn narrowed(route: &Methods, view: &Methods) -> Methods {
    match (route, view) {
        (Methods::Default(_), view) => view.clone(),
        (route, Methods::Default(_)) => route.clone(),
        (Methods::Fixed(route), Methods::Fixed(view)) => {
            let both: Vec<String> = view.iter().filter(|method| route.contains(method)).cloned().collect();
            Methods::Fixed(if both.is_empty() { view.clone() } else { both })
        }
        (Methods::Unknown(_), other) | (other, Methods::Unknown(_)) => other.clone(),
    }
}
