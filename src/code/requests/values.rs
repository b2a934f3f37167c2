//! What a text may be, from the bindings of its file alone: literals, templates, concatenations, constants, loops over
//! tables, arguments that helpers are called with. Two bindings of a name in one scope are two values. What is not known is a
//! hole.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};

use super::idioms::Naming;
use super::scopes::{handed, is_this};
use super::walk::{Chain, Scope, Seen, chain, walk};
use crate::code::form::{
    BinaryOp, Block, Entry, Expr, ExprKind, Function, Language, LogicalOp, MacroCall, Pattern, PatternField,
    TemplatePart,
};

/// A part of a text that is not known.
pub(crate) const HOLE: char = '\u{0}';
/// Values that one text may have.
const MOST_VALUES: usize = 64;
/// Nesting that is followed.
const MOST_DEPTH: u32 = 12;
/// Steps that one file may take.
const MOST_STEPS: u32 = 200_000;
/// Bytes of a text.
const MOST_BYTES: usize = 2_048;

/// An expression and the scope that its names are those of.
pub(super) type At<'a> = (&'a Expr, Scope);

/// Where a name's value comes from.
#[derive(Clone)]
pub(super) enum Source<'a> {
    Value(At<'a>),
    Element(At<'a>),
    Nth(Box<Source<'a>>, usize),
    Field(Box<Source<'a>>, &'a str),
    /// What the function with this scope gives.
    Given(Scope),
}

/// The bindings of a file.
pub(super) struct Values<'a> {
    pub(super) names: HashMap<&'a str, BTreeMap<Scope, Vec<Source<'a>>>>,
    /// Members that are assigned to (`self.url = …`), each with the scope where that is done.
    pub(super) members: HashMap<&'a str, Vec<(Scope, Source<'a>)>>,
    /// Functions, by name, and those that are fixtures or properties.
    pub(super) functions: Functions<'a>,
    /// What functions give, by their scopes.
    pub(super) given: BTreeMap<Scope, Vec<At<'a>>>,
    /// Classes: their scopes, and the names of their bases.
    pub(super) classes: BTreeMap<Scope, Vec<&'a str>>,
    /// The scopes of classes by name.
    pub(super) class_names: HashMap<&'a str, Vec<Scope>>,
    /// Names that imports bind, and what each is where it comes from.
    pub(super) aliases: HashMap<&'a str, &'a str>,
    /// Functions that are being called, and what their parameters are there.
    pub(super) frames: RefCell<Vec<(Scope, Frame<'a>)>>,
    pub(super) language: Language,
    /// The words for what asks for paths by name.
    pub(super) namings: &'static [Naming],
    pub(super) around: Vec<Scope>,
    pub(super) files: usize,
    scopes: HashMap<usize, Scope>,
    /// The chains of calls, with their scopes.
    pub(super) chains: Vec<(Chain<'a>, Scope)>,
    steps: Cell<u32>,
    /// The names and members whose values are being looked up: one that leads to itself is not known.
    active: RefCell<Vec<usize>>,
}

/// What parameters are bound to by one call.
pub(super) type Frame<'a> = Vec<(&'a Pattern, Source<'a>)>;

/// Functions by name, each with its own scope.
pub(super) type Functions<'a> = HashMap<&'a str, Vec<(&'a Function, Scope)>>;

impl<'a> Values<'a> {
    /// Reads the bindings of a file, or of parts of it, and of those that it imports, which stand behind it.
    pub(super) fn new(files: &[Vec<&'a Block>], language: Language, namings: &'static [Naming]) -> Self {
        let mut values = Self {
            names: HashMap::new(),
            members: HashMap::new(),
            functions: HashMap::new(),
            given: BTreeMap::new(),
            classes: BTreeMap::new(),
            class_names: HashMap::new(),
            aliases: HashMap::new(),
            frames: RefCell::new(Vec::new()),
            language,
            namings,
            around: Vec::new(),
            files: files.len(),
            scopes: HashMap::new(),
            chains: Vec::new(),
            steps: Cell::new(0),
            active: RefCell::new(Vec::new()),
        };
        values.around = walk(files, &mut |seen, scope| match seen {
            Seen::Bind(target, value) => values.bind(target, &Source::Value((value, scope)), scope),
            Seen::Each(target, iterable, own) => values.each(target, (iterable, scope), own),
            Seen::Function(name, function, own) => {
                values.scopes.insert(std::ptr::from_ref(function).addr(), own);
                values.parametrised(function, scope, own);
                if let Some(name) = name {
                    values.functions.entry(name).or_default().push((function, own));
                }
            }
            Seen::Return(value) => values.given.entry(scope).or_default().push((value, scope)),
            Seen::Class(class, own) => values.class(class, own),
            Seen::Import(import) => values.import(import),
            Seen::Chain(chain) => values.chains.push((chain, scope)),
        });
        let chains = std::mem::take(&mut values.chains);
        for (chain, scope) in &chains {
            values.hand(chain, *scope, language);
        }
        values.chains = chains;
        values.settle();
        values
    }

    fn bind(&mut self, target: &'a Pattern, source: &Source<'a>, scope: Scope) {
        match target {
            Pattern::Name(name, _) => {
                self.names.entry(name).or_default().entry(scope).or_default().push(source.clone())
            }
            Pattern::Place(place) => {
                if let ExprKind::Member(_, name) = &place.kind {
                    self.members.entry(name).or_default().push((scope, source.clone()));
                }
            }
            Pattern::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.bind(&item.target, &Source::Nth(Box::new(source.clone()), index), scope);
                }
            }
            Pattern::Map(fields) => {
                for field in fields {
                    if let PatternField::Key { key, target, .. } = field
                        && let ExprKind::Str(key) = &key.kind
                    {
                        self.bind(target, &Source::Field(Box::new(source.clone()), key), scope);
                    }
                }
            }
            Pattern::Ignore => {}
        }
    }

    /// The file that a scope stands in, by its position.
    pub(super) fn file(&self, scope: Scope) -> usize {
        let mut scope = scope;
        while let Some(outer) = self.around.get(scope).copied().filter(|outer| *outer != scope) {
            scope = outer;
        }
        scope
    }

    /// A loop. Go's `range` and what counts (`enumerate`, `entries`) bind the element second.
    fn each(&mut self, target: &'a Pattern, iterable: At<'a>, own: Scope) {
        let source = Source::Element(iterable);
        if let Pattern::List(items) = target
            && let [_, item] = items.as_slice()
        {
            self.bind(&item.target, &source, own);
        }
        self.bind(target, &source, own);
    }

    /// `@pytest.mark.parametrize("path, status", [("/a", 200)])`, `#[case("/a")]`, `@ValueSource(strings = {"/a"})`.
    fn parametrised(&mut self, function: &'a Function, scope: Scope, own: Scope) {
        for decorator in &function.decorators {
            let chain = chain(&decorator.expr);
            let Some(link) = chain.links.last() else { continue };
            match (link.name, link.args()) {
                (Some("parametrize"), [names, table, ..]) => {
                    let ExprKind::Str(names) = &names.value.kind else { continue };
                    let names: Vec<&'a str> = names.split(',').map(str::trim).collect();
                    for (index, name) in names.iter().enumerate() {
                        let element = Source::Element((&table.value, scope));
                        let source = if names.len() == 1 { element } else { Source::Nth(Box::new(element), index) };
                        self.names.entry(name).or_default().entry(own).or_default().push(source);
                    }
                }
                (Some("case"), args) => {
                    for (param, arg) in function.params.iter().zip(args) {
                        self.bind(&param.target, &Source::Value((&arg.value, scope)), own);
                    }
                }
                (Some("ValueSource"), [table]) => {
                    if let Some(param) = function.params.first() {
                        self.bind(&param.target, &Source::Element((&table.value, scope)), own);
                    }
                }
                _ => {}
            }
        }
    }

    /// What calls hand to functions of this file: arguments to parameters, elements to callbacks.
    fn hand(&mut self, chain: &Chain<'a>, scope: Scope, language: Language) {
        for (index, link) in chain.links.iter().enumerate() {
            for (function, inner) in link.name.and_then(|name| self.functions.get(name)).cloned().unwrap_or_default() {
                for (target, source) in handed(function, link, scope, language) {
                    self.bind(target, &source, inner);
                }
            }
            let callback = link.args().iter().find_map(|arg| match &arg.value.kind {
                ExprKind::Function(function) => Some(&**function),
                _ => None,
            });
            let Some(callback) = callback else { continue };
            let before = index.checked_sub(1).map(|index| &chain.links[index]);
            // `it.each(table)(name, callback)`, `table.forEach(callback)`, `this.table.forEach(callback)`.
            let table = before.filter(|link| link.name == Some("each")).and_then(|link| link.args().first());
            let walks = matches!(link.name, Some("forEach" | "map" | "for_each"));
            if let Some(table) = table {
                self.row(callback, (&table.value, scope));
            } else if walks && index == 0 {
                self.row(callback, (chain.root, scope));
            }
        }
    }

    /// A row of a table is spread over a callback's parameters, and is its first parameter.
    fn row(&mut self, callback: &'a Function, table: At<'a>) {
        let Some(own) = self.scopes.get(&std::ptr::from_ref(callback).addr()).copied() else { return };
        for (index, param) in callback.params.iter().enumerate() {
            let element = Source::Element(table);
            if index == 0 {
                self.bind(&param.target, &element, own);
            }
            self.bind(&param.target, &Source::Nth(Box::new(element), index), own);
        }
    }

    fn spent(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() > MOST_STEPS
    }

    /// The expressions that a source stands for.
    fn behind(&self, source: &Source<'a>, depth: u32) -> Vec<At<'a>> {
        if depth > MOST_DEPTH || self.spent() {
            return Vec::new();
        }
        let each = |source: &Source<'a>| {
            let all = self.behind(source, depth + 1).into_iter();
            all.flat_map(|at| self.literal(at, depth + 1)).collect::<Vec<_>>()
        };
        match source {
            Source::Value(at) => vec![*at],
            Source::Element(at) => self.items(*at, depth + 1),
            Source::Given(own) => self.given.get(own).cloned().unwrap_or_default(),
            Source::Nth(source, index) => each(source)
                .into_iter()
                .filter_map(|(expr, scope)| match &expr.kind {
                    ExprKind::List(items) | ExprKind::Tuple(items) => {
                        items.get(*index).map(|item| (&item.value, scope))
                    }
                    _ => None,
                })
                .collect(),
            Source::Field(source, name) => each(source)
                .into_iter()
                .filter_map(|(expr, scope)| field(expr, name).map(|expr| (expr, scope)))
                .collect(),
        }
    }

    /// Names followed to what they are bound to.
    pub(super) fn literal(&self, (expr, scope): At<'a>, depth: u32) -> Vec<At<'a>> {
        if depth > MOST_DEPTH || self.spent() {
            return Vec::new();
        }
        match &expr.kind {
            ExprKind::Name(name) => {
                let sources = self.bound(name, scope);
                let all = sources.iter().take(MOST_VALUES).flat_map(|source| self.behind(source, depth + 1));
                all.flat_map(|at| self.literal(at, depth + 1)).take(MOST_VALUES).collect()
            }
            ExprKind::Await(inner)
            | ExprKind::Cast(inner, _)
            | ExprKind::Composite(_, inner)
            | ExprKind::Unary(_, inner) => self.literal((inner, scope), depth + 1),
            _ => vec![(expr, scope)],
        }
    }

    /// The elements of something that is walked.
    fn items(&self, at: At<'a>, depth: u32) -> Vec<At<'a>> {
        let mut found = Vec::new();
        for (expr, scope) in self.literal(at, depth) {
            match &expr.kind {
                ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                    found.extend(items.iter().map(|item| (&item.value, scope)));
                }
                ExprKind::Map(entries) => found.extend(entries.iter().filter_map(|entry| match entry {
                    Entry::Pair(_, value) => Some((value, scope)),
                    Entry::Spread(_) => None,
                })),
                ExprKind::Call(_) if depth < MOST_DEPTH => {
                    let chain = chain(expr);
                    // `enumerate(table)`, `table.entries()`, `table.iter()`.
                    let first = chain.links.first().and_then(|link| link.args().first());
                    let inner = if chain.links.len() == 1 { first.map(|arg| &arg.value) } else { None };
                    let bare = chain.links.iter().all(|link| link.args().is_empty());
                    let inner = inner.or_else(|| bare.then_some(chain.root));
                    found.extend(inner.map(|inner| self.items((inner, scope), depth + 1)).unwrap_or_default());
                }
                ExprKind::Macro(inner) => found.extend(inner.args.iter().map(|arg| (&arg.value, scope))),
                _ => {}
            }
        }
        found.truncate(MOST_VALUES);
        found
    }

    /// The map that an argument is, names followed.
    pub(super) fn map(&self, expr: &'a Expr, scope: Scope) -> Option<At<'a>> {
        self.literal((expr, scope), 0).into_iter().find(|(expr, _)| matches!(expr.kind, ExprKind::Map(_)))
    }

    /// What a text may be.
    pub(super) fn texts(&self, expr: &'a Expr, scope: Scope) -> Vec<String> {
        let mut all = self.text((expr, scope), 0);
        all.sort();
        all.dedup();
        all
    }

    pub(super) fn sources(&self, sources: &[Source<'a>], depth: u32) -> Vec<String> {
        let exprs: Vec<At<'a>> =
            sources.iter().take(MOST_VALUES).flat_map(|source| self.behind(source, depth)).collect();
        exprs.into_iter().take(MOST_VALUES).flat_map(|at| self.text(at, depth)).take(MOST_VALUES).collect()
    }

    pub(super) fn text(&self, (expr, scope): At<'a>, depth: u32) -> Vec<String> {
        let hole = || vec![HOLE.to_string()];
        if depth > MOST_DEPTH || self.spent() {
            return hole();
        }
        let next = depth + 1;
        let of = |expr: &'a Expr| self.text((expr, scope), next);
        let known = |all: Vec<String>| if all.is_empty() { hole() } else { all };
        match &expr.kind {
            ExprKind::Str(text) => vec![text.to_string()],
            ExprKind::Int(number) => vec![number.to_string()],
            ExprKind::Template(parts) => parts.iter().fold(vec![String::new()], |all, part| match part {
                TemplatePart::Text(text) => product(&all, &[text.to_string()]),
                TemplatePart::Expr(expr) => product(&all, &of(expr)),
            }),
            ExprKind::Binary(BinaryOp::Add, left, right) => product(&of(left), &of(right)),
            ExprKind::Binary(BinaryOp::Mod, left, _) => of(left).iter().map(|text| percents(text)).collect(),
            ExprKind::Conditional(_, left, right)
            | ExprKind::Logical(LogicalOp::Or | LogicalOp::Coalesce, left, right) => {
                let mut all = of(left);
                all.extend(of(right));
                all
            }
            ExprKind::Await(inner) | ExprKind::Cast(inner, _) | ExprKind::Unary(_, inner) => of(inner),
            ExprKind::Name(_) | ExprKind::Member(..) => {
                let address = std::ptr::from_ref(expr).addr();
                if self.active.borrow().contains(&address) {
                    return hole();
                }
                self.active.borrow_mut().push(address);
                let all = match &expr.kind {
                    ExprKind::Member(object, name) => self.member(object, name, scope, next),
                    ExprKind::Name(name) => self.sources(&self.bound(name, scope), next),
                    _ => Vec::new(),
                };
                self.active.borrow_mut().pop();
                known(all)
            }
            ExprKind::Call(_) => {
                let chain = chain(expr);
                let named = self.asked(&chain, scope, next);
                let all =
                    named.or_else(|| self.called(&chain, scope, next)).or_else(|| self.entered(&chain, scope, next));
                known(all.unwrap_or_default())
            }
            ExprKind::Macro(inner) => self.formatted(inner, scope, next).unwrap_or_else(hole),
            _ => hole(),
        }
    }

    /// A member of a map, or `self.url` and `this.base`: what is bound to a member or a field of that name.
    fn member(&self, object: &'a Expr, name: &str, scope: Scope, depth: u32) -> Vec<String> {
        let objects = self.literal((object, scope), depth);
        let fields: Vec<At<'a>> =
            objects.into_iter().filter_map(|(expr, scope)| field(expr, name).map(|expr| (expr, scope))).collect();
        if !fields.is_empty() {
            return fields.into_iter().flat_map(|at| self.text(at, depth)).take(MOST_VALUES).collect();
        }
        if !is_this(object) {
            return Vec::new();
        }
        self.sources(&self.own_member(name, scope), depth)
    }

    /// Calls that give text: formatting, and what wraps a URL.
    fn called(&self, chain: &Chain<'a>, scope: Scope, depth: u32) -> Option<Vec<String>> {
        let last = chain.links.last()?;
        let first = last.args().first().map(|arg| &arg.value);
        let of = |expr: &'a Expr| self.text((expr, scope), depth);
        let alone = chain.links.len() == 1;
        match last.name? {
            "format" if alone && !matches!(chain.root.kind, ExprKind::Name(_) | ExprKind::Path(_)) => {
                Some(of(chain.root).iter().map(|text| braces(text)).collect())
            }
            "Sprintf" | "sprintf" | "format" => Some(of(first?).iter().map(|text| percents(text)).collect()),
            "URL" | "URI" | "create" | "from_static" | "encodeURI" | "str" | "String" | "from" | "join" => {
                Some(of(first?))
            }
            "urljoin" => last.args().get(1).map(|arg| of(&arg.value)),
            "toString" | "to_string" | "to_owned" | "as_str" | "into" | "clone" | "parse" | "unwrap" | "strip"
                if alone =>
            {
                Some(of(chain.root))
            }
            _ => None,
        }
    }

    /// `format!("/x/{id}", …)`: names in braces are looked up.
    fn formatted(&self, inner: &'a MacroCall, scope: Scope, depth: u32) -> Option<Vec<String>> {
        if inner.path.last().map(|name| &**name) != Some("format") {
            return None;
        }
        let ExprKind::Str(pattern) = &inner.args.first()?.value.kind else { return None };
        let mut positional = inner.args.iter().skip(1).filter(|arg| arg.name.is_none()).map(|arg| &arg.value);
        let mut all = vec![String::new()];
        let mut rest: &str = pattern;
        while let Some(start) = rest.find('{') {
            let Some(end) = rest[start..].find('}').map(|end| start + end) else { break };
            all = product(&all, &[rest[..start].to_owned()]);
            let name = rest[start + 1..end].split(':').next().unwrap_or_default().trim();
            let value = if name.is_empty() {
                positional.next().map(|expr| self.text((expr, scope), depth)).unwrap_or_default()
            } else {
                self.sources(&self.bound(name, scope), depth)
            };
            all = product(&all, &if value.is_empty() { vec![HOLE.to_string()] } else { value });
            rest = &rest[end + 1..];
        }
        Some(product(&all, &[rest.to_owned()]))
    }
}

/// A member of a map literal.
pub(super) fn field<'a>(expr: &'a Expr, name: &str) -> Option<&'a Expr> {
    let entries = match &expr.kind {
        ExprKind::Map(entries) => entries,
        ExprKind::Composite(_, inner) | ExprKind::Unary(_, inner) => return field(inner, name),
        _ => return None,
    };
    entries.iter().find_map(|entry| match entry {
        Entry::Pair(key, value) => {
            let found = matches!(&key.kind, ExprKind::Str(key) | ExprKind::Name(key) if **key == *name);
            found.then_some(value)
        }
        Entry::Spread(_) => None,
    })
}

fn product(left: &[String], right: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for one in left {
        for other in right {
            if all.len() < MOST_VALUES && one.len() + other.len() <= MOST_BYTES {
                all.push(format!("{one}{other}"));
            }
        }
    }
    all
}

/// `%s`, `%d`, `%(name)s` as holes.
fn percents(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            out.push('%');
            continue;
        }
        while chars.next_if(|c| !c.is_ascii_alphabetic() || *c == '(').is_some() {}
        chars.next();
        out.push(HOLE);
    }
    out
}

/// `{}`, `{name}` as holes.
pub(super) fn braces(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}') else { break };
        out.push_str(&rest[..start]);
        out.push(HOLE);
        rest = &rest[start + end + 1..];
    }
    out + rest
}
