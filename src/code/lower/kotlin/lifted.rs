//! Annotations before declarations, which the grammar may take for those of an expression that goes on with the declaration's
//! keyword as if it were a name. They are read by themselves, and the declarations without them.

use super::super::reader::children;
use super::mended::{self, Parsed};
use super::scan::{Kind, Token, closing};
use super::{FrontEnd, Lowering};
use crate::code::form::{Decorator, Param, Pattern};
use tree_sitter::Node;

/// What may stand between annotations and the keyword of a declaration.
pub(super) const MODIFIERS: &[&str] = &[
    "public",
    "private",
    "internal",
    "protected",
    "open",
    "abstract",
    "final",
    "sealed",
    "data",
    "enum",
    "annotation",
    "inner",
    "value",
    "inline",
    "suspend",
    "override",
    "lateinit",
    "const",
    "tailrec",
    "operator",
    "infix",
    "external",
    "expect",
    "actual",
    "companion",
];
/// What declarations start with.
const DECLARES: &[&str] = &["class", "interface", "object", "fun", "val", "var", "typealias"];
/// A declaration that no expression looks like.
const DECLARATION: &str = "\nclass A<in T>\n";

/// Annotations that stand before a declaration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lifted {
    /// Where they start.
    pub(super) at: usize,
    /// Where they end.
    pub(super) end: usize,
    /// The line that they start on.
    line: u32,
    /// How many signs stand before them on it.
    column: usize,
    /// Where the declaration starts.
    pub(super) before: usize,
}

/// What a function's context is said to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    /// Where its word stands.
    pub(super) at: usize,
    /// Where its brackets open.
    open: usize,
    /// Behind them.
    pub(super) end: usize,
    /// Where the function starts.
    pub(super) before: usize,
}

/// The contexts of all functions.
pub(super) fn contexts(source: &[u8], tokens: &[Token]) -> Vec<Context> {
    let words = tokens.iter().enumerate().filter(|(_, token)| token.is_word(source, &["context"]));
    let context = |(index, word): (usize, &Token)| {
        let open = tokens.get(index + 1).filter(|open| open.is_sign(b'('))?;
        let close = closing(tokens, index + 1)?;
        let function = group(source, tokens, close + 1).unwrap_or(close + 1);
        let rest = tokens.get(function..).filter(|rest| declares(source, rest))?;
        Some(Context { at: word.at, open: open.at, end: tokens[close].end, before: rest.first()?.at })
    };
    words.filter_map(context).collect()
}

/// All annotations before declarations, but those of parameters.
pub(super) fn lifted(source: &[u8], tokens: &[Token]) -> Vec<Lifted> {
    let mut out = Vec::new();
    let mut around = Vec::new();
    let (mut line, mut start, mut counted) = (1_u32, 0, 0);
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        index += 1;
        match token.kind {
            Kind::Sign(open @ (b'(' | b'[' | b'{')) => around.push(open),
            Kind::Sign(b')' | b']' | b'}') => {
                around.pop();
            }
            Kind::Sign(b'@') if !matches!(around.last(), Some(b'(' | b'[')) => {
                let Some(next) = group(source, tokens, index - 1) else { continue };
                let (at, end) = (token.at, tokens[next - 1].end);
                index = next;
                let Some(first) = tokens.get(next).filter(|_| declares(source, &tokens[next..])) else { continue };
                for (offset, byte) in source[counted..at].iter().enumerate() {
                    if *byte == b'\n' {
                        line = line.saturating_add(1);
                        start = counted + offset + 1;
                    }
                }
                counted = at;
                let column = source[start..at].iter().filter(|byte| **byte & 0xC0 != 0x80).count();
                out.push(Lifted { at, end, line, column, before: first.at });
            }
            _ => {}
        }
    }
    out
}

/// Behind the annotations that start at a token; nothing where there is none.
fn group(source: &[u8], tokens: &[Token], at: usize) -> Option<usize> {
    let mut index = at;
    let mut behind = None;
    while let Some(next) = annotation(source, tokens, index) {
        behind = Some(next);
        index = next;
    }
    behind
}

/// Behind one annotation: a place where it is used, a name, arguments.
fn annotation(source: &[u8], tokens: &[Token], at: usize) -> Option<usize> {
    let sign = tokens.get(at).filter(|token| token.is_sign(b'@'))?;
    // `this@name`, `return@name`.
    if at > 0 && tokens[at - 1].end == sign.at {
        return None;
    }
    let adjacent = |index: usize, kind: Kind| {
        tokens.get(index).is_some_and(|token| token.kind == kind && token.at == tokens[index - 1].end)
    };
    let mut index = at + 1;
    if !adjacent(index, Kind::Word) || tokens[index].is_word(source, &["file"]) {
        return None;
    }
    index += 1;
    // A label: `name@ for`.
    while adjacent(index, Kind::Sign(b'.')) || adjacent(index, Kind::Sign(b':')) {
        if !adjacent(index + 1, Kind::Word) {
            return None;
        }
        index += 2;
    }
    if adjacent(index, Kind::Sign(b'(')) {
        return closing(tokens, index).map(|close| close + 1);
    }
    Some(index)
}

/// Whether a declaration starts here.
pub(super) fn declares(source: &[u8], tokens: &[Token]) -> bool {
    let first = tokens.iter().position(|token| !token.is_word(source, MODIFIERS));
    let Some(at) = first.filter(|at| tokens[*at].is_word(source, DECLARES)) else { return false };
    // A function without a name is a value.
    !tokens[at].is_word(source, &["fun"])
        || tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Word || next.is_sign(b'<'))
}

impl Lowering<'_> {
    /// What a function is called in the context of, as if it were its receiver: the first, where there are several.
    pub(super) fn context_of(&mut self, node: Node<'_>) -> Option<Param> {
        // Annotations that were not lifted belong to the function.
        let start = node.start_byte();
        let context = *self.contexts.range(start..).next().map(|(_, it)| it).filter(|it| it.end <= start)?;
        self.contexts.remove(&context.before);
        let written = self.reader.between(context.open + 1, context.end - 1);
        let named = written.contains(':');
        let source = format!("\nfun f({}{written}) {{}}\n", if named { "" } else { "it: " });
        let Parsed { tree, .. } = mended::parsed(&source);
        let reader = self.reader.piece(&source, self.pos(node).line);
        let mut inner = Lowering::over(reader);
        let root = tree.as_ref().map(|tree| tree.root_node());
        let function =
            root.map(children).unwrap_or_default().into_iter().find(|it| it.kind() == "function_declaration");
        let mut first = inner.params_in(function?).into_iter().next()?;
        if !named {
            first.target = Pattern::Name("this".into(), self.pos(node));
        }
        Some(first)
    }

    /// The annotations that were lifted from before a declaration.
    pub(super) fn lifted_from(&mut self, node: Node<'_>) -> Vec<Decorator> {
        let Some(lifted) = self.lifted.remove(&node.start_byte()) else { return Vec::new() };
        let written = self.reader.between(lifted.at, lifted.end);
        let source = format!("\n{}{written}{DECLARATION}", " ".repeat(lifted.column));
        let Parsed { tree, .. } = mended::parsed(&source);
        let mut inner = Lowering::over(self.reader.piece(&source, lifted.line));
        let root = tree.as_ref().map(|tree| tree.root_node()).filter(|root| !root.has_error());
        let declared = root.map(children).unwrap_or_default().into_iter().find(|it| it.kind() == "class_declaration");
        match declared {
            Some(declared) => inner.annotations(declared),
            None => {
                let pos = self.pos(node);
                self.reader.note(pos);
                Vec::new()
            }
        }
    }
}
