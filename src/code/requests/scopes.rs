//! What names and members are bound to where they stand: by scope, by class and its bases, by the call that is being followed, by
//! fixtures.

use super::values::{At, Frame, Source, Values};
use super::walk::{Chain, Link, Scope, chain};
use crate::code::form::{Class, Expr, ExprKind, Function, FunctionKind, Import, Imported, Language, Pattern};

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
fn is_fixture(function: &Function) -> bool {
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
            _ => None,
        };
        self.classes.insert(own, class.bases.iter().filter_map(|base| last(&base.value)).collect());
        if let Some(name) = &class.name {
            self.class_names.entry(name).or_default().push(own);
        }
    }

    /// An import is met.
    pub(super) fn import(&mut self, import: &'a Import) {
        for name in &import.names {
            if let Imported::Named(original) = &name.what
                && *original != name.alias
            {
                self.aliases.insert(&name.alias, original);
            }
        }
    }

    /// What functions give belongs to the functions, not to the blocks in them.
    pub(super) fn settle(&mut self) {
        let own: Vec<Scope> = self.functions.values().flatten().map(|(_, own)| *own).collect();
        for (scope, values) in std::mem::take(&mut self.given) {
            let mut at = scope;
            while !own.contains(&at) {
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
                return sources.clone();
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
        let found = self.nearest(name, scope).filter(|(function, _)| is_fixture(function));
        found.map(|(_, own)| Source::Given(own)).into_iter().collect()
    }

    /// The function of a name that is nearest to a scope: around it, in a file, or the only one of that name.
    fn nearest(&self, name: &str, scope: Scope) -> Option<(&'a Function, Scope)> {
        let all = self.functions.get(name)?;
        let mut at = scope;
        loop {
            // A function is not what its own body asks for by its name: that is a fixture it takes over.
            let own = |(_, own): &&(&Function, Scope)| self.around.get(*own) == Some(&at) && *own != scope;
            if let Some(found) = all.iter().find(own) {
                return Some(*found);
            }
            let outer = self.around.get(at).copied().unwrap_or_default();
            if outer == at {
                break;
            }
            at = outer;
        }
        let file = (0..self.files).find_map(|file| all.iter().find(|(_, own)| self.around.get(*own) == Some(&file)));
        file.or(match all.as_slice() {
            [one] => Some(one),
            _ => None,
        })
        .copied()
    }

    /// The class that a scope stands in.
    fn class_of(&self, scope: Scope) -> Option<Scope> {
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
    fn line(&self, class: Scope) -> Vec<Scope> {
        let mut line = vec![class];
        let mut next = 0;
        while let Some(at) = line.get(next).copied().filter(|_| next < MOST_DEPTH) {
            for base in self.classes.get(&at).into_iter().flatten() {
                let own = self.class_names.get(base).and_then(|all| all.first()).copied();
                line.extend(own.filter(|own| !line.contains(own)).into_iter().collect::<Vec<_>>());
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
        let own =
            self.functions.get(name).into_iter().flatten().filter(|(function, own)| {
                self.around.get(*own) == Some(&class) && function.kind == FunctionKind::Getter
            });
        own.map(|(_, own)| Source::Given(*own)).collect()
    }

    /// What a function of these files gives for a call: its parameters are what the call hands it.
    pub(super) fn entered(&self, chain: &Chain<'a>, scope: Scope, depth: u32) -> Option<Vec<String>> {
        let [link] = chain.links.as_slice() else { return None };
        let name = link.name?;
        let (function, own) = match &chain.root.kind {
            _ if is_this(chain.root) => {
                let line = self.line(self.class_of(scope)?);
                let all = self.functions.get(name)?;
                let own = |class: &Scope| all.iter().find(|(_, own)| self.around.get(*own) == Some(class));
                line.iter().find_map(own).copied()?
            }
            ExprKind::Name(_) => self.nearest(self.aliases.get(name).copied().unwrap_or(name), scope)?,
            _ => return None,
        };
        if self.frames.borrow().len() >= MOST_DEPTH {
            return None;
        }
        let frame = handed(function, link, scope, self.language);
        let given: Vec<At<'a>> = self.given.get(&own).cloned().unwrap_or_default();
        self.frames.borrow_mut().push((own, frame));
        let all = given.into_iter().flat_map(|at| self.text(at, depth)).collect();
        self.frames.borrow_mut().pop();
        Some(all)
    }
}
