//! Calls as Rust means them: methods that hand their receiver on, methods that traits bring, collections, and code that is
//! not seen but owns what it gets.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::attributes::method_of;
use super::super::routes::forest::Entry;
use super::super::scope::{Scope, ScopeKind, ScopeRef};
use super::super::value::{Args, ClassValue, ListKind, Native, Object, Spot, Value};
use crate::code::form::{Extension, Language, Name, StmtKind, TypeRef, Yields};
use crate::code::given;
use crate::code::holes::{has_hole, hole};

impl Machine<'_> {
    /// Methods that are the language's own; none where the value's own meaning decides.
    pub(crate) fn rust_call_member(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        match object {
            Value::List(_) if &**name != "or" => self.rust_list_method(object, name, args, scope, spot),
            Value::Object(it) => {
                let own = it.class.clone().is_some_and(|class| self.class_member(&class, name).is_some());
                let plain = it.members.named(name).is_some();
                // What is called is never a field.
                if plain
                    && let Some(class) = it.class.clone()
                    && let Some((Value::Function(method), _)) = self.class_member(&class, name)
                    && method.function.receiver.is_some()
                {
                    return Some(self.enter(&method, Some(object.clone()), args.clone(), spot));
                }
                let modelled = it.model.borrow().as_ref().is_some_and(|model| model.ty.members.contains_key(&**name));
                if own || plain || modelled {
                    return None;
                }
                if let Some(value) = self.foreign_method(it, object, name, args, spot) {
                    return Some(value);
                }
                if &**name == "to_string"
                    && let Some(text) = self.displayed(object, spot)
                {
                    return Some(text);
                }
                if matches!(&**name, "into" | "try_into")
                    && let Some(value) = self.converted(object, spot)
                {
                    return Some(value);
                }
                match self.rust_adapter(object, name, args, spot) {
                    None => self.dereferenced(it, name, args, scope, spot),
                    value => value,
                }
            }
            Value::Class(class) if matches!(&**name, "iter" | "variants") => {
                self.all_variants(class, name).or_else(|| passes(name).then(|| object.clone()))
            }
            Value::Class(_) if &**name == "into" => match self.converted(object, spot) {
                None => Some(object.clone()),
                value => value,
            },
            Value::Map(_) | Value::Function(_) | Value::Bound(_) | Value::Class(_) if passes(name) => {
                Some(object.clone())
            }
            Value::Int(_) | Value::Float(_) | Value::Bool(_) if passes(name) => Some(object.clone()),
            Value::Str(text) if matches!(&**name, "starts_with" | "strip_prefix") && self.narrow_every(text, args) => {
                Some(Value::unknown())
            }
            Value::Str(text) if matches!(&**name, "strip_prefix" | "strip_suffix") => {
                let whole = |text: &Name| !has_hole(text);
                let given = args.at(0).as_whole_text().filter(|given| whole(given) && whole(text))?;
                let rest =
                    if &**name == "strip_prefix" { text.strip_prefix(&*given) } else { text.strip_suffix(&*given) };
                Some(rest.map_or(Value::Null, Value::text))
            }
            Value::Str(_) => match &**name {
                "clone" | "into" | "as_str" | "to_string" | "to_owned" | "as_ref" | "into_boxed_str" | "borrow"
                | "deref" | "into_owned" | "unwrap" | "expect" | "unwrap_or" | "unwrap_or_default"
                | "unwrap_or_else" | "ok" | "parse" | "into_string" | "cloned" | "as_deref" => Some(object.clone()),
                "map" | "and_then" if args.at(0).is_callable() => {
                    Some(self.call(&args.at(0), Args::of(vec![object.clone()]), spot))
                }
                _ => None,
            },
            // What stands in for what is not known decides no branch.
            Value::Unknown(_)
                if &**name == "unwrap_or" && matches!(args.at(0), Value::Bool(_) | Value::Int(_) | Value::Float(_)) =>
            {
                Some(Value::unknown())
            }
            Value::Unknown(_) | Value::Null | Value::Undefined if &**name == "unwrap_or" => {
                Some(object.clone().join(args.at(0)))
            }
            // A file of settings in a folder that is not known.
            Value::Unknown(_) if &**name == "join" && args.list.len() == 1 => {
                let file = args.at(0).as_text().filter(|file| given::is_settings(file))?;
                Some(Value::text(format!("{}/{file}", hole("folder"))))
            }
            Value::Unknown(_) | Value::List(_) if &**name == "or" && method_of(&args.at(0)).is_some() => {
                let (mut methods, _) = self.methods_in(object, spot);
                methods.extend(method_of(&args.at(0)));
                Some(Value::list(methods.iter().map(|method| Value::text(method.as_str())).collect()))
            }
            // What a cell is filled with when it is first asked.
            Value::Unknown(_)
                if matches!(&**name, "get_or_init" | "get_or_try_init" | "get_or_insert_with" | "or_insert_with")
                    && args.at(0).is_callable() =>
            {
                Some(self.call(&args.at(0), Args::default(), spot))
            }
            // What is written into what shows a value.
            Value::Unknown(_) if &**name == "write_str" && args.list.len() == 1 => Some(args.at(0)),
            Value::Unknown(_) if self.registers_on_unknown(name, args) => {
                self.note(spot, "registered on something that is not known");
                self.let_go(args);
                Some(object.clone())
            }
            Value::Unknown(path) if path.is_empty() || path.ends_with("()") => {
                let wrapped = self.held_routers(args)?;
                self.let_go(args);
                Some(wrapped)
            }
            _ => None,
        }
    }

    /// Whether what is not known is given a path and, beside it, what methods answer there, or a function that does so by one that
    /// the call is named like.
    fn registers_on_unknown(&self, name: &str, args: &Args) -> bool {
        let verb = matches!(name, "get" | "post" | "put" | "patch" | "delete");
        let [path, more @ ..] = args.list.as_slice() else { return false };
        let answers = |value: &Value| {
            let Value::Object(it) = value else { return false };
            let node = it.model.borrow().as_ref().filter(|it| it.ty.part && !it.ty.is_filter()).map(|it| it.node);
            node.is_some_and(|node| self.forest.nodes[node].entries.iter().any(|it| matches!(it, Entry::Route { .. })))
        };
        let handles = |value: &Value| verb && matches!(value, Value::Function(_) | Value::Bound(_));
        path.as_text().is_some_and(|path| path.starts_with('/')) && more.iter().any(|one| answers(one) || handles(one))
    }

    /// Methods of `Option`, `Result`, `Arc` and their peers on what is known: the value is looked through them.
    fn rust_adapter(&mut self, object: &Value, name: &str, args: &Args, spot: Spot) -> Option<Value> {
        match name {
            "map" | "and_then" | "map_or" | "pipe" | "then" if args.list.iter().any(Value::is_callable) => {
                let callee = args.list.iter().rev().find(|value| value.is_callable())?.clone();
                Some(self.call(&callee, Args::of(vec![object.clone()]), spot))
            }
            _ => passes(name).then(|| object.clone()),
        }
    }

    fn rust_list_method(
        &mut self,
        object: &Value,
        name: &Name,
        args: &Args,
        scope: &ScopeRef,
        spot: Spot,
    ) -> Option<Value> {
        let Value::List(list) = object else { return None };
        match &**name {
            "fold" | "try_fold" => {
                let items = list.items.borrow().clone();
                let mut all = args.at(0);
                for item in items.into_iter().take(self.limits.elements) {
                    all = self.call(&args.at(1), Args::of(vec![all, item]), spot);
                }
                Some(all)
            }
            "append" => {
                self.extend_list(object, &args.at(0));
                Some(Value::Null)
            }
            "concat" => {
                let items = list.items.borrow().clone();
                if items.iter().any(|item| matches!(item, Value::List(_))) {
                    return Some(self.flattened(object, scope));
                }
                if list.partial.get() { None } else { Some(self.join_items("", &items)) }
            }
            "flatten" => Some(self.flattened(object, scope)),
            "flat_map" => {
                let mapped = self.list_method(list, &"map".into(), args.clone(), scope, spot);
                Some(self.flattened(&mapped, scope))
            }
            "filter_map" => Some(self.list_method(list, &"map".into(), args.clone(), scope, spot)),
            "rev" => Some(self.list_method(list, &"reverse".into(), args.clone(), scope, spot)),
            "first" | "next" => Some(list.items.borrow().first().cloned().unwrap_or_else(Value::unknown)),
            "last" => Some(list.items.borrow().last().cloned().unwrap_or_else(Value::unknown)),
            "zip" => {
                let (left, open) = self.walk(object, Yields::Elements, scope);
                let (right, more) = self.walk(&args.at(0), Yields::Elements, scope);
                let pairs = left.into_iter().zip(right).map(|(a, b)| Self::tuple(vec![a, b])).collect();
                Some(Value::list_of(ListKind::List, pairs, open || more))
            }
            // Lists of routes take layers as routers do.
            "layer" | "route_layer" | "with_state" => {
                self.let_go(args);
                Some(object.clone())
            }
            name if passes(name) => Some(object.clone()),
            _ => self.tuple_method(object, name, args, spot),
        }
    }

    /// A method that the project adds to a tuple, which a library has a name for.
    fn tuple_method(&mut self, object: &Value, name: &Name, args: &Args, spot: Spot) -> Option<Value> {
        let Value::List(list) = object else { return None };
        let [(_, method)] = self.rust.foreign.get(name)?.as_slice() else { return None };
        let method = method.clone();
        (list.kind == ListKind::Tuple).then(|| self.enter(&method, Some(object.clone()), args.clone(), spot))
    }

    fn flattened(&mut self, list: &Value, scope: &ScopeRef) -> Value {
        let (items, mut partial) = self.walk(list, Yields::Elements, scope);
        let mut out = Vec::new();
        for item in items {
            match &item {
                Value::List(_) => {
                    let (more, open) = self.walk(&item, Yields::Elements, scope);
                    out.extend(more);
                    partial |= open;
                }
                Value::Unknown(_) => partial = true,
                _ => out.push(item),
            }
        }
        Value::list_of(ListKind::List, out, partial)
    }

    /// The routers among arguments: unseen code owns what it gets, so that its result holds them.
    pub(crate) fn held_routers(&self, args: &Args) -> Option<Value> {
        let model = |value: &&Value| matches!(value, Value::Object(object) if object.model.borrow().is_some());
        let held: Vec<Value> = args.list.iter().filter(model).cloned().collect();
        (!held.is_empty()).then(|| Value::any_of(held))
    }

    /// Functions of the standard library, by their last two names.
    pub(crate) fn rust_builtin(&mut self, path: &str, args: &Args) -> Option<Value> {
        let mut parts = path.rsplit('.');
        let (last, owner) = (parts.next()?, parts.next().unwrap_or(""));
        let first = args.at(0);
        match (owner, last) {
            (_, "Some" | "Ok") if owner.is_empty() || matches!(owner, "Option" | "Result") => Some(first),
            (
                "Box" | "Arc" | "Rc" | "Cow" | "Mutex" | "RwLock" | "Cell" | "RefCell" | "Pin" | "OnceCell"
                | "OnceLock",
                "new" | "pin" | "from" | "Borrowed" | "Owned" | "leak",
            )
            | ("String", "from" | "from_str")
            | ("Some" | "Ok", "into")
            | ("Router" | "Vec" | "convert" | "From", "from" | "identity")
                if args.list.len() == 1 =>
            {
                Some(first)
            }
            // What stays behind is empty, but it is what was there to whoever has it already.
            ("mem", "take" | "replace") => Some(first),
            ("LazyLock" | "Lazy", "new") => {
                let spot = self.frames.last().map(|frame| frame.spot);
                let scope = match &first {
                    Value::Function(closure) => closure.scope.clone(),
                    _ => return None,
                };
                let spot = spot.unwrap_or_else(|| Spot::default_in(&scope));
                Some(self.call(&first, Args::default(), spot))
            }
            ("inventory", "iter") => {
                let wanted = args.named.iter().find(|(name, _)| &**name == "<>").map(|(_, ty)| ty.clone());
                Some(self.submitted(&wanted.unwrap_or_else(Value::unknown)))
            }
            ("linkme", "slice") => Some(self.elements(&first.as_whole_text()?)),
            ("Vec" | "VecDeque", "new" | "with_capacity" | "default") => Some(Value::list(Vec::new())),
            ("HashMap" | "BTreeMap" | "IndexMap", "new" | "with_capacity" | "default") => Some(Value::map(Vec::new())),
            ("HashSet" | "BTreeSet", "new" | "default") => Some(Value::list(Vec::new())),
            ("String", "new") => Some(Value::text("")),
            _ => None,
        }
    }

    /// Methods that the project adds to a library's type.
    pub(crate) fn extend_foreign(&mut self, path: &Name, extension: &Extension, scope: &ScopeRef) {
        if self.language(scope) != Language::Rust {
            return;
        }
        // Any type may be a parameter; one that macros make is of a name alone, too, but it is only itself.
        let any = extension.target.path.len() == 1 && extension.parameters.contains(path);
        let key: Name = if any { "".into() } else { path.clone() };
        let body = self.self_scope(scope, Value::Unknown(path.clone()));
        let mut functions: Vec<_> = functions_of(&extension.body).collect();
        if let Some(implemented) = &extension.implements
            && let Value::Class(class) = self.type_value(implemented, scope)
        {
            let written = class.class.clone();
            let inherited: Vec<_> = functions_of(&written.body)
                .filter(|function| !functions.iter().any(|own| own.name == function.name))
                .collect();
            functions.extend(inherited);
        }
        for function in functions {
            let (Some(name), Value::Function(closure)) = (function.name.clone(), self.closure(&function, &body, None))
            else {
                continue;
            };
            self.rust.foreign.entry(name).or_default().push((key.clone(), closure));
        }
    }

    fn foreign_method(
        &mut self,
        it: &Rc<Object>,
        object: &Value,
        name: &Name,
        args: &Args,
        spot: Spot,
    ) -> Option<Value> {
        let known = self.rust.foreign.get(name)?.clone();
        let model = it.model.borrow().as_ref().map(|model| model.ty);
        let (_, method) = known.iter().find(|(path, _)| {
            path.is_empty() || model.is_some_and(|model| model.types.iter().any(|ty| **ty == **path))
        })?;
        Some(self.enter(method, Some(object.clone()), args.clone(), spot))
    }

    /// A function that the project adds to every type there is, as one of a type of its own.
    pub(super) fn blanket_function(&mut self, class: &Rc<ClassValue>, name: &Name) -> Option<Value> {
        let (_, function) = self.rust.foreign.get(name)?.iter().find(|(path, _)| path.is_empty())?.clone();
        if self.class_member(class, name).is_some() {
            return None;
        }
        let args = Args { named: vec![("<>".into(), Value::Class(class.clone()))], ..Args::default() };
        Some(Value::Native(Rc::new(Native::Partial { callee: Value::Function(function), args })))
    }

    /// Functions that a trait brings to a type that implements it and does not define them.
    pub(crate) fn inherit_trait(&mut self, implemented: &TypeRef, class: &Rc<ClassValue>, scope: &ScopeRef) {
        if self.language(scope) != Language::Rust {
            return;
        }
        let Value::Class(base) = self.type_value(implemented, scope) else { return };
        let outer = base.scope.parent.clone().unwrap_or_else(|| base.scope.clone());
        let body = Scope::inside(&outer, ScopeKind::Class);
        body.set(&"Self".into(), Value::Class(class.clone()));
        let written = base.class.clone();
        for function in functions_of(&written.body) {
            let Some(name) = function.name.clone() else { continue };
            // What the types have of it is called there.
            if let Some(Value::Function(own)) = base.members.named(&name) {
                own.entered.set(true);
            }
            if class.members.named(&name).is_none() && !function.body.is_empty() {
                let made = self.closure(&function, &body, Some(class.clone()));
                class.members.put(&name, made);
            }
        }
    }
}

fn functions_of(body: &[crate::code::form::Stmt]) -> impl Iterator<Item = std::sync::Arc<crate::code::form::Function>> {
    body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Function(function) => Some(function.clone()),
        _ => None,
    })
}

/// Methods that give what they are called on, as far as values go.
fn passes(name: &str) -> bool {
    matches!(
        name,
        "clone"
            | "unwrap"
            | "expect"
            | "into"
            | "as_ref"
            | "as_mut"
            | "as_deref"
            | "as_deref_mut"
            | "borrow"
            | "borrow_mut"
            | "to_owned"
            | "unwrap_or"
            | "unwrap_or_else"
            | "unwrap_or_default"
            | "ok"
            | "ok_or"
            | "ok_or_else"
            | "map_err"
            | "context"
            | "with_context"
            | "try_into"
            | "lock"
            | "read"
            | "write"
            | "iter"
            | "iter_mut"
            | "into_iter"
            | "collect"
            | "cloned"
            | "copied"
            | "by_ref"
            | "deref"
            | "take"
            | "into_inner"
            | "boxed"
            | "wait"
            | "from_ref"
            | "as_slice"
            | "to_vec"
            | "into_boxed_slice"
            | "wrap_err"
            | "wrap_err_with"
            | "to_string"
    )
}
