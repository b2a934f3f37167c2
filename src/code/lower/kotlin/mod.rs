//! The front end for Kotlin, to the same form as Java: what a companion or an object has is static, a primary constructor's
//! properties are fields, a trailing lambda is the last argument, and its last expression is returned.

mod classes;
mod expressions;
mod functions;
mod imports;
mod labels;
mod lifted;
mod literals;
mod mended;
mod scan;
mod signs;
mod statements;
#[cfg(test)]
mod tests;
mod types;

use super::front::{self, FrontEnd};
use super::reader::Reader;
use crate::code::form::{Expr, Language, Module, Name};
use lifted::{Context, Lifted};
use mended::Parsed;
use std::collections::BTreeMap;
use tree_sitter::Node;

/// Signs that may open type arguments and that nothing closes, of which the grammar takes time by their square. Source has a
/// handful: comparisons.
const MOST_OPEN: usize = 2_000;

/// Lowers one file. Whatever cannot be parsed is noted in the module's errors and the rest goes on around it.
pub fn lower(source: &str) -> Module {
    let signs = |sign: u8| source.bytes().filter(|byte| *byte == sign).count();
    let bounded = signs(b'<') <= signs(b'>') + MOST_OPEN;
    let Parsed { tree, text, lifted, contexts } = match bounded {
        true => mended::parsed(source),
        false => Parsed { tree: None, text: source.into(), lifted: Vec::new(), contexts: Vec::new() },
    };
    let lifted = lifted.into_iter().map(|lifted| (lifted.before, lifted)).collect();
    let contexts = contexts.into_iter().map(|context| (context.before, context)).collect();
    let lowering = Lowering { lifted, contexts, ..Lowering::over(Reader::new(&text)) };
    front::module(Language::Java, tree, lowering, |lowering, root, module| {
        for node in mended::misread(root, &text).into_iter().filter(|node| !node.is_error() && !node.is_missing()) {
            let pos = lowering.pos(node);
            lowering.reader.note(pos);
        }
        module.package = lowering.package(root);
        module.body = lowering.file(root);
    })
}

/// A file being lowered; the rooms of this front end each add the constructs of their name.
struct Lowering<'s> {
    reader: Reader<'s>,
    /// Annotations that the tree does not have, by where the declarations start that they stand on.
    lifted: BTreeMap<usize, Lifted>,
    /// What functions are called in the context of, by where they start.
    contexts: BTreeMap<usize, Context>,
    /// Whether what is lowered stands in a lambda: `return` alone is the function's around it.
    in_lambda: bool,
    /// What `this@name` is bound as by what stands around.
    labels: Vec<Name>,
    /// The class around.
    within: Option<Name>,
}

impl<'s> Lowering<'s> {
    /// What a text is lowered by on its own.
    fn over(reader: Reader<'s>) -> Self {
        let (lifted, contexts) = (BTreeMap::new(), BTreeMap::new());
        Lowering { reader, lifted, contexts, in_lambda: false, labels: Vec::new(), within: None }
    }
}

impl<'s> FrontEnd<'s> for Lowering<'s> {
    fn reader(&self) -> &Reader<'s> {
        &self.reader
    }

    fn reader_mut(&mut self) -> &mut Reader<'s> {
        &mut self.reader
    }

    fn expr_of_kind(&mut self, node: Node<'_>) -> Expr {
        self.expression(node)
    }

    /// A name, without the backquotes that it may stand in.
    fn name(&self, node: Node<'_>) -> Name {
        self.text(node).trim_matches('`').into()
    }

    // `[]` is a list without elements, for which the grammar wants one; ends of members may be left out on one line.
    fn is_allowed(node: Node<'_>) -> bool {
        let empty = node.parent().is_some_and(|parent| parent.kind() == "collection_literal");
        node.is_missing() && (empty || node.kind().starts_with('_'))
    }
}
