//! Modules of containers: their methods tell what there is when they are installed, or give it themselves, as annotations say.

use std::rc::Rc;

use super::super::class::is_object;
use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Closure, Spot, Value};
use crate::code::form::{ClassKind, ExprKind, FunctionKind, Name, Stmt, StmtKind};
use crate::code::models::{Gives, InstallsWord};

/// Lists within lists of modules.
const MOST_WITHIN: usize = 4;
/// The annotation's last word that tells apart what is of one type.
const NAMED: &str = "Named";

impl Machine<'_> {
    /// Runs what tells a container what there is: the methods of modules that it is given.
    pub(in crate::code::eval) fn install(&mut self, word: &InstallsWord, of: &Value, spot: Spot) {
        self.install_in(word, of, spot, 0);
    }

    fn install_in(&mut self, word: &InstallsWord, of: &Value, spot: Spot, depth: usize) {
        match self.force(of.clone()) {
            Value::List(list) if depth < MOST_WITHIN => {
                let items = list.items.borrow().clone();
                items.iter().for_each(|item| self.install_in(word, item, spot, depth + 1));
            }
            Value::Alt(all) if depth < MOST_WITHIN => {
                all.iter().for_each(|one| self.install_in(word, one, spot, depth + 1));
            }
            module @ (Value::Object(_) | Value::Class(_)) => {
                let module = match module {
                    // Java gives a class where one that is a module has to be made.
                    Value::Class(class) if !is_object(&Value::Class(class.clone())) => {
                        self.one_instance(&class, Args::unknown(), spot)
                    }
                    other => other,
                };
                self.hear_given();
                let scope = self.modules[spot.module.0].scope.clone();
                for name in word.members.iter().map(|name| Name::from(name.as_str())) {
                    if self.has_member(&module, &name) {
                        self.call_member(&module, &name, Args::unknown(), &scope, spot);
                    }
                }
            }
            _ => {}
        }
    }

    /// Tells containers what methods give which annotations say that they call, of classes that were not asked yet.
    pub(in crate::code::eval) fn hear_given(&mut self) {
        let mut fresh: Vec<Rc<ClassValue>> = self.classes.iter().skip(self.asked_to_give).cloned().collect();
        fresh.dedup_by(|one, other| Rc::ptr_eq(one, other));
        self.asked_to_give = self.classes.len();
        for class in fresh.into_iter().filter(|class| !class.class.decorators.is_empty() || !class.bases.is_empty()) {
            if !self.has_packages(&class.scope) {
                continue;
            }
            for (_, member) in class.members.pairs() {
                if let Value::Function(method) = member
                    && !method.function.decorators.is_empty()
                {
                    self.hear_method(&class, &method);
                }
            }
        }
    }

    fn hear_method(&mut self, class: &Rc<ClassValue>, method: &Rc<Closure>) {
        let (mut gives, mut named, mut name) = (None, false, None);
        for decorator in &method.function.decorators {
            let (callee, given) = match &decorator.expr.kind {
                ExprKind::Call(call) => (&call.callee, call.args.first()),
                _ => (&decorator.expr, None),
            };
            let Value::Unknown(path) = self.annotation_type(callee, &method.scope) else { continue };
            if path.rsplit('.').next() == Some(NAMED) {
                named = true;
                name = given.map(|arg| self.eval(&arg.value, &method.scope)).and_then(|text| text.as_whole_text());
            }
            let said = self.models.annotations.get(&*path).and_then(|model| model.gives);
            gives = if said == Some(Gives::Element) { said } else { gives.or(said) };
        }
        let (Some(gives), Some(returns)) = (gives, &method.function.returns) else { return };
        if named && (name.is_none() || has_no_code(method)) {
            return;
        }
        let element = gives == Gives::Element;
        let key = match returns.args.is_empty() {
            true => self.type_value(returns, &method.scope),
            false => Value::Str(returns.text.clone()),
        };
        let key = self.force(key);
        let idle = has_no_code(method);
        match (method.function.params.first().and_then(|param| param.ty.as_ref()), idle) {
            // It has no code: what it is given is that.
            (Some(ty), true) => {
                let other = self.type_value(ty, &method.scope);
                self.tell_other(key, other, element);
            }
            (_, true) => {}
            (_, false) => {
                let alone = is_object(&Value::Class(class.clone())) || method.function.kind == FunctionKind::Static;
                let open = matches!(class.class.kind, ClassKind::Abstract | ClassKind::Interface);
                if open && !alone {
                    return;
                }
                let receiver = match alone {
                    true => Value::Class(class.clone()),
                    false => self.one_instance(class, Args::unknown(), class.spot),
                };
                let method = Self::bound(Value::Function(method.clone()), receiver);
                match name {
                    Some(name) => self.tell_named(key, name, method),
                    None => self.tell_given(key, method, element),
                }
            }
        }
    }
}

/// Whether a method is declared and nothing more.
fn has_no_code(method: &Closure) -> bool {
    let nothing =
        |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Return(Some(value)) if matches!(value.kind, ExprKind::Unknown(_)));
    match method.function.body.as_slice() {
        [] => true,
        [one] => nothing(one),
        _ => false,
    }
}
