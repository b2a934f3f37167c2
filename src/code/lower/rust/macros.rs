//! Attributes and macro calls. Their tokens are parsed again as the arguments of a call.

use super::super::reader::{Reader, all_children, children, parse};
use super::tokens::{Token, tokens};
use super::{FrontEnd, Lowering};
use crate::code::form::{
    Arg, Block, Call, Decorator, Expr, ExprKind, MacroCall, MacroRules, Name, Pattern, Spread, StmtKind,
};
use tree_sitter::Node;

/// Longer token lists are not parsed again.
const TOKENS: usize = 64 * 1024;

/// How many macro calls may stand in one another: every level is parsed by itself.
const NESTED: usize = 8;

impl Lowering<'_> {
    /// Attributes as decorators: `#[get("/x")]` is a call, `#[path = "x"]` a call with that value, `#[test]` a name.
    pub(super) fn attributes(&mut self, nodes: &[Node<'_>]) -> Vec<Decorator> {
        let mut out = Vec::new();
        for &node in nodes {
            if let Some(&attribute) = children(node).first() {
                let around = std::mem::replace(&mut self.attribute, true);
                out.push(Decorator { expr: self.attribute(attribute), pos: self.pos(node) });
                self.attribute = around;
            }
        }
        out
    }

    fn attribute(&mut self, node: Node<'_>) -> Expr {
        let Some(&name) = children(node).first() else { return self.unknown(node) };
        let callee = self.expr(name);
        let args = match (node.child_by_field_name("arguments"), node.child_by_field_name("value")) {
            (Some(tokens), _) => self.arguments(tokens),
            (None, Some(value)) => vec![Arg { name: None, spread: Spread::No, value: self.expr(value) }],
            (None, None) => return callee,
        };
        self.at(node, ExprKind::Call(Box::new(Call { callee, args, is_new: false })))
    }

    /// A macro call as a value.
    pub(super) fn macro_call(&mut self, node: Node<'_>) -> Expr {
        let mut path = Vec::new();
        if let Some(name) = node.child_by_field_name("macro") {
            self.path(name, &mut path);
        }
        let tree = children(node).into_iter().find(|child| child.kind() == "token_tree");
        let waits = path.last().is_some_and(|name| &**name == "select");
        let (args, tokens) = match tree {
            Some(tree) if waits => (self.arms(tree).into_iter().collect(), Name::from(inside(self.text(tree)))),
            Some(tree) => (self.arguments(tree), Name::from(inside(self.text(tree)))),
            None => (Vec::new(), "".into()),
        };
        self.at(node, ExprKind::Macro(Box::new(MacroCall { path, args, tokens })))
    }

    /// A macro call as a statement. `lazy_static!` declares statics, `panic!` and its peers end the path.
    pub(super) fn macro_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let name = node.child_by_field_name("macro").map_or("", |name| self.text(name));
        let last = name.rsplit("::").next().unwrap_or(name);
        if last == "lazy_static"
            && let Some(tree) = children(node).into_iter().find(|child| child.kind() == "token_tree")
        {
            out.extend(self.statics(tree));
            return;
        }
        if last == "cfg_if"
            && let Some(tree) = children(node).into_iter().find(|child| child.kind() == "token_tree")
            && self.chosen(tree, out)
        {
            return;
        }
        let value = self.macro_call(node);
        self.push(node, StmtKind::Expr(value), out);
        if matches!(last, "panic" | "unreachable" | "todo" | "unimplemented" | "bail") {
            self.push(node, StmtKind::Throw, out);
        }
    }

    /// A macro by example, its rules as written.
    pub(super) fn macro_rules(&mut self, node: Node<'_>) -> MacroRules {
        let rules = children(node).into_iter().filter(|child| child.kind() == "macro_rule");
        let side = |rule: Node<'_>, field: &str| {
            rule.child_by_field_name(field).map_or_else(|| "".into(), |side| Name::from(inside(self.text(side))))
        };
        MacroRules {
            name: node.child_by_field_name("name").map_or_else(|| "".into(), |name| self.name(name)),
            rules: rules.map(|rule| (side(rule, "left"), side(rule, "right"))).collect(),
        }
    }

    /// The tokens of a tree as the arguments of a call; none where they are no list of expressions.
    fn arguments(&mut self, tree: Node<'_>) -> Vec<Arg> {
        let written = inside(self.text(tree));
        let parsed = self.reparse(tree, written, ("fn f(){f(", ")}"), |lowering, root| {
            let call = first_of(root, "call_expression")?;
            let list = call.child_by_field_name("arguments")?;
            Some(children(list).into_iter().map(|arg| lowering.argument(arg)).collect())
        });
        match parsed {
            Some(args) => args,
            None => self.separate_arguments(tree, written),
        }
    }

    /// The arms of a `select!` as one block.
    fn arms(&mut self, tree: Node<'_>) -> Option<Arg> {
        let block = super::arms::arms(inside(self.text(tree)))?;
        self.reparse(tree, &block, ("fn f(){f({", "})}"), |lowering, root| {
            let call = first_of(root, "call_expression")?;
            let list = call.child_by_field_name("arguments")?;
            children(list).first().map(|arg| lowering.argument(*arg))
        })
    }

    /// Arguments of which some are no expressions (`body = Vec<User>`): each is parsed by itself.
    fn separate_arguments(&mut self, tree: Node<'_>, written: &str) -> Vec<Arg> {
        let Some(all) = tokens(written).filter(|_| written.len() <= TOKENS) else { return Vec::new() };
        let comma = Token::Sign(",".to_owned());
        // A method and a path without a sign between them: `GET "/items/{id}"`.
        let pair = matches!(all.as_slice(), [Token::Word(_), Token::Text(_), ..]);
        let pieces: Vec<&[Token]> = match all.contains(&comma) {
            true => all.split(|token| *token == comma).collect(),
            false if pair => all[..2].chunks(1).collect(),
            false => return Vec::new(),
        };
        let mut out = Vec::new();
        for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
            let parsed = self.reparse(tree, &super::tokens::written(piece), ("fn f(){f(", ")}"), |lowering, root| {
                let call = first_of(root, "call_expression")?;
                let list = call.child_by_field_name("arguments")?;
                children(list).first().map(|arg| lowering.argument(*arg))
            });
            let name = match piece {
                [Token::Word(name), Token::Sign(sign), ..] if sign == "=" => Some(Name::from(name.as_str())),
                _ => None,
            };
            out.push(parsed.unwrap_or_else(|| Arg { name, spread: Spread::No, value: self.unknown(tree) }));
        }
        out
    }

    fn argument(&mut self, node: Node<'_>) -> Arg {
        if node.kind() == "assignment_expression"
            && let Some(name) = node.child_by_field_name("left")
            && matches!(name.kind(), "identifier" | "scoped_identifier")
        {
            return Arg { name: Some(self.name(name)), spread: Spread::No, value: self.expr_in(node, "right") };
        }
        Arg { name: None, spread: Spread::No, value: self.expr(node) }
    }

    /// `static ref X: T = value;` items; `ref` is blanked so that they parse.
    fn statics(&mut self, tree: Node<'_>) -> Block {
        let mut written = inside(self.text(tree)).to_owned();
        let start = tree.start_byte() + 1;
        for child in all_children(tree).into_iter().filter(|child| child.kind() == "ref") {
            let range = child.start_byte().saturating_sub(start)..child.end_byte().saturating_sub(start);
            if written.get(range.clone()) == Some("ref") {
                written.replace_range(range, "   ");
            }
        }
        let items = self.reparse(tree, &written, ("", ""), |lowering, root| Some(lowering.items(root)));
        items.unwrap_or_default().into_iter().filter(|item| is_bound(&item.kind)).collect()
    }

    /// Parses a piece of the file between a head and a tail, at its own place, and lowers what comes out.
    pub(super) fn reparse<T>(
        &mut self,
        tree: Node<'_>,
        written: &str,
        (head, tail): (&str, &str),
        lower: impl FnOnce(&mut Lowering<'_>, Node<'_>) -> Option<T>,
    ) -> Option<T> {
        if written.trim().is_empty() || written.len() > TOKENS || self.macros >= NESTED {
            return None;
        }
        let start = self.pos(tree);
        let column = usize::try_from(start.column).unwrap_or(0).min(500);
        let source = format!("{head}\n{}{written}{tail}", " ".repeat(column));
        let parsed = parse(&tree_sitter_rust::LANGUAGE.into(), &source)?;
        if parsed.root_node().has_error() {
            return None;
        }
        let reader: Reader<'_> = self.reader.piece(&source, start.line);
        let mut lowering = Lowering { reader, macros: self.macros + 1, attribute: self.attribute };
        lower(&mut lowering, parsed.root_node())
    }
}

/// The tokens without their delimiters.
pub(super) fn inside(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next();
    characters.next_back();
    characters.as_str()
}

fn is_bound(kind: &StmtKind) -> bool {
    matches!(kind, StmtKind::Bind { target: Pattern::Name(..), .. })
}

/// The first node of a kind, depth first along first children.
fn first_of<'t>(root: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut here = root;
    loop {
        if here.kind() == kind {
            return Some(here);
        }
        let below = children(here);
        here = below.iter().copied().find(|child| child.kind() == "block").or_else(|| below.first().copied())?;
    }
}
