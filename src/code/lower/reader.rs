//! What every front end needs while it walks a syntax tree: text, places, and a bound on depth.
//!
//! It knows tree-sitter and the common form's places, and no language.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::super::form::{Name, Pos};
use tree_sitter::{Language as Grammar, Node, ParseOptions, ParseState, Parser, Point, Tree};

/// How deeply a construct may be nested before it is given up as unknown. Real code stays far below; the stack of a
/// worker thread must hold it.
const DEPTH: usize = 200;

/// How many places that could not be parsed are kept for one file.
const ERRORS: usize = 100;

/// Of a hundred operations each: so many steps, and one more for each byte, a parser may take. Sources need one for ten bytes.
const FEW_STEPS: usize = 2_000;

/// Parses, or gives nothing where the grammar does not fit the library (a bug) or the parser gives up.
pub(super) fn parse(grammar: &Grammar, source: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(grammar).ok()?;
    // Some grammars' scanners give tokens of no length for ever. Steps are counted and not time, so that the same source
    // always comes to the same.
    let mut left = FEW_STEPS + source.len();
    let mut step = |_: &ParseState| match left.checked_sub(1) {
        Some(fewer) => {
            left = fewer;
            ControlFlow::Continue(())
        }
        None => ControlFlow::Break(()),
    };
    let bytes = source.as_bytes();
    let mut rest = |at: usize, _: Point| bytes.get(at..).unwrap_or_default();
    parser.parse_with_options(&mut rest, None, Some(ParseOptions::new().progress_callback(&mut step)))
}

/// A source being read.
pub(super) struct Reader<'s> {
    source: &'s str,
    /// Where each UTF-8 continuation byte stands, ascending: columns count characters, the parser counts bytes.
    continuations: Vec<usize>,
    /// Where each line starts. What was parsed may have its lines elsewhere, but every node stands at its byte.
    lines: Vec<usize>,
    depth: usize,
    errors: Vec<Pos>,
    /// The pieces of long chains that are bound already, by what each is in the tree.
    pieces: BTreeMap<usize, Name>,
    /// The line of the file that this source's second line is; none where the source is the file.
    second_line: Option<u32>,
}

impl<'s> Reader<'s> {
    /// Starts to read a whole file.
    pub(super) fn new(source: &'s str) -> Reader<'s> {
        let continuations =
            source.bytes().enumerate().filter(|(_, byte)| byte & 0xC0 == 0x80).map(|(index, _)| index).collect();
        let ends = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Reader {
            source,
            continuations,
            lines,
            depth: 0,
            errors: Vec::new(),
            pieces: BTreeMap::new(),
            second_line: None,
        }
    }

    /// Starts to read a piece of the file that is parsed by itself, behind a first line that is not in the file.
    pub(super) fn piece<'p>(&self, source: &'p str, line: u32) -> Reader<'p> {
        let mut reader = Reader::new(source);
        reader.depth = self.depth;
        reader.second_line = Some(line);
        reader
    }

    /// The source text of a node.
    pub(super) fn text(&self, node: Node<'_>) -> &'s str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    /// The source text between two places.
    pub(super) fn between(&self, start: usize, end: usize) -> &'s str {
        self.source.get(start..end).unwrap_or_default()
    }

    /// The source text of a node as a name.
    pub(super) fn name(&self, node: Node<'_>) -> Name {
        Name::from(self.text(node))
    }

    /// Where a node starts.
    pub(super) fn pos(&self, node: Node<'_>) -> Pos {
        let start = node.start_byte();
        let row = self.lines.partition_point(|&at| at <= start).saturating_sub(1);
        let line_start = self.lines.get(row).copied().unwrap_or_default();
        let before = self.continuations.partition_point(|&at| at < start)
            - self.continuations.partition_point(|&at| at < line_start);
        let column = (start - line_start).saturating_sub(before) + 1;
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        let line = match self.second_line {
            None => row.saturating_add(1),
            Some(second) => row.saturating_add(second).saturating_sub(1),
        };
        Pos { line, column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// Goes one level deeper; false where that is too deep, and the place is noted.
    pub(super) fn enter(&mut self, node: Node<'_>) -> bool {
        if self.depth >= DEPTH {
            let pos = self.pos(node);
            self.note(pos);
            return false;
        }
        self.depth += 1;
        true
    }

    /// Comes back from a level that [`Reader::enter`] granted.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The name that a piece of a long chain is bound to; none where it is not.
    pub(super) fn piece_at(&self, node: Node<'_>) -> Option<Name> {
        self.pieces.get(&node.id()).cloned()
    }

    /// Binds a piece of a long chain, to a name that no source can write.
    pub(super) fn hold_piece(&mut self, node: Node<'_>) -> Name {
        let name = Name::from(format!("<chain {}>", self.pieces.len()));
        self.pieces.insert(node.id(), name.clone());
        name
    }

    /// Notes a place that could not be read.
    pub(super) fn note(&mut self, pos: Pos) {
        if self.errors.len() < ERRORS && self.errors.last() != Some(&pos) {
            self.errors.push(pos);
        }
    }

    /// Notes every place below that the parser could not make sense of.
    pub(super) fn note_errors(&mut self, root: Node<'_>, allowed: impl Fn(Node<'_>) -> bool) {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if (node.is_error() || node.is_missing()) && !allowed(node) {
                let pos = self.pos(node);
                self.note(pos);
            }
            let descend = node.has_error() && !node.is_error() && self.errors.len() < ERRORS;
            if descend && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// The places noted, in order.
    pub(super) fn take_errors(&mut self) -> Vec<Pos> {
        let mut errors = std::mem::take(&mut self.errors);
        errors.sort_unstable();
        errors.dedup();
        errors
    }
}

/// The named children that mean something: comments are left out.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.kind().ends_with("comment")).collect()
}

/// All children, signs and keywords included, comments left out.
pub(super) fn all_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| !child.kind().ends_with("comment")).collect()
}

/// The children in a field.
pub(super) fn fields<'t>(node: Node<'t>, field: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(field, &mut cursor).filter(|child| !child.kind().ends_with("comment")).collect()
}

/// Whether a keyword or sign stands among the children.
pub(super) fn has(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| child.kind() == token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parser_that_never_ends_gives_up() {
        // Kotlin's grammar stays at one place of this for ever, and takes memory with each step.
        let source = "pas: Users) : Crud<User>() {\n    companion object { private const val ONE = \"/{id}\" }\n\n    @GetMapping(ONE, \"/one\")\n    fun one(@PathVariable id: String) = users.one(id)\n~~   @Reques~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~tMapping(v{\n    fuController\n@RequestMapping(\"4BASE/users\")\nclass UserController(n routes()String) = users.one(id)\n~~   @Reques~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ = coRouter {\n' ".replace('~', "\u{fffd}");
        assert!(parse(&tree_sitter_kotlin_ng::LANGUAGE.into(), &source).is_none());
        assert!(parse(&tree_sitter_kotlin_ng::LANGUAGE.into(), "fun a() = 1\n").is_some());
    }
}
