//! The common form: what every front end lowers its language to and the evaluator runs.
//!
//! It is small on purpose. A front end keeps what can carry a *value* (a path, a prefix, a list of routes, the name of
//! a variable) and lets the rest fall into [`ExprKind::Unknown`] or be dropped as a statement without effect. It knows
//! nothing of any library: what `express.Router()` means is data under `rules/`.
//!
//! Trees are immutable and shared (`Arc`), so that a closure is its node and its scope, and files are lowered in
//! parallel.

mod expressions;

use std::sync::Arc;

pub(crate) use expressions::with_flags;
pub use expressions::{
    Arg, BinaryOp, Call, Comprehension, ComprehensionKind, Entry, Expr, ExprKind, Item, LogicalOp, MacroCall,
    MacroRules, Spread, TemplatePart, TypeTest, UnaryOp,
};

/// An interned-by-sharing name: identifier, member, module specifier.
pub type Name = Arc<str>;

/// The languages that have a front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// JavaScript and TypeScript, with and without JSX.
    JavaScript,
    /// Python 3.
    Python,
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// Java, and Kotlin beside it.
    Java,
}

/// A place in a file: line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pos {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// One lowered file.
#[derive(Debug, Clone)]
pub struct Module {
    /// The language it is written in.
    pub language: Language,
    /// Go: the `package` clause. Java: the package. Otherwise none.
    pub package: Option<Name>,
    /// The statements at top level, in source order.
    pub body: Block,
    /// Places that could not be parsed (tree-sitter error nodes); lowering goes on around them.
    pub errors: Vec<Pos>,
}

/// Statements in order.
pub type Block = Vec<Stmt>;

/// A statement and where it starts.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// What it does.
    pub kind: StmtKind,
    /// Where it starts.
    pub pos: Pos,
}

/// What a statement does.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// Declares names: `const {a, b = 1} = x`, `let x = 1`, Python's first assignment, Go's `:=` and `const`, Rust's `let`.
    Bind {
        /// What is bound.
        target: Pattern,
        /// The stated type.
        ty: Option<TypeRef>,
        /// The value; none for a declaration alone.
        value: Option<Expr>,
    },
    /// Assigns to something that exists: `a.b = v`, `a[k] = v`, `x += v` (then `op` is the operator).
    /// Python's plain assignment to names is lowered to this too; the evaluator binds in the innermost function scope.
    Assign {
        /// What is assigned to.
        target: Pattern,
        /// The operator of an augmented assignment.
        op: Option<BinaryOp>,
        /// The value.
        value: Expr,
    },
    /// Evaluated for its effect.
    Expr(Expr),
    /// A function declaration. Hoisted in JavaScript.
    Function(Arc<Function>),
    /// A class, struct, interface, trait or enum.
    Class(Arc<Class>),
    /// Members for a type that is declared elsewhere: Rust's `impl`, Go's method with a receiver, a prototype's method.
    Extend(Arc<Extension>),
    /// `return`.
    Return(Option<Expr>),
    /// Returns from the function around a lambda: Kotlin's `return` in a block that is given to a function.
    Leave(Option<Expr>),
    /// `if`; `elif` and `else if` nest in `otherwise`.
    If {
        /// The condition. Rust's `if let` and Go's `if x := f(); c` bind before, in an enclosing `Block`.
        test: Expr,
        /// Taken when it holds.
        then: Block,
        /// Taken when it does not.
        otherwise: Block,
    },
    /// A loop over the elements of something.
    Each {
        /// Bound for each element. For a loop over keys and values it is a tuple pattern.
        target: Pattern,
        /// What is walked.
        iterable: Expr,
        /// What the walk yields.
        yields: Yields,
        /// The body.
        body: Block,
    },
    /// Any other loop (`while`, C-style `for`): the body runs an unknown number of times. Initialisers stand before it.
    Loop {
        /// The condition, if any.
        test: Option<Expr>,
        /// The body, updates at its end.
        body: Block,
    },
    /// `switch`, `match`, `select`: one of the arms.
    Switch {
        /// What is compared; none for a bare `switch` or `select`.
        subject: Option<Expr>,
        /// The arms in order.
        arms: Vec<Arm>,
    },
    /// `try` and its peers.
    Try {
        /// The guarded block (with Python's `else` at its end).
        body: Block,
        /// The handlers' blocks.
        handlers: Vec<Block>,
        /// What runs in any case.
        finally: Block,
    },
    /// Python's `with`, Java's try-with-resources, C#-like `using`.
    With {
        /// Context values and what they are bound to.
        items: Vec<(Expr, Option<Pattern>)>,
        /// The body.
        body: Block,
    },
    /// A block of its own scope.
    Block(Block),
    /// Runs when the function ends: Go's `defer`; also `go f()`.
    Deferred(Expr),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `throw`, `raise`, `panic!`: ends the path.
    Throw,
    /// `del x`, `delete a.b`.
    Delete(Expr),
    /// Names that assignment reaches outside the function: Python's `global` and `nonlocal`.
    Outer(Vec<Name>),
    /// An import.
    Import(Import),
    /// An export.
    Export(Export),
    /// A statement that is compiled or run only under a condition that is not known (`#[cfg(feature = "x")]`); what it
    /// binds lasts.
    Perhaps(Box<Stmt>),
    /// A statement that is compiled for tests alone: the program does not have it.
    Test(Box<Stmt>),
    /// A macro of the project's own (Rust's `macro_rules!`).
    Macro(Arc<MacroRules>),
    /// A nested module: Rust's `mod x { … }`, TypeScript's `namespace`. `None` as body: the file is elsewhere (`mod x;`).
    Module {
        /// Its name.
        name: Name,
        /// Its attributes (`#[cfg(test)]`, `#[path = "…"]`).
        attributes: Vec<Decorator>,
        /// Its body.
        body: Option<Block>,
    },
}

/// One arm of a switch.
#[derive(Debug, Clone)]
pub struct Arm {
    /// The values it is taken for; empty is the default arm.
    pub values: Vec<Expr>,
    /// What it runs. A fallthrough is lowered by copying nothing: arms that are unknown all run.
    pub body: Block,
}

/// What walking something yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yields {
    /// The elements (`for…of`, Python's `for`, Java's, Rust's). A Python or JavaScript map yields as that language says.
    Elements,
    /// The keys (`for…in` of JavaScript).
    Keys,
    /// Pairs of index or key and element (Go's `range`). With one target only the first is bound.
    Pairs,
}

/// What is bound or assigned.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// A name.
    Name(Name, Pos),
    /// A member or element: `a.b`, `a["k"]`.
    Place(Box<Expr>),
    /// `[a, b, ...rest]`, `(a, b)`, Go's `a, err :=`.
    List(Vec<PatternItem>),
    /// `{a, b: c, [k]: d, ...rest}`, Rust's struct patterns.
    Map(Vec<PatternField>),
    /// Bound to nothing: `_`, a hole, a pattern that is not understood.
    Ignore,
}

/// An element of a list pattern.
#[derive(Debug, Clone)]
pub struct PatternItem {
    /// What is bound.
    pub target: Pattern,
    /// Used where the element is absent.
    pub default: Option<Expr>,
    /// Whether it takes the rest.
    pub rest: bool,
}

/// A field of a map pattern.
#[derive(Debug, Clone)]
pub enum PatternField {
    /// `key: target = default`.
    Key {
        /// The key; a plain name is a string literal.
        key: Expr,
        /// What is bound.
        target: Pattern,
        /// Used where the key is absent.
        default: Option<Expr>,
    },
    /// `...rest`.
    Rest(Pattern),
}

/// The name of the method that holds what runs on each instance once its fields are made: Kotlin's `init`, Java's blocks
/// among the members.
pub const INITIALISER: &str = "<init>";

/// What stands before the type that functions are called on, in what a name for their type is: Kotlin's
/// `typealias Fill = Route.() -> Unit`.
pub const CALLED_ON: &str = "<on>";

/// What the names of fields begin with that hold what a class gives on as its own: Kotlin's `: T by value`.
pub const DELEGATE: &str = "<by>";

/// A function, method, closure or lambda.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name; none for a closure.
    pub name: Option<Name>,
    /// The parameters, without Python's `self` being special: it is the first one. Rust's `self` and Go's receiver are
    /// in `receiver`.
    pub params: Vec<Param>,
    /// The receiver, where the language names it apart (Go, Rust).
    pub receiver: Option<Param>,
    /// The body. An arrow function's or lambda's expression and Rust's tail expression are a `Return`.
    pub body: Block,
    /// Decorators, attributes, annotations, in source order.
    pub decorators: Vec<Decorator>,
    /// The type parameters: `T` of Rust's `fn f<T>()`.
    pub parameters: Vec<Name>,
    /// The stated result type.
    pub returns: Option<TypeRef>,
    /// How it is called.
    pub kind: FunctionKind,
    /// `async`.
    pub is_async: bool,
    /// Its body yields.
    pub is_generator: bool,
    /// Visible outside its module (Rust `pub`, Go upper case, Java `public`, an exported declaration).
    pub is_public: bool,
    /// Where it starts (the name or the keyword, not the decorators).
    pub pos: Pos,
}

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    /// A function of its own.
    Plain,
    /// An arrow function, closure or lambda: `this` is the one outside.
    Lexical,
    /// Called on an instance.
    Method,
    /// Called on the class: `static`, `@staticmethod`, Rust's associated function.
    Static,
    /// Called on the class with the class as first argument: `@classmethod`.
    ClassMethod,
    /// Read like a member: a getter, `@property`.
    Getter,
    /// A constructor: JavaScript's `constructor`, Python's `__init__`, Java's constructor.
    Constructor,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// What is bound.
    pub target: Pattern,
    /// The default value.
    pub default: Option<Expr>,
    /// How arguments reach it.
    pub kind: ParamKind,
    /// The stated type.
    pub ty: Option<TypeRef>,
    /// Decorators and annotations (`@Body()`, `@PathVariable`).
    pub decorators: Vec<Decorator>,
    /// TypeScript's parameter property (`constructor(private readonly x: X)`): it is a field too.
    pub is_field: bool,
}

/// How arguments reach a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// By position, or by name where the language allows it.
    Plain,
    /// By name alone (after Python's `*`).
    Keyword,
    /// The remaining positional arguments.
    Rest,
    /// The remaining named arguments.
    KeywordRest,
}

/// A decorator, attribute or annotation: `@app.get("/x")`, `#[get("/x")]`, `@GetMapping("/x")`.
#[derive(Debug, Clone)]
pub struct Decorator {
    /// What stands behind the sign: a name, a member or a call. An annotation's `k = v` are named arguments.
    pub expr: Expr,
    /// Where the sign stands.
    pub pos: Pos,
}

/// A class, struct, interface, trait or enum.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its name; none for an anonymous class expression.
    pub name: Option<Name>,
    /// What it extends or implements, in order; mixins are calls. Python's keyword arguments (`metaclass=`) are named.
    pub bases: Vec<Arg>,
    /// The body in order: fields are `Bind` (static) or [`Field`]s; methods are `Function`; nested classes `Class`.
    pub body: Block,
    /// Instance fields with their type and initialiser: class fields, struct fields, enum constants.
    pub fields: Vec<Field>,
    /// Decorators, attributes (`#[derive(…)]`), annotations.
    pub decorators: Vec<Decorator>,
    /// What it is.
    pub kind: ClassKind,
    /// Where it starts.
    pub pos: Pos,
}

/// What a class is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassKind {
    /// A class.
    Class,
    /// A class with one instance, which is asked for by its name: Kotlin's `object`.
    Object,
    /// A class that has no instances of its own.
    Abstract,
    /// A struct or a record.
    Struct,
    /// An interface or a trait.
    Interface,
    /// An enum.
    Enum,
    /// The declaration of an annotation.
    Annotation,
}

/// A field of a class or struct.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name; the type's last segment for an embedded Go field, the index for a tuple struct.
    pub name: Name,
    /// Its type.
    pub ty: Option<TypeRef>,
    /// Its initialiser.
    pub value: Option<Expr>,
    /// Whether it belongs to the class and not to its instances.
    pub is_static: bool,
    /// Go's embedded field.
    pub is_embedded: bool,
    /// Decorators, attributes, annotations.
    pub decorators: Vec<Decorator>,
    /// Go's struct tag, as written between the backquotes.
    pub tag: Option<Name>,
    /// Where it stands.
    pub pos: Pos,
}

/// Members for a type that is declared elsewhere.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The type they belong to.
    pub target: TypeRef,
    /// The type parameters: `T` of `impl<T> … for T`.
    pub parameters: Vec<Name>,
    /// The trait that is implemented.
    pub implements: Option<TypeRef>,
    /// The members: functions and constants.
    pub body: Block,
    /// Attributes.
    pub decorators: Vec<Decorator>,
}

/// A type as written, reduced to what a value can be told by: `*gin.Engine` is `gin.Engine`, `Vec<Route>` is `Vec` of `Route`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRef {
    /// The name's segments; empty for function types, tuples and whatever has no name.
    pub path: Vec<Name>,
    /// Type arguments, element types of arrays and tuples, parameter types of a function type.
    pub args: Vec<TypeRef>,
    /// The source text, for literal types (`'a' | 'b'`) and messages.
    pub text: Name,
}

impl TypeRef {
    /// What says of a value that it is a function, referred to by its name.
    #[must_use]
    pub fn reference() -> Self {
        TypeRef { path: vec!["::".into()], args: Vec::new(), text: "::".into() }
    }
}

/// An import statement. A dynamic `import("…")` and `require("…")` are calls, not this.
#[derive(Debug, Clone)]
pub struct Import {
    /// The module as written: `./users`, `fastapi`, `app.api`, `github.com/gin-gonic/gin`, `crate::routes`.
    pub source: Name,
    /// Python's leading dots.
    pub level: u32,
    /// What is bound. Empty: imported for its effect.
    pub names: Vec<ImportName>,
    /// TypeScript's `import type`, Python's under `if TYPE_CHECKING`.
    pub type_only: bool,
}

/// One imported name.
#[derive(Debug, Clone)]
pub struct ImportName {
    /// What is taken.
    pub what: Imported,
    /// What it is called here.
    pub alias: Name,
    /// Where it stands.
    pub pos: Pos,
}

/// What an import takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// The whole module: `import * as x`, Python's `import a.b as x`, Go's import. Python's `import a.b` without alias
    /// binds `a` (alias `a`) and loads `a.b`.
    Module,
    /// The default export.
    Default,
    /// A named export.
    Named(Name),
    /// Everything it exports, into this scope: `from x import *`, `use x::*`, Go's dot import.
    All,
}

/// An export.
#[derive(Debug, Clone)]
pub enum Export {
    /// `export default expr`. (`export = expr` is lowered to `module.exports = expr`.)
    Default(Expr),
    /// `export { local as name }`.
    Names(Vec<(Name, Name)>),
    /// `export { a as b } from "…"`: pairs of what is taken and what it is called.
    From(Name, Vec<(Imported, Name)>),
    /// `export * from "…"`.
    AllFrom(Name),
    /// An exported declaration: exports every name that it binds; Rust's `pub use`.
    Declaration(Box<Stmt>),
}
