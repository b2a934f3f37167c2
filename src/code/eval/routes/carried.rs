//! Functions whose attributes say what they answer (`#[get("/x")]`, Litestar's `@get("/x")`) and that nothing mounts.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Closure, ModuleId, Value};
use super::attributes::written_call;
use crate::code::form::{Decorator, ExprKind};
use crate::code::models::ObjectModel;

impl Machine<'_> {
    /// Makes routers that nothing mounts of the functions that attributes make handlers and that no router was given, so that
    /// they are told.
    pub(in crate::code::eval) fn carry_the_rest(&mut self) {
        let mut models: Vec<&'static ObjectModel> = Vec::new();
        for model in self.models.objects.values().copied() {
            let plain = !model.attributes.is_empty() && !model.served && !model.given && !model.part;
            if plain && !models.iter().any(|known| known.framework == model.framework) {
                models.push(model);
            }
        }
        let mut named = BTreeMap::new();
        let decorated = |closure: &&Rc<Closure>| !closure.function.decorators.is_empty();
        for closure in self.closures.iter().filter(decorated).cloned().collect::<Vec<_>>() {
            if self.carried.contains(&std::sync::Arc::as_ptr(&closure.function).addr()) {
                continue;
            }
            let model = closure.function.decorators.iter().find_map(|decorator| {
                models.iter().copied().find(|model| self.is_an_attribute_of(model, decorator, &closure, &mut named))
            });
            let carried = model.and_then(|model| self.carrier(model, &closure));
            if let Some(Value::Object(object)) = carried
                && let Some(it) = object.model.borrow().as_ref()
            {
                self.forest.nodes[it.node].forgotten = true;
            }
        }
    }

    /// Whether a decorator is an attribute of a framework: by where its name leads, else by what the file names; `named` keeps
    /// which files name which.
    fn is_an_attribute_of(
        &mut self,
        model: &ObjectModel,
        decorator: &Decorator,
        closure: &Closure,
        named: &mut BTreeMap<(ModuleId, String), bool>,
    ) -> bool {
        let Some((path, _)) = written_call(decorator) else { return false };
        let ExprKind::Call(call) = &decorator.expr.kind else { return false };
        let last = path.rsplit('.').next().unwrap_or(&path);
        let Some(action) = model.attributes.get(&path).or_else(|| model.attributes.get(last)) else { return false };
        if action.route.is_none() || action.documents {
            return false;
        }
        let root = model.framework.as_deref().unwrap_or_default().replace('-', "_");
        let led = match self.eval(&call.callee, &closure.scope) {
            Value::Unknown(led) => led,
            _ => return false,
        };
        if let Some((head, _)) = led.split_once('.') {
            return head == root;
        }
        let module = closure.scope.module;
        let (tree, file) = (self.tree, &self.modules[module.0].path);
        let says = || tree.text(file).is_some_and(|text| text.contains(&root));
        *named.entry((module, root.clone())).or_insert_with(says)
    }
}
