//! Which functions a call is one of. A name alone is the nearest function of that name; a member is a method of the object's
//! class, of a file that is imported, of a map. A call on an object that is known to be something else is none of them, however its
//! method is called.

use super::scopes::{is_fixture, is_this};
use super::values::{At, Helper, MOST_DEPTH, MOST_VALUES, Source, Values};
use super::walk::Scope;
use crate::code::form::{Expr, ExprKind, Function, Language, Pattern, TypeRef};

/// A function and its scope.
type Body<'a> = (&'a Function, Scope);

/// What the object of a method is.
enum Object<'a> {
    /// One of a class.
    Class(Scope),
    /// What a file gives to others.
    File(usize),
    /// A map.
    Map(At<'a>),
    /// Something else.
    Other,
}

impl<'a> Values<'a> {
    /// The functions that a call runs, by what stands before its arguments.
    pub(super) fn callees(&self, callee: &'a Expr, scope: Scope, depth: u32) -> Vec<Body<'a>> {
        if depth > MOST_DEPTH || self.spent() {
            return Vec::new();
        }
        let next = depth + 1;
        let given = |own: Scope| -> Vec<Body<'a>> {
            self.given_by(own).into_iter().flat_map(|(expr, scope)| self.callees(expr, scope, next)).collect()
        };
        let mut all: Vec<Body<'a>> = match &callee.kind {
            ExprKind::Function(function) => {
                let own = self.scopes.get(&std::ptr::from_ref(&**function).addr());
                own.map(|own| (&**function, *own)).into_iter().collect()
            }
            // What a function gives may be a function.
            ExprKind::Call(call) => {
                self.callees(&call.callee, scope, next).into_iter().flat_map(|(_, own)| given(own)).collect()
            }
            ExprKind::Await(inner) | ExprKind::Cast(inner, _) | ExprKind::Unary(_, inner) => {
                self.callees(inner, scope, next)
            }
            _ => self
                .referred(callee, scope, next, true)
                .into_iter()
                .flat_map(|helper| {
                    if is_fixture(helper.function) { given(helper.own) } else { vec![(helper.function, helper.own)] }
                })
                .collect(),
        };
        all.sort_by_key(|(_, own)| *own);
        all.dedup_by_key(|(_, own)| *own);
        all.truncate(MOST_VALUES);
        all
    }

    /// Whether a call runs a function of the tests, whose body tells what is sent.
    pub(super) fn is_helper(&self, callee: &'a Expr, scope: Scope) -> bool {
        let tests = |own: Scope| self.read.get(self.file(own)).is_some_and(|file| file.tests);
        self.callees(callee, scope, 0).into_iter().any(|(_, own)| tests(own))
    }

    /// The functions that a name, a member or a path stands for. `strict` leaves out what several classes may have.
    pub(super) fn referred(&self, expr: &'a Expr, scope: Scope, depth: u32, strict: bool) -> Vec<Helper<'a>> {
        if depth > MOST_DEPTH || self.spent() {
            return Vec::new();
        }
        match &expr.kind {
            ExprKind::Name(name) => self.named(name, scope, depth),
            ExprKind::Member(object, name) => self.of_object(object, name, scope, depth, strict),
            ExprKind::Path(path) => match path.as_slice() {
                [.., class, name] if self.is_class(class) || &**class == "Self" => {
                    let classes = match self.class_of(scope).filter(|_| &**class == "Self") {
                        Some(own) => vec![own],
                        None => self.classes_of(class),
                    };
                    self.methods(&classes, name)
                }
                [module @ .., name] if module.iter().all(|part| self.is_module(part)) => {
                    self.nearest(name, scope).into_iter().collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    fn is_module(&self, part: &str) -> bool {
        matches!(part, "crate" | "self" | "super") || self.modules.get(part).is_some_and(|all| all.contains(&part))
    }

    fn is_class(&self, name: &str) -> bool {
        self.class_names.contains_key(name) || self.extensions.contains_key(name)
    }

    fn classes_of(&self, name: &str) -> Vec<Scope> {
        let name = self.aliases.get(name).copied().unwrap_or(name);
        let own = self.class_names.get(name).into_iter().flatten();
        own.chain(self.extensions.get(name).into_iter().flatten()).copied().collect()
    }

    /// The functions that a name alone stands for.
    fn named(&self, name: &'a str, scope: Scope, depth: u32) -> Vec<Helper<'a>> {
        let told = self.aliases.get(name).copied().unwrap_or(name);
        let found = self.nearest(told, scope);
        let Some(shadow) = self.shadow(name, scope) else {
            // What a file gives to others may have no name there but that.
            let given = || self.modules.get(name).map(|parts| self.members(self.files_named(parts), told, depth));
            return if found.is_none() { given().unwrap_or_default() } else { found.into_iter().collect() };
        };
        let inside = found.filter(|helper| self.within(helper.own, shadow));
        if let Some(found) = inside {
            return vec![found];
        }
        // A parameter is what it is handed, or the fixture of its name.
        let is_param = self.names.get(name).is_none_or(|scopes| !scopes.contains_key(&shadow));
        if is_param {
            return found.filter(|helper| is_fixture(helper.function)).into_iter().collect();
        }
        let sources = self.bound(name, scope);
        let taken = sources.iter().filter_map(|source| match source {
            Source::Field(object, key) => Some(self.members(self.of_sources(&[(**object).clone()], depth), key, depth)),
            _ => None,
        });
        let taken: Vec<Helper<'a>> = taken.flatten().collect();
        if !taken.is_empty() {
            return taken;
        }
        let exprs = sources.iter().take(MOST_VALUES).flat_map(|source| self.behind(source, depth));
        exprs
            .flat_map(|(expr, scope)| match &expr.kind {
                ExprKind::Name(other) if **other == *name => Vec::new(),
                _ => self.callees(expr, scope, depth + 1),
            })
            .map(|(function, own)| Helper { function, own, free: true })
            .collect()
    }

    /// The innermost scope around that binds a name.
    fn shadow(&self, name: &str, scope: Scope) -> Option<Scope> {
        let is_it = |target: &Pattern| matches!(target, Pattern::Name(own, _) if **own == *name);
        let mut at = scope;
        loop {
            let param = self.bodies.get(&at).is_some_and(|body| body.params.iter().any(|param| is_it(&param.target)));
            if param || self.names.get(name).is_some_and(|scopes| scopes.contains_key(&at)) {
                return Some(at);
            }
            let outer = self.around.get(at).copied().filter(|outer| *outer != at)?;
            at = outer;
        }
    }

    /// Whether a function stands in a scope or inside of it.
    fn within(&self, own: Scope, scope: Scope) -> bool {
        let mut at = own;
        while let Some(outer) = self.around.get(at).copied().filter(|outer| *outer != at) {
            if outer == scope {
                return true;
            }
            at = outer;
        }
        false
    }

    /// The methods of a name that an object has.
    fn of_object(&self, object: &'a Expr, name: &'a str, scope: Scope, depth: u32, strict: bool) -> Vec<Helper<'a>> {
        let objects = self.objects(object, scope, depth + 1);
        if objects.is_empty() {
            return self.of_any(name, strict);
        }
        self.members(objects, name, depth)
    }

    /// The functions of a name that objects have.
    fn members(&self, objects: Vec<Object<'a>>, name: &str, depth: u32) -> Vec<Helper<'a>> {
        let mut found = Vec::new();
        for object in objects {
            match object {
                Object::Class(class) => found.extend(self.methods(&[class], name)),
                Object::File(file) => {
                    let all = self.functions.get(name).into_iter().flatten();
                    found.extend(all.filter(|helper| self.around.get(helper.own) == Some(&file)).copied());
                }
                Object::Map((map, at)) => {
                    let value = self.field(map, name).into_iter();
                    let bodies = value.flat_map(|value| self.callees(value, at, depth + 1));
                    found.extend(bodies.map(|(function, own)| Helper { function, own, free: false }));
                }
                Object::Other => {}
            }
        }
        found
    }

    /// The methods of a name that an object has of which nothing is known. What clients of libraries call theirs as well is none.
    fn of_any(&self, name: &str, strict: bool) -> Vec<Helper<'a>> {
        if self.idioms.is_request(self.language, name) {
            return Vec::new();
        }
        let is_method = |helper: &&Helper<'a>| {
            !helper.free || self.around.get(helper.own).is_some_and(|around| self.classes.contains_key(around))
        };
        let all: Vec<Helper<'a>> = self.functions.get(name).into_iter().flatten().filter(is_method).copied().collect();
        if strict && all.len() > 1 { Vec::new() } else { all }
    }

    /// The methods of a name that classes have or take over.
    fn methods(&self, classes: &[Scope], name: &str) -> Vec<Helper<'a>> {
        let Some(all) = self.functions.get(name) else { return Vec::new() };
        let of = |class: &Scope| {
            all.iter().find(|helper| {
                let around = self.around.get(helper.own).copied();
                around == Some(*class) || (!helper.free && around.and_then(|at| self.class_of(at)) == Some(*class))
            })
        };
        let found = classes.iter().filter_map(|class| self.line(*class).iter().find_map(of).copied());
        found.collect()
    }

    /// What an expression is whose method is called; nothing where that is not known.
    fn objects(&self, expr: &'a Expr, scope: Scope, depth: u32) -> Vec<Object<'a>> {
        if depth > MOST_DEPTH || self.spent() {
            return Vec::new();
        }
        let next = depth + 1;
        match &expr.kind {
            _ if is_this(expr) && !self.is_bound(expr, scope) => {
                self.class_of(scope).map(Object::Class).into_iter().collect()
            }
            ExprKind::Super => self.class_of(scope).map(Object::Class).into_iter().collect(),
            ExprKind::Name(name) => self.object_named(name, scope, next),
            ExprKind::Member(object, name) if is_this(object) => {
                let sources = self.own_member(name, scope);
                let typed: Vec<Object<'a>> =
                    self.class_of(scope).map(|class| self.field_of(name, class)).unwrap_or_default();
                if typed.is_empty() { self.of_sources(&sources, next) } else { typed }
            }
            ExprKind::Member(object, name) => {
                let maps = self.objects(object, scope, next).into_iter();
                maps.flat_map(|object| match object {
                    Object::Map((map, at)) => {
                        self.field(map, name).map(|value| self.objects(value, at, next)).unwrap_or_default()
                    }
                    Object::Class(class) => self.field_of(name, class),
                    Object::File(_) => self.classes_of(name).into_iter().map(Object::Class).collect(),
                    Object::Other => vec![Object::Other],
                })
                .collect()
            }
            ExprKind::Call(call) => self.made_by(&call.callee, expr, scope, next),
            ExprKind::Await(inner) | ExprKind::Cast(inner, _) | ExprKind::Unary(_, inner) => {
                self.objects(inner, scope, next)
            }
            ExprKind::Composite(ty, _) => self.of_type(ty),
            ExprKind::Map(_) => vec![Object::Map((expr, scope))],
            _ => vec![Object::Other],
        }
    }

    fn is_bound(&self, expr: &Expr, scope: Scope) -> bool {
        // Python's and Rust's `self` are never bound to something else; a name `this` is.
        matches!(&expr.kind, ExprKind::Name(name) if &**name == "this" && self.shadow(name, scope).is_some())
    }

    fn object_named(&self, name: &'a str, scope: Scope, depth: u32) -> Vec<Object<'a>> {
        if let Some(shadow) = self.shadow(name, scope) {
            let typed = self.typed(name, shadow);
            if !typed.is_empty() {
                return typed;
            }
            let sources = self.bound(name, scope);
            let known = self.names.get(name).is_some_and(|scopes| scopes.contains_key(&shadow));
            // What a parameter is handed is not known before all calls are.
            return if known || !sources.is_empty() { self.of_sources(&sources, depth) } else { Vec::new() };
        }
        if let Some(receiver) = self.receiver(name, scope) {
            return vec![Object::Class(receiver)];
        }
        let classes = self.classes_of(name);
        if !classes.is_empty() {
            return classes.into_iter().map(Object::Class).collect();
        }
        if let Some(parts) = self.modules.get(name) {
            let files = self.files_named(parts);
            if !files.is_empty() {
                return files;
            }
        }
        let sources = self.bound(name, scope);
        if !sources.is_empty() {
            return self.of_sources(&sources, depth);
        }
        let typed: Vec<Object<'a>> = self.class_of(scope).map(|class| self.field_of(name, class)).unwrap_or_default();
        // A field of a base class that is not seen.
        if self.language == Language::Java || !typed.is_empty() { typed } else { vec![Object::Other] }
    }

    /// The class that a function is one of whose receiver has a name.
    fn receiver(&self, name: &str, scope: Scope) -> Option<Scope> {
        let mut at = scope;
        loop {
            let receiver = self.bodies.get(&at).and_then(|body| body.receiver.as_ref());
            if receiver.is_some_and(|it| matches!(&it.target, Pattern::Name(own, _) if **own == *name)) {
                return self.class_of(at);
            }
            at = self.around.get(at).copied().filter(|outer| *outer != at)?;
        }
    }

    /// Files whose name an import says.
    fn files_named(&self, parts: &[&str]) -> Vec<Object<'a>> {
        let stem = |path: &'a str| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let stem = name.split('.').next().unwrap_or_default();
            if matches!(stem, "index" | "__init__") { folder.rsplit('/').next().unwrap_or_default() } else { stem }
        };
        let fits = |file: &usize| parts.contains(&stem(self.read[*file].path));
        (1..self.read.len()).filter(fits).map(Object::File).collect()
    }

    fn of_sources(&self, sources: &[Source<'a>], depth: u32) -> Vec<Object<'a>> {
        let exprs: Vec<At<'a>> =
            sources.iter().take(MOST_VALUES).flat_map(|source| self.behind(source, depth)).take(MOST_VALUES).collect();
        exprs.into_iter().flat_map(|(expr, scope)| self.objects(expr, scope, depth + 1)).take(MOST_VALUES).collect()
    }

    /// What a name is that has a stated type in a scope.
    fn typed(&self, name: &str, scope: Scope) -> Vec<Object<'a>> {
        let ty = self.types.get(name).and_then(|scopes| scopes.get(&scope));
        ty.map(|ty| self.of_type(ty)).unwrap_or_default()
    }

    /// What a field of a class is by its stated type.
    fn field_of(&self, name: &str, class: Scope) -> Vec<Object<'a>> {
        self.line(class).into_iter().flat_map(|class| self.typed(name, class)).collect()
    }

    fn of_type(&self, ty: &TypeRef) -> Vec<Object<'a>> {
        let named = |ty: &TypeRef| ty.path.last().map(|name| self.classes_of(name)).unwrap_or_default();
        let all: Vec<Scope> = std::iter::once(ty).chain(&ty.args).flat_map(named).collect();
        let told = ty.path.last().is_some_and(|name| !matches!(&**name, "any" | "var" | "interface{}"));
        match all.is_empty() {
            true if told => vec![Object::Other],
            _ => all.into_iter().map(Object::Class).collect(),
        }
    }

    /// What a call gives: one of the class that is called, or what the function states or gives.
    fn made_by(&self, callee: &'a Expr, call: &'a Expr, scope: Scope, depth: u32) -> Vec<Object<'a>> {
        let class = match &callee.kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => Some(&**name),
            ExprKind::Path(path) => path.iter().rev().nth(1).map(|name| &**name),
            _ => None,
        };
        let classes = class.map(|class| self.classes_of(class)).unwrap_or_default();
        if !classes.is_empty() {
            return classes.into_iter().map(Object::Class).collect();
        }
        if let Some(source) = super::imports::required(call) {
            let part = source.strip_suffix(".js").unwrap_or(source).rsplit('/').find(|part| *part != "index");
            let files = self.files_named(part.as_slice());
            return if files.is_empty() { vec![Object::Other] } else { files };
        }
        let mut found = Vec::new();
        for (function, own) in self.callees(callee, scope, depth) {
            let stated = function.returns.as_ref().map(|ty| self.of_type(ty)).unwrap_or_default();
            let stated: Vec<Object<'a>> =
                stated.into_iter().filter(|object| matches!(object, Object::Class(_))).collect();
            if stated.is_empty() {
                let given = self.given_by(own).into_iter();
                found.extend(given.flat_map(|(expr, scope)| self.objects(expr, scope, depth + 1)));
            } else {
                found.extend(stated);
            }
        }
        if found.is_empty() { vec![Object::Other] } else { found }
    }
}
