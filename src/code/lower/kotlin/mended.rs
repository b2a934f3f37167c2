//! What the grammar takes for something else, told apart by signs of the same length: every node stands at the byte where it
//! stands in the file, and texts and lines are read off the file itself.
//!
//! - Behind a property the grammar takes a call of `get` or `set` at the start of a line, or between two values, for the
//!   property's own accessor.
//! - A member on the same line as the brace that closes its class wants a sign at its end.
//! - An annotation with arguments before a class that nothing follows wants a line's end at the end of the file.
//! - Annotations before a declaration may become those of an expression, which goes on with the declaration's keyword as a name.
//! - What a class delegates to takes the braces behind it, which are the class's, for its own.
//! - Signs, names and words of a context are rewritten that the grammar does not know ([`super::signs`]).

use super::super::reader::{children, parse};
use super::lifted::{Context, Lifted, contexts, lifted};
use super::scan::tokens;
use super::signs::signed;
use std::borrow::Cow;
use tree_sitter::{Node, Tree};

/// Words that are no names.
pub(super) const KEYWORDS: &[&str] = &[
    "class",
    "interface",
    "object",
    "fun",
    "val",
    "var",
    "typealias",
    "if",
    "else",
    "when",
    "for",
    "while",
    "do",
    "try",
    "return",
    "throw",
    "in",
    "is",
    "package",
];

/// A source with its tree.
pub(super) struct Parsed<'s> {
    /// The tree; none where the grammar gave up.
    pub(super) tree: Option<Tree>,
    /// The source, with a line's end at its end.
    pub(super) text: Cow<'s, str>,
    /// The annotations that the tree does not have.
    pub(super) lifted: Vec<Lifted>,
    /// The contexts of functions that it does not have.
    pub(super) contexts: Vec<Context>,
}

/// Parses: the source as it is, or a mended one where that is taken better.
pub(super) fn parsed(source: &str) -> Parsed<'_> {
    let grammar = tree_sitter_kotlin_ng::LANGUAGE.into();
    let text = if source.ends_with('\n') { Cow::Borrowed(source) } else { Cow::Owned(format!("{source}\n")) };
    let wrong = |tree: &Tree| misread(tree.root_node(), &text).iter().map(weight).sum::<usize>();
    let tree = parse(&grammar, &text);
    let mut least = tree.as_ref().map_or(0, wrong);
    let mut best = Parsed { tree, text: text.clone(), lifted: Vec::new(), contexts: Vec::new() };
    if least == 0 {
        return best;
    }
    let (all, plain) = tokens(text.as_bytes());
    let contexts = contexts(text.as_bytes(), &all);
    let signed = signed(text.as_bytes(), &all, &plain, &contexts);
    let groups = lifted(text.as_bytes(), &all);
    let bare = (!groups.is_empty()).then(|| without(signed.as_deref().unwrap_or(text.as_bytes()), &groups));
    for (mended, groups) in [(signed, Vec::new()), (bare, groups)] {
        let mended = mended.filter(|_| least > 0).and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(tree) = mended.and_then(|mended| parse(&grammar, &mended)) else { continue };
        let wrong = wrong(&tree);
        if wrong < least {
            least = wrong;
            best = Parsed { tree: Some(tree), text: text.clone(), lifted: groups, contexts: contexts.clone() };
        }
    }
    best
}

/// How much is lost by a node that is misread.
fn weight(node: &Node<'_>) -> usize {
    if node.is_missing() { 1 } else { node.byte_range().len().max(1) }
}

/// What the grammar made nothing of, or took for what it cannot be: a keyword for a name, an expression where there are
/// declarations alone.
pub(super) fn misread<'t>(root: Node<'t>, source: &str) -> Vec<Node<'t>> {
    let mut out = Vec::new();
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() {
            out.push(node);
        } else if node.is_missing()
            || is_keyword(node, source)
            || is_body(node)
            || (cursor.depth() == 1 && node.is_named() && !is_declared(node))
        {
            out.push(node);
            if cursor.goto_first_child() {
                continue;
            }
        } else if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return out;
            }
        }
    }
}

/// Whether what stands at a file's top level may stand there.
fn is_declared(node: Node<'_>) -> bool {
    let kind = node.kind();
    kind.ends_with("_declaration")
        || kind.ends_with("comment")
        || matches!(kind, "package_header" | "import" | "file_annotation" | "shebang" | "type_alias")
}

/// Whether what a class delegates to was given the class's own braces.
fn is_body(node: Node<'_>) -> bool {
    let lambda = |node: Node<'_>| children(node).last().is_some_and(|last| last.kind() == "annotated_lambda");
    node.kind() == "explicit_delegation"
        && children(node).last().is_some_and(|last| last.kind() == "call_expression" && lambda(*last))
        && class_of(node).is_some_and(|class| !children(class).iter().any(|child| child.kind() == "class_body"))
}

/// The class whose header a node stands in.
fn class_of(node: Node<'_>) -> Option<Node<'_>> {
    let mut at = node.parent();
    while let Some(around) = at.filter(|around| around.kind().starts_with("delegation_specifier")) {
        at = around.parent();
    }
    at
}

/// Whether a keyword was taken for a name: `A::class` has one where a name may stand.
fn is_keyword(node: Node<'_>, source: &str) -> bool {
    node.kind() == "identifier"
        && source.get(node.byte_range()).is_some_and(|word| KEYWORDS.contains(&word))
        && !source.get(..node.start_byte()).is_some_and(|before| before.trim_end().ends_with("::"))
}

/// The source without annotations.
fn without(source: &[u8], groups: &[Lifted]) -> Vec<u8> {
    let mut out = source.to_vec();
    groups.iter().for_each(|group| blank(&mut out, group.at, group.end));
    out
}

/// Blanks what stands between two places, but the ends of lines.
pub(super) fn blank(out: &mut [u8], at: usize, end: usize) {
    let written = out.get_mut(at..end).unwrap_or_default();
    written.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}
