//! Long chains: calls one behind the other, and signs between many operands. They are nested on the left as deeply as they
//! are long, which no bound on depth allows for.

use tree_sitter::Node;

/// How many links one piece has.
const LINKS: usize = 24;

/// Of a chain longer than one piece the pieces below the outermost, the innermost first. What is `held` is none any more.
pub(super) fn pieces<'t>(node: Node<'t>, held: impl Fn(Node<'_>) -> bool) -> Vec<Node<'t>> {
    let mut out = Vec::new();
    let mut links = 0;
    let mut around = node;
    // What a link stands on is what it begins with.
    while let Some(inner) = around.child(0).filter(Node::is_named) {
        if held(inner) {
            break;
        }
        let is_link = is_call(inner) && is_access(around) || is_sign(inner) && inner.kind() == around.kind();
        links += usize::from(is_link);
        if is_link && links >= LINKS {
            out.push(inner);
            links = 0;
        }
        around = inner;
    }
    out.reverse();
    out
}

fn is_call(node: Node<'_>) -> bool {
    matches!(node.kind(), "call_expression" | "call" | "method_invocation")
}

/// Whether what a node begins with is asked for a member. Java's calls on something do that themselves.
fn is_access(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "field_expression"
            | "member_expression"
            | "attribute"
            | "selector_expression"
            | "navigation_expression"
            | "method_invocation"
    )
}

fn is_sign(node: Node<'_>) -> bool {
    matches!(node.kind(), "binary_expression" | "binary_operator" | "infix_expression")
}
