//! What is compiled: code for tests alone is marked, and so is what a feature or a platform decides.

use super::super::reader::children;
use super::macros::inside;
use super::{FrontEnd, Lowering};
use crate::code::form::{Block, Decorator, Expr, ExprKind, Stmt, StmtKind};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers what stands behind attributes, as far as these let it be compiled.
    pub(super) fn gated(
        &mut self,
        node: Node<'_>,
        attributes: &[Node<'_>],
        out: &mut Block,
        lower: impl FnOnce(&mut Self, &mut Block),
    ) {
        let around = match self.compiled(attributes) {
            Some(true) => return lower(self, out),
            Some(false) => StmtKind::Test,
            None => StmtKind::Perhaps,
        };
        let mut inner = Block::new();
        lower(self, &mut inner);
        let pos = self.pos(node);
        out.extend(inner.into_iter().map(|stmt| Stmt { kind: around(Box::new(stmt)), pos }));
    }

    /// The branches of a `cfg_if!`, each behind its condition; false where it cannot be read.
    pub(super) fn chosen(&mut self, tree: Node<'_>, out: &mut Block) -> bool {
        let mut before = Some(false);
        let mut condition = Some(true);
        let mut all = Block::new();
        for part in children(tree).into_iter().filter(|part| part.kind() == "token_tree") {
            let written = inside(self.text(part));
            if self.text(part).starts_with('[') {
                let attribute = self.reparse(part, written, ("#[", "]\nfn f(){}"), |lowering, root| {
                    let attribute = children(root).into_iter().find(|node| node.kind() == "attribute_item")?;
                    Some(lowering.compiled(&[attribute]))
                });
                let Some(holds) = attribute else { return false };
                condition = holds;
                continue;
            }
            let here = match (before, condition) {
                (Some(true), _) | (_, Some(false)) => Some(false),
                (Some(false), Some(true)) => Some(true),
                (None, _) | (_, None) => None,
            };
            before = match (before, condition) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                (None, _) | (_, None) => None,
            };
            // What comes behind without a condition stands where none before it holds.
            condition = Some(true);
            if written.trim().is_empty() || here == Some(false) {
                continue;
            }
            let Some(body) = self.reparse(part, written, ("", ""), |lowering, root| Some(lowering.items(root))) else {
                return false;
            };
            let pos = self.pos(part);
            match here {
                Some(_) => all.extend(body),
                None => all.extend(body.into_iter().map(|stmt| Stmt { kind: StmtKind::Perhaps(Box::new(stmt)), pos })),
            }
        }
        out.append(&mut all);
        true
    }

    /// Whether attributes let an item be compiled outside tests; none where a feature or a platform decides.
    fn compiled(&mut self, attributes: &[Node<'_>]) -> Option<bool> {
        let mut all = Some(true);
        for &node in attributes {
            let text = self.text(node);
            if !text.contains("cfg") && !text.contains("test") {
                continue;
            }
            for decorator in self.attributes(&[node]) {
                match gate(&decorator) {
                    Some(true) => {}
                    Some(false) => return Some(false),
                    None => all = None,
                }
            }
        }
        all
    }
}

/// What one attribute says: `#[test]` and its peers, `#[cfg(…)]`.
fn gate(decorator: &Decorator) -> Option<bool> {
    let (callee, args) = match &decorator.expr.kind {
        ExprKind::Call(call) => (&call.callee, call.args.as_slice()),
        _ => (&decorator.expr, [].as_slice()),
    };
    match (last(callee), args) {
        (Some("cfg"), [condition]) if condition.name.is_none() => holds(&condition.value),
        (Some("cfg"), _) => None,
        (Some("test" | "async_test" | "test_case" | "rstest" | "quickcheck" | "bench"), _) => Some(false),
        _ => Some(true),
    }
}

/// Whether a condition of `cfg` holds outside tests.
fn holds(condition: &Expr) -> Option<bool> {
    match &condition.kind {
        ExprKind::Name(name) if &**name == "test" => Some(false),
        ExprKind::Call(call) => {
            let parts: Vec<Option<bool>> =
                call.args.iter().map(|arg| if arg.name.is_none() { holds(&arg.value) } else { None }).collect();
            let (any, all) = (parts.contains(&Some(true)), parts.iter().all(|part| *part == Some(true)));
            let (no, none) = (parts.contains(&Some(false)), parts.iter().all(|part| *part == Some(false)));
            match (last(&call.callee), parts.as_slice()) {
                (Some("not"), [Some(inner)]) => Some(!inner),
                (Some("all"), _) if no || all => Some(all),
                (Some("any"), _) if any || none => Some(any),
                _ => None,
            }
        }
        _ => None,
    }
}

fn last(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Path(path) => path.last().map(|name| &**name),
        _ => None,
    }
}
