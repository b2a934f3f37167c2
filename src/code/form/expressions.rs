//! Expressions of the common form.

use std::sync::Arc;

use super::{Arm, Block, Class, Function, Name, Pattern, Pos, TypeRef};

/// An expression and where it starts.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it starts; for a member or a call in a chain, where the member's name stands, so that a long chain's calls
    /// have lines of their own.
    pub pos: Pos,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `null`, `undefined`, `None`, `nil`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string, escapes resolved.
    Str(Name),
    /// A string with holes: template literal, f-string.
    Template(Vec<TemplatePart>),
    /// A regular expression literal, without its delimiters; flags stand before it as a group.
    Regex(Name),
    /// A name. A Rust path of one segment is this, longer ones are [`ExprKind::Path`].
    Name(Name),
    /// A path of a language that tells it from a member: `std::env::var`, `Router::<S>::new`.
    Path(Vec<Name>),
    /// `this`; Rust's `self`.
    This,
    /// `super`.
    Super,
    /// `object.name`, `object?.name`.
    Member(Box<Expr>, Name),
    /// `object[index]`.
    Index(Box<Expr>, Box<Expr>),
    /// `object[from:to]`.
    Slice(Box<Expr>, Option<Box<Expr>>, Option<Box<Expr>>),
    /// A call.
    Call(Box<Call>),
    /// A function expression, arrow function, lambda or closure.
    Function(Arc<Function>),
    /// A class expression.
    Class(Arc<Class>),
    /// A list.
    List(Vec<Item>),
    /// A tuple.
    Tuple(Vec<Item>),
    /// A set.
    Set(Vec<Item>),
    /// A map or object literal.
    Map(Vec<Entry>),
    /// A literal with a type: Go's `T{…}`, Rust's `T { … }`.
    Composite(TypeRef, Box<Expr>),
    /// `-x`, `!x`, `not x`.
    Unary(UnaryOp, Box<Expr>),
    /// Arithmetic, comparison, membership.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a && b`, `a || b`, `a ?? b`, `and`, `or`.
    Logical(LogicalOp, Box<Expr>, Box<Expr>),
    /// `test ? a : b`, Python's `a if test else b`, Rust's `if` as a value.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `match` and `switch` as a value, Rust's block with several arms.
    Switch(Option<Box<Expr>>, Vec<Arm>),
    /// A block as a value (Rust): its last `Return`-like tail is a [`StmtKind::Expr`](super::StmtKind::Expr) marked by position: the value is that
    /// of the last statement.
    Block(Block),
    /// `await x`.
    Await(Box<Expr>),
    /// `yield x`.
    Yield(Option<Box<Expr>>),
    /// An assignment used as a value: `x = v`, `x := v`.
    Assign(Box<Pattern>, Option<BinaryOp>, Box<Expr>),
    /// `a, b` of JavaScript: the last one's value.
    Sequence(Vec<Expr>),
    /// A comprehension or generator expression.
    Comprehension(Box<Comprehension>),
    /// A conversion or a stated type around a value: `x as T`, `T(x)` of Go types is a call.
    Cast(Box<Expr>, TypeRef),
    /// Whether a value is of a type: Kotlin's `is`, Java's `instanceof`.
    Is(Box<TypeTest>),
    /// A Rust macro call: its name, and its arguments where they parse as expressions.
    Macro(Box<MacroCall>),
    /// A type where an expression may stand (Go's `new(T)`, `make([]T)`; Java's `X.class` is a member).
    Type(TypeRef),
    /// JSX and other markup, and whatever has no value for us: the sub-expressions are still evaluated for their effect.
    Unknown(Vec<Expr>),
}

/// A piece of a string with holes.
#[derive(Debug, Clone)]
pub enum TemplatePart {
    /// Literal text, escapes resolved.
    Text(Name),
    /// A hole.
    Expr(Expr),
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// What is called.
    pub callee: Expr,
    /// The arguments in order.
    pub args: Vec<Arg>,
    /// `new X(…)`.
    pub is_new: bool,
}

/// An argument.
#[derive(Debug, Clone)]
pub struct Arg {
    /// Its name, where it is given by name.
    pub name: Option<Name>,
    /// Whether it is spread.
    pub spread: Spread,
    /// Its value.
    pub value: Expr,
}

/// A question for the type of a value.
#[derive(Debug, Clone)]
pub struct TypeTest {
    /// The value; none for that of the switch whose arm asks.
    pub value: Option<Expr>,
    /// The type.
    pub ty: TypeRef,
    /// Whether it is asked that the value is of it, and not that it is not.
    pub positive: bool,
    /// What the value is bound to where it is of the type.
    pub target: Pattern,
}

/// Whether a value is spread where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// It is one value.
    No,
    /// `...x`, `*x`.
    List,
    /// `**x`.
    Map,
    /// It is one value that stands behind the parentheses, and is the last parameter's: Kotlin's `f(1) { … }`.
    Behind,
}

/// An element of a list literal.
#[derive(Debug, Clone)]
pub struct Item {
    /// `Spread::List` for `...x` and `*x`.
    pub spread: Spread,
    /// Its value.
    pub value: Expr,
}

/// An entry of a map literal.
#[derive(Debug, Clone)]
pub enum Entry {
    /// `key: value`; a plain key is a string literal, a shorthand has its name as both. Methods are functions.
    Pair(Expr, Expr),
    /// `...x`, `**x`, Rust's `..base`.
    Spread(Expr),
}

/// A comprehension.
#[derive(Debug, Clone)]
pub struct Comprehension {
    /// What it builds.
    pub kind: ComprehensionKind,
    /// The key, for a map.
    pub key: Option<Expr>,
    /// The element or the value.
    pub element: Expr,
    /// `for target in iterable if …`, outermost first.
    pub clauses: Vec<(Pattern, Expr, Vec<Expr>)>,
}

/// What a comprehension builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComprehensionKind {
    /// A list.
    List,
    /// A set.
    Set,
    /// A map.
    Map,
    /// A generator.
    Generator,
}

/// A Rust macro call.
#[derive(Debug, Clone)]
pub struct MacroCall {
    /// The macro's path, without `!`.
    pub path: Vec<Name>,
    /// The arguments, where the tokens parse as a list of expressions.
    pub args: Vec<Arg>,
    /// The tokens between the delimiters, as written.
    pub tokens: Name,
}

/// A macro by example. Its rules are kept as written: what a call comes to is parsed when it is met.
#[derive(Debug, Clone)]
pub struct MacroRules {
    /// Its name.
    pub name: Name,
    /// The tokens that each rule matches, and those that it gives, without their outer delimiters.
    pub rules: Vec<(Name, Name)>,
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`, `not`.
    Not,
    /// `-`.
    Minus,
    /// `+`.
    Plus,
    /// `typeof`: the name of the operand's kind.
    TypeOf,
    /// The operand, whose absence does no harm (`x?.y`), or whether a pattern takes it (Rust's `if let`).
    Maybe,
    /// Go's `&` before a place that is handed to a call, which may write there: the operand.
    Address,
    /// Anything else (`~`): unknown.
    Other,
}

/// An operator with two operands that are both evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`: numbers, strings, lists.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`; Python's path join where the left is a path.
    Div,
    /// `%`: modulo, and Python's string formatting.
    Mod,
    /// `==`, `===`, `is`.
    Eq,
    /// `!=`, `!==`, `is not`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `in`: the left in the right.
    In,
    /// `not in`.
    NotIn,
    /// `|`: union of maps and sets too.
    BitOr,
    /// Anything else: unknown.
    Other,
}

/// An operator that evaluates its right side only where the left asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogicalOp {
    /// `&&`, `and`.
    And,
    /// `||`, `or`.
    Or,
    /// `??`, Rust's `unwrap_or` is a call.
    Coalesce,
}

/// The source of a regular expression with those of its flags before it that matter, as a group: `(?gi)x` is `/x/gi`.
pub(crate) fn with_flags(source: &str, flags: &str) -> String {
    let known: String = flags.chars().filter(|flag| "gims".contains(*flag)).collect();
    if known.is_empty() { source.to_owned() } else { format!("(?{known}){source}") }
}
