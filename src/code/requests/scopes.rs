//! What names and members are bound to where they stand: by scope, by class and its bases, by the call that is being followed, by
//! fixtures.

use super::values::{At, Frame, Helper, Source, Values};
use super::walk::{Chain, Link, Scope, chain};
use crate::code::form::{
    Class, Expr, ExprKind, Extension, Function, FunctionKind, Import, Imported, Language, Pattern,
};

/// Classes that are followed from one to its bases, and calls from one to the next.
const MOST_DEPTH: usize = 6;

/// Whether an expression is the object whose method it stands in.
pub(super) fn is_this(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::This)
        || matches!(&expr.kind, ExprKind::Name(name) if matches!(&**name, "self" | "cls" | "this"))
}

/// What a call binds a function's parameters to.
pub(super) fn handed<'a>(function: &'a Function, link: &Link<'a>, scope: Scope, language: Language) -> Frame<'a> {
    let bound = language == Language::Python
        && matches!(function.kind, FunctionKind::Method | FunctionKind::ClassMethod | FunctionKind::Getter);
    let params = function.params.iter().skip(usize::from(bound));
    let named = |param: &Pattern| match param {
        Pattern::Name(name, _) => link.args().iter().find(|arg| arg.name.as_deref() == Some(&**name)),
        Pattern::Place(_) | Pattern::List(_) | Pattern::Map(_) | Pattern::Ignore => None,
    };
    let mut positional = link.args().iter().filter(|arg| arg.name.is_none());
    let mut frame = Vec::new();
    for param in params {
        let arg = if language == Language::Python { named(&param.target) } else { None };
        if let Some(arg) = arg.or_else(|| positional.next()) {
            frame.push((&param.target, Source::Value((&arg.value, scope))));
        }
    }
    frame
}

/// Whether a decorator makes a function's result what parameters of its name are.
pub(super) fn is_fixture(function: &Function) -> bool {
    function.decorators.iter().any(|it| {
        let chain = chain(&it.expr);
        let root = match &chain.root.kind {
            ExprKind::Name(name) => Some(&**name),
            _ => None,
        };
        chain.links.last().and_then(|link| link.name).or(root) == Some("fixture")
    })
}

impl<'a> Values<'a> {
    /// A class is met.
    pub(super) fn class(&mut self, class: &'a Class, own: Scope) {
        let last = |expr: &'a Expr| match &expr.kind {
            ExprKind::Name(name) | ExprKind::Member(_, name) => Some(&**name),
            ExprKind::Type(ty) => ty.path.last().map(|name| &**name),
            ExprKind::Call(call) => match &call.callee.kind {
                ExprKind::Name(name) => Some(&**name),
                _ => None,
            },
            _ => None,
        };
        self.classes.insert(own, class.bases.iter().filter_map(|base| last(&base.value)).collect());
        if let Some(name) = &class.name {
            self.class_names.entry(name).or_default().push(own);
            self.titles.insert(own, name);
        }
        for field in &class.fields {
            if let Some(ty) = &field.ty {
                self.types.entry(&field.name).or_default().insert(own, ty);
            }
            if let Some(value) = &field.value {
                let bound = self.names.entry(&field.name).or_default().entry(own).or_default();
                bound.push(Source::Value((value, own)));
            }
        }
    }

    /// Members of a class that stand elsewhere are met.
    pub(super) fn extension(&mut self, extension: &'a Extension, own: Scope) {
        let Some(name) = extension.target.path.last() else { return };
        self.classes.insert(own, vec![name]);
        self.extensions.entry(name).or_default().push(own);
        self.titles.insert(own, name);
    }

    /// An import is met.
    pub(super) fn import(&mut self, import: &'a Import) {
        let part = |text: &'a str| text.rsplit(['/', '.', ':']).find(|part| !part.is_empty() && *part != "index");
        let source = import.source.strip_suffix(".js").unwrap_or(&import.source);
        for name in &import.names {
            let original = if let Imported::Named(original) = &name.what { Some(&**original) } else { None };
            self.modules.entry(&name.alias).or_default().extend(part(source).into_iter().chain(original));
            if let Imported::Named(original) = &name.what
                && *original != name.alias
            {
                self.aliases.insert(&name.alias, original);
            }
        }
    }

    /// What functions give belongs to the functions, not to the blocks in them.
    pub(super) fn settle(&mut self) {
        for (scope, values) in std::mem::take(&mut self.given) {
            let mut at = scope;
            while !self.bodies.contains_key(&at) {
                let outer = self.around.get(at).copied().unwrap_or(at);
                if outer == at {
                    break;
                }
                at = outer;
            }
            self.given.entry(at).or_default().extend(values);
        }
    }

    /// What a name is bound to: by the call that is being followed, by the innermost scope that binds it, by a file that is
    /// imported, by a fixture of that name.
    pub(super) fn bound(&self, name: &str, scope: Scope) -> Vec<Source<'a>> {
        let scopes = self.names.get(name);
        let mut at = scope;
        loop {
            if let Some(source) = self.framed(name, at) {
                return vec![source];
            }
            if let Some(sources) = scopes.and_then(|scopes| scopes.get(&at)) {
                return self.of_call(sources, at);
            }
            let outer = self.around.get(at).copied().unwrap_or_default();
            if outer == at {
                break;
            }
            at = outer;
        }
        if let Some(imported) = scopes.and_then(|scopes| (0..self.files).find_map(|file| scopes.get(&file))) {
            return imported.clone();
        }
        self.made(name, scope)
    }

    /// What a parameter is in the call that is being followed.
    fn framed(&self, name: &str, scope: Scope) -> Option<Source<'a>> {
        let frames = self.frames.borrow();
        let (_, frame) = frames.iter().rev().find(|(own, _)| *own == scope)?;
        let found = frame.iter().find(|(target, _)| matches!(target, Pattern::Name(own, _) if **own == *name));
        found.map(|(_, source)| source.clone())
    }

    /// What a fixture of a name gives.
    fn made(&self, name: &str, scope: Scope) -> Vec<Source<'a>> {
        let found = self.nearest(name, scope).filter(|helper| is_fixture(helper.function));
        found.map(|helper| Source::Given(helper.own)).into_iter().collect()
    }

    /// The function that a name alone calls: the nearest around a scope, else one of a file, else the only one of that name. Methods
    /// are called by their names alone in Java.
    pub(super) fn nearest(&self, name: &str, scope: Scope) -> Option<Helper<'a>> {
        let inherits = self.language == Language::Java;
        let is_method = |own: Scope| self.around.get(own).is_some_and(|around| self.classes.contains_key(around));
        let callable = |helper: &&Helper<'a>| helper.free && (inherits || !is_method(helper.own));
        let all: Vec<Helper<'a>> = self.functions.get(name)?.iter().filter(callable).copied().collect();
        let mut at = scope;
        loop {
            // A function is not what its own body asks for by its name where that is a fixture it takes over.
            let own = |helper: &&Helper<'a>| {
                self.around.get(helper.own) == Some(&at) && (helper.own != scope || !is_fixture(helper.function))
            };
            if let Some(found) = all.iter().find(own) {
                return Some(*found);
            }
            if self.classes.contains_key(&at) && inherits {
                let of = |class: &Scope| all.iter().find(|helper| self.around.get(helper.own) == Some(class));
                if let Some(found) = self.line(at).iter().find_map(of) {
                    return Some(*found);
                }
            }
            let outer = self.around.get(at).copied().unwrap_or_default();
            if outer == at {
                break;
            }
            at = outer;
        }
        let of = |file: usize| all.iter().find(|helper| self.around.get(helper.own) == Some(&file));
        let file = (0..self.files).find_map(of);
        file.or(match all.as_slice() {
            [one] => Some(one),
            _ => None,
        })
        .copied()
    }

    /// The class that a scope stands in.
    pub(super) fn class_of(&self, scope: Scope) -> Option<Scope> {
        let mut at = scope;
        while !self.classes.contains_key(&at) {
            let outer = self.around.get(at).copied()?;
            if outer == at {
                return None;
            }
            at = outer;
        }
        Some(at)
    }

    /// A class and what it extends, nearest first.
    pub(super) fn line(&self, class: Scope) -> Vec<Scope> {
        let mut line = vec![class];
        let mut next = 0;
        while let Some(at) = line.get(next).copied().filter(|_| next < MOST_DEPTH) {
            for base in self.classes.get(&at).into_iter().flatten() {
                let own = self.class_names.get(base).and_then(|all| all.first()).copied();
                line.extend(own.filter(|own| !line.contains(own)).into_iter().collect::<Vec<_>>());
            }
            for own in self.titles.get(&at).and_then(|title| self.extensions.get(title)).into_iter().flatten() {
                if !line.contains(own) {
                    line.push(*own);
                }
            }
            next += 1;
        }
        line
    }

    /// What a member of the object that a scope belongs to is: assigned in its class, bound there, or the same of what the class
    /// extends. Outside of a class, whatever is assigned to that member.
    pub(super) fn own_member(&self, name: &str, scope: Scope) -> Vec<Source<'a>> {
        let assigned = self.members.get(name).map(Vec::as_slice).unwrap_or_default();
        let Some(class) = self.class_of(scope) else {
            let all: Vec<Source<'a>> = assigned.iter().map(|(_, source)| source.clone()).collect();
            return if all.is_empty() { self.bound(name, scope) } else { all };
        };
        for class in self.line(class) {
            let own = assigned.iter().filter(|(at, _)| self.class_of(*at) == Some(class));
            let mut own: Vec<Source<'a>> = own.map(|(_, source)| source.clone()).collect();
            let bound = self.names.get(name).and_then(|scopes| scopes.get(&class));
            if own.is_empty() {
                own = bound.cloned().unwrap_or_default();
            }
            if own.is_empty() {
                own = self.property(name, class);
            }
            if !own.is_empty() {
                return own;
            }
        }
        let mut classes: Vec<Option<Scope>> = assigned.iter().map(|(at, _)| self.class_of(*at)).collect();
        classes.dedup();
        // A base that is not seen may be what assigns it; one class alone may as well be that.
        if classes.len() == 1 { assigned.iter().map(|(_, source)| source.clone()).collect() } else { Vec::new() }
    }

    /// What a property of a class gives.
    fn property(&self, name: &str, class: Scope) -> Vec<Source<'a>> {
        let own = self.functions.get(name).into_iter().flatten().filter(|helper| {
            self.around.get(helper.own) == Some(&class) && helper.function.kind == FunctionKind::Getter
        });
        own.map(|helper| Source::Given(helper.own)).collect()
    }

    /// What a function of these files gives for a call: its parameters are what the call hands it.
    pub(super) fn entered(&self, chain: &Chain<'a>, scope: Scope, depth: u32) -> Option<Vec<String>> {
        let link = chain.links.last().filter(|link| link.call.is_some())?;
        if self.frames.borrow().len() >= MOST_DEPTH {
            return None;
        }
        let (function, own) = self.callees(link.whole, scope, depth).into_iter().next()?;
        let frame = handed(function, link, scope, self.language);
        let given: Vec<At<'a>> = self.given_by(own);
        self.frames.borrow_mut().push((own, frame));
        let all = given.into_iter().flat_map(|at| self.text(at, depth)).collect();
        self.frames.borrow_mut().pop();
        Some(all)
    }
}
