//! What annotations say that a field or a parameter is set to: a placeholder, filled by the settings of its module.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{EnvValue, Spot, Value};
use crate::code::form::{Decorator, ExprKind};
use crate::code::holes::has_hole;

impl Machine<'_> {
    /// The text that settings, or the default beside the name, set something to by an annotation on it. It decides no branch.
    pub(in crate::code::eval) fn set_by_annotation(
        &mut self,
        decorators: &[Decorator],
        scope: &ScopeRef,
    ) -> Option<Value> {
        for decorator in decorators {
            let ExprKind::Call(call) = &decorator.expr.kind else { continue };
            let Value::Unknown(path) = self.annotation_type(&call.callee, scope) else { continue };
            let Some(model) = self.models.annotations.get(&*path).copied() else { continue };
            if let Some(named) = &model.qualifies {
                let arg = call.args.iter().find(|arg| arg.name.as_deref().unwrap_or("value") == named);
                let spot = Spot { module: scope.module, line: decorator.pos.line };
                let text = arg.map(|arg| self.eval(&arg.value, scope)).and_then(|value| value.as_whole_text());
                match text.and_then(|text| self.told_or_set(&text, spot)) {
                    Some(found) => return Some(found),
                    None => continue,
                }
            }
            let Some(reads) = &model.reads else { continue };
            let given = |name: &str| {
                let arg = call.args.iter().find(|arg| arg.name.as_deref().unwrap_or("value") == name);
                arg.map(|arg| &arg.value)
            };
            let text = given(reads).map(|value| self.eval(value, scope))?.as_whole_text()?;
            let text = match model.default.as_deref().and_then(given).map(|value| self.eval(value, scope)) {
                Some(default) if model.bare => format!("${{{text}:{}}}", default.as_whole_text()?),
                _ if model.bare => format!("${{{text}}}"),
                _ => text.to_string(),
            };
            let spot = Spot { module: scope.module, line: decorator.pos.line };
            let filled = self.filled(&text.into(), spot);
            if has_hole(&filled) {
                return None;
            }
            return Some(Value::Env(Rc::new(EnvValue { reads: Vec::new(), default: Some(Value::Str(filled)) })));
        }
        None
    }
}
