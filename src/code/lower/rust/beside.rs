//! What attribute macros of libraries write beside the items that they stand on, lowered as if it stood there: the description that
//! dropshot makes of a trait, and the elements of linkme's slices.

use super::super::reader::children;
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Decorator, ExprKind, Stmt, StmtKind};
use std::fmt::Write;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Adds what the attributes of an item write beside it.
    pub(super) fn beside(&mut self, node: Node<'_>, attributes: &[Node<'_>], out: &mut Block) {
        let Some(name) = node.child_by_field_name("name").map(|name| self.text(name).to_owned()) else { return };
        match node.kind() {
            "trait_item" => {
                let Some(given) = self.attribute_named(attributes, "api_description") else { return };
                let module = given.args().find_map(|arg| match (&arg.name, &arg.value.kind) {
                    (Some(name), ExprKind::Str(text)) if &**name == "module" => Some(text.to_string()),
                    _ => None,
                });
                let module = module.unwrap_or_else(|| format!("{}_mod", snake(&name)));
                let body = node.child_by_field_name("body").map(children).unwrap_or_default();
                let mut registered = String::new();
                for member in body.iter().filter(|member| is_function(member)) {
                    if let Some(member) = member.child_by_field_name("name").map(|name| self.text(name)) {
                        let _ = write!(registered, "api.register(super::{name}::{member});");
                    }
                }
                let code = format!(
                    "pub mod {module} {{ pub fn api_description() -> dropshot::ApiDescription<()> {{ \
                     let mut api = dropshot::ApiDescription::described(); {registered} api }} }}"
                );
                self.written(node, &code, out);
            }
            "function_item" | "static_item" => {
                let Some(Given(decorator)) = self.attribute_named(attributes, "distributed_slice") else { return };
                let code = match &decorator.expr.kind {
                    ExprKind::Call(call) => {
                        let slice = match call.args.first().map(|arg| &arg.value.kind) {
                            Some(ExprKind::Name(slice)) => slice,
                            Some(ExprKind::Path(path)) if !path.is_empty() => &path[path.len() - 1],
                            _ => return,
                        };
                        format!("linkme::element!({slice}, {name});")
                    }
                    _ => format!("static {name}: () = linkme::slice(\"{name}\");"),
                };
                self.written(node, &code, out);
            }
            _ => {}
        }
    }

    /// Whether the functions of a trait that have no body are members all the same: their attributes register them.
    pub(super) fn describes(&mut self, attributes: &[Node<'_>]) -> bool {
        self.attribute_named(attributes, "api_description").is_some()
    }

    fn attribute_named(&mut self, attributes: &[Node<'_>], wanted: &str) -> Option<Given> {
        let named = attributes.iter().copied().find(|node| self.text(*node).contains(wanted))?;
        let decorator = self.attributes(&[named]).into_iter().next()?;
        let callee = match &decorator.expr.kind {
            ExprKind::Call(call) => &call.callee,
            _ => &decorator.expr,
        };
        let last = match &callee.kind {
            ExprKind::Name(name) => Some(&**name),
            ExprKind::Path(path) => path.last().map(|name| &**name),
            _ => None,
        };
        (last == Some(wanted)).then_some(Given(decorator))
    }

    fn written(&mut self, node: Node<'_>, code: &str, out: &mut Block) {
        let items: Option<Vec<Stmt>> = self.reparse(node, code, ("", ""), |lowering, root| Some(lowering.items(root)));
        // A slice is bound once: what it is written as stands in place of what was declared.
        let items = items.unwrap_or_default();
        if items.iter().any(|item| matches!(item.kind, StmtKind::Bind { .. })) {
            out.pop();
        }
        out.extend(items);
    }
}

/// An attribute that was looked for.
struct Given(Decorator);

impl Given {
    fn args(&self) -> impl Iterator<Item = &crate::code::form::Arg> {
        let args = match &self.0.expr.kind {
            ExprKind::Call(call) => call.args.as_slice(),
            _ => &[],
        };
        args.iter()
    }
}

fn is_function(node: &Node<'_>) -> bool {
    matches!(node.kind(), "function_item" | "function_signature_item")
}

/// `CounterApi` as `counter_api`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(character.to_lowercase());
    }
    out
}
