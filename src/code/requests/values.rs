//! What a text may be, from the bindings of its file alone: literals, templates, concatenations, constants, loops over
//! tables, arguments that helpers are called with. Two bindings of a name in one scope are two values. What is not known is a
//! hole.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::idioms::{Idioms, Naming};
use super::live::Live;
use super::scopes::{handed, is_this};
use super::walk::{Called, Chain, Scope, Seen, chain, walk};
use crate::code::form::{
    Block, Entry, Expr, ExprKind, Function, Language, Pattern, PatternField, TemplatePart, TypeRef,
};

/// A part of a text that is not known.
pub(crate) const HOLE: char = '\u{0}';
/// Values that one text may have.
pub(super) const MOST_VALUES: usize = 64;
/// Nesting that is followed.
pub(super) const MOST_DEPTH: u32 = 12;
/// Steps that one file may take.
const MOST_STEPS: u32 = 200_000;

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
    /// What one call of a function hands it: the how manieth.
    Handed(usize, At<'a>),
    /// A column of a table that is written as a template: its first cell, and how many there are in a row.
    Column(&'a Expr, Scope, usize, usize),
}

/// Where one of several is taken: the elements of a table, the calls of a helper. What is taken from one place is taken of the
/// same element, so that a row's method goes with its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Choice {
    /// The expression that is walked, by its address.
    Element(usize),
    /// The function that is called, by its scope.
    Calls(Scope),
}

/// A function, and how it is called.
#[derive(Clone, Copy)]
pub(super) struct Helper<'a> {
    pub(super) function: &'a Function,
    pub(super) own: Scope,
    /// Whether it is called by its name alone.
    pub(super) free: bool,
}

/// A file that is read: which of its blocks, where it lies, and whether it is one of tests.
pub(super) struct Read<'a> {
    pub(super) path: &'a str,
    pub(super) blocks: Vec<&'a Block>,
    pub(super) tests: bool,
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
    /// The scopes of classes that extend nothing.
    pub(super) bare: BTreeSet<Scope>,
    /// The scopes of classes by name.
    pub(super) class_names: HashMap<&'a str, Vec<Scope>>,
    /// The scopes of what is added to classes elsewhere, by the class's name.
    pub(super) extensions: HashMap<&'a str, Vec<Scope>>,
    /// The names of classes by their scopes.
    pub(super) titles: BTreeMap<Scope, &'a str>,
    /// Names that imports bind, and what each is where it comes from.
    pub(super) aliases: HashMap<&'a str, &'a str>,
    /// Functions that are being called, and what their parameters are there.
    pub(super) frames: RefCell<Vec<(Scope, Frame<'a>)>>,
    pub(super) language: Language,
    /// The files, the first one's requests are asked for.
    pub(super) read: &'a [Read<'a>],
    pub(super) idioms: &'static Idioms,
    /// Names that have a stated type, by the scope that they stand in.
    pub(super) types: HashMap<&'a str, BTreeMap<Scope, &'a TypeRef>>,
    /// The names of types' fields in order.
    pub(super) fields: HashMap<&'a str, Vec<&'a str>>,
    /// Literals that are rows of a type, by their addresses.
    pub(super) rows: HashMap<usize, &'a str>,
    /// What imports bind, and the last part of what each comes from.
    pub(super) modules: HashMap<&'a str, Vec<&'a str>>,
    /// Names and paths that are mentioned, and where.
    pub(super) mentions: Vec<At<'a>>,
    /// Functions by their scopes.
    pub(super) bodies: BTreeMap<Scope, &'a Function>,
    /// The scopes of functions with a name.
    pub(super) titled: BTreeSet<Scope>,
    /// How often each function is called.
    calls: BTreeMap<Scope, usize>,
    /// What was taken of several, and of how many.
    choices: RefCell<BTreeMap<Choice, usize>>,
    /// What is to be taken.
    pins: RefCell<BTreeMap<Choice, usize>>,
    /// The words for what asks for paths by name.
    pub(super) namings: &'static [Naming],
    pub(super) around: Vec<Scope>,
    pub(super) files: usize,
    pub(super) scopes: HashMap<usize, Scope>,
    /// The chains of calls, with their scopes.
    pub(super) chains: Vec<(Chain<'a>, Scope)>,
    steps: Cell<u32>,
    /// The names and members whose values are being looked up: one that leads to itself is not known.
    pub(super) active: RefCell<Vec<usize>>,
}

/// What one call hands to parameters.
type Handing<'a> = Vec<(&'a Pattern, At<'a>)>;

/// What parameters are bound to by one call.
pub(super) type Frame<'a> = Vec<(&'a Pattern, Source<'a>)>;

/// Functions by name.
pub(super) type Functions<'a> = HashMap<&'a str, Vec<Helper<'a>>>;

impl<'a> Values<'a> {
    /// Reads the bindings of a file, or of parts of it, and of those that it imports, which stand behind it. What helpers are
    /// called with is what `outside` or these files call.
    pub(super) fn new(
        read: &'a [Read<'a>],
        language: Language,
        idioms: &'static Idioms,
        outside: &dyn Fn(&str) -> bool,
    ) -> (Self, Live) {
        let files: Vec<Vec<&'a Block>> = read.iter().map(|file| file.blocks.clone()).collect();
        let mut values = Self {
            names: HashMap::new(),
            members: HashMap::new(),
            functions: HashMap::new(),
            given: BTreeMap::new(),
            classes: BTreeMap::new(),
            bare: BTreeSet::new(),
            class_names: HashMap::new(),
            extensions: HashMap::new(),
            titles: BTreeMap::new(),
            aliases: HashMap::new(),
            frames: RefCell::new(Vec::new()),
            language,
            read,
            idioms,
            types: HashMap::new(),
            fields: HashMap::new(),
            rows: HashMap::new(),
            modules: HashMap::new(),
            mentions: Vec::new(),
            bodies: BTreeMap::new(),
            titled: BTreeSet::new(),
            calls: BTreeMap::new(),
            choices: RefCell::default(),
            pins: RefCell::default(),
            namings: idioms.namings(language),
            around: Vec::new(),
            files: files.len(),
            scopes: HashMap::new(),
            chains: Vec::new(),
            steps: Cell::new(0),
            active: RefCell::new(Vec::new()),
        };
        values.around = walk(&files, idioms.skips(language), &mut |seen, scope| match seen {
            Seen::Bind(target, value) => values.bind(target, &Source::Value((value, scope)), scope),
            Seen::Each(target, iterable, own) => values.each(target, (iterable, scope), own),
            Seen::Function(called, function, own) => {
                values.scopes.insert(std::ptr::from_ref(function).addr(), own);
                values.bodies.insert(own, function);
                values.parametrised(function, scope, own);
                for param in function.params.iter().chain(&function.receiver) {
                    if let (Pattern::Name(name, _), Some(ty)) = (&param.target, &param.ty) {
                        values.types.entry(name).or_default().insert(own, ty);
                    }
                }
                if let Some(Called::Name(name) | Called::Member(name)) = called {
                    let free = matches!(called, Some(Called::Name(_)));
                    values.functions.entry(name).or_default().push(Helper { function, own, free });
                }
            }
            Seen::Typed(name, ty) => {
                values.types.entry(name).or_default().insert(scope, ty);
            }
            Seen::Extend(extension, own) => values.extension(extension, own),
            Seen::Module(name) => values.modules.entry(name).or_default().push(name),
            Seen::Mention(expr) => values.mentions.push((expr, scope)),
            Seen::Composite(ty, inner) => values.composite(ty, inner),
            Seen::Return(value) => values.given.entry(scope).or_default().push((value, scope)),
            Seen::Class(class, own) => {
                if let Some(name) = &class.name {
                    values.fields.insert(name, class.fields.iter().map(|field| &*field.name).collect());
                }
                values.bare.extend(class.bases.is_empty().then_some(own));
                values.class(class, own);
            }
            Seen::Import(import) => values.import(import),
            Seen::Chain(chain) => values.chains.push((chain, scope)),
        });
        values.settle();
        let live = values.live(outside);
        values.steps.set(0);
        let chains = std::mem::take(&mut values.chains);
        let given: Vec<Vec<(Helper<'a>, Handing<'a>)>> = chains
            .iter()
            .map(|(chain, scope)| if values.sends(*scope, &live) { values.handed(chain, *scope) } else { Vec::new() })
            .collect();
        for (helper, handing) in given.into_iter().flatten() {
            let count = values.calls.entry(helper.own).or_default();
            let call = std::mem::replace(count, *count + 1);
            for (target, at) in handing {
                values.bind(target, &Source::Handed(call, at), helper.own);
            }
        }
        for (chain, scope) in &chains {
            values.hand(chain, *scope);
        }
        values.chains = chains;
        values.steps.set(0);
        (values, live)
    }

    /// Whether what stands in a scope runs, and in a file of tests.
    pub(super) fn sends(&self, scope: Scope, live: &Live) -> bool {
        self.read.get(self.file(scope)).is_some_and(|file| file.tests) && self.runs(scope, live)
    }

    /// The functions of these files that a chain calls, and what it hands them.
    fn handed(&self, chain: &Chain<'a>, scope: Scope) -> Vec<(Helper<'a>, Handing<'a>)> {
        let mut all = Vec::new();
        for link in chain.links.iter().filter(|link| link.call.is_some()) {
            for (function, own) in self.callees(link.whole, scope, 0) {
                let frame = handed(function, link, scope, self.language).into_iter();
                let handing = frame.filter_map(|(target, source)| match source {
                    Source::Value(at) => Some((target, at)),
                    _ => None,
                });
                all.push((Helper { function, own, free: true }, handing.collect()));
            }
        }
        all
    }

    /// What is taken of several, where one of them is to be taken.
    fn choose<T>(&self, choice: Choice, mut all: Vec<T>) -> Vec<T> {
        match self.pins.borrow().get(&choice) {
            Some(index) if *index < all.len() => vec![all.swap_remove(*index)],
            Some(_) => Vec::new(),
            None => {
                self.choices.borrow_mut().insert(choice, all.len());
                all
            }
        }
    }

    /// What is asked of these bindings, and what was taken of several for it.
    pub(super) fn choosing<T>(&self, ask: impl FnOnce() -> T) -> (T, BTreeMap<Choice, usize>) {
        let before = self.choices.take();
        let answer = ask();
        (answer, self.choices.replace(before))
    }

    /// What is asked while one of several is taken.
    pub(super) fn taking<T>(&self, choice: Choice, index: usize, ask: impl FnOnce() -> T) -> T {
        self.pins.borrow_mut().insert(choice, index);
        let answer = ask();
        self.pins.borrow_mut().remove(&choice);
        answer
    }

    /// The sources of a name in a scope, where one call of the function is to be taken that one's.
    pub(super) fn of_call(&self, sources: &[Source<'a>], scope: Scope) -> Vec<Source<'a>> {
        let calls = self.calls.get(&scope).copied().unwrap_or_default();
        let is_handed = |source: &Source<'a>| matches!(source, Source::Handed(..));
        if calls < 2 || !sources.iter().any(is_handed) {
            return sources.to_vec();
        }
        let Some(call) = self.choose(Choice::Calls(scope), (0..calls).collect()).first().copied() else {
            return Vec::new();
        };
        if !self.pins.borrow().contains_key(&Choice::Calls(scope)) {
            return sources.to_vec();
        }
        let own = |source: &&Source<'a>| matches!(source, Source::Handed(at, _) if *at == call);
        let handed: Vec<Source<'a>> = sources.iter().filter(own).cloned().collect();
        if handed.is_empty() { sources.iter().filter(|source| !is_handed(source)).cloned().collect() } else { handed }
    }

    pub(super) fn bind(&mut self, target: &'a Pattern, source: &Source<'a>, scope: Scope) {
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

    pub(super) fn spent(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        self.steps.get() > MOST_STEPS
    }

    /// The expressions that a source stands for.
    pub(super) fn behind(&self, source: &Source<'a>, depth: u32) -> Vec<At<'a>> {
        if depth > MOST_DEPTH || self.spent() {
            return Vec::new();
        }
        let each = |source: &Source<'a>| {
            let all = self.behind(source, depth + 1).into_iter();
            all.flat_map(|at| self.literal(at, depth + 1)).collect::<Vec<_>>()
        };
        match source {
            Source::Value(at) | Source::Handed(_, at) => vec![*at],
            Source::Element(at) => {
                self.choose(Choice::Element(std::ptr::from_ref(at.0).addr()), self.items(*at, depth + 1))
            }
            Source::Given(own) => self.given_by(*own),
            Source::Column(table, scope, at, columns) => {
                let cells: Vec<At<'a>> = match &table.kind {
                    ExprKind::Template(parts) => {
                        let cells = parts.iter().filter_map(|part| match part {
                            TemplatePart::Expr(cell) => Some((cell, *scope)),
                            TemplatePart::Text(_) => None,
                        });
                        cells.skip(*at).step_by(*columns).take(MOST_VALUES).collect()
                    }
                    _ => Vec::new(),
                };
                self.choose(Choice::Element(std::ptr::from_ref(*table).addr()), cells)
            }
            Source::Nth(source, index) => each(source)
                .into_iter()
                .filter_map(|(expr, scope)| match &expr.kind {
                    ExprKind::List(items) | ExprKind::Tuple(items) => {
                        items.get(*index).map(|item| (&item.value, scope))
                    }
                    // What a function of Go gives beside an error.
                    ExprKind::Call(_) if self.language == Language::Go && *index == 0 => Some((expr, scope)),
                    _ => None,
                })
                .collect(),
            Source::Field(source, name) => each(source)
                .into_iter()
                .filter_map(|(expr, scope)| self.field(expr, name).map(|expr| (expr, scope)))
                .collect(),
        }
    }

    /// What the function of a scope gives.
    pub(super) fn given_by(&self, own: Scope) -> Vec<At<'a>> {
        self.given.get(&own).cloned().unwrap_or_default()
    }

    /// Names followed to what they are bound to.
    pub(super) fn literal(&self, (expr, scope): At<'a>, depth: u32) -> Vec<At<'a>> {
        if depth > MOST_DEPTH || self.spent() {
            return Vec::new();
        }
        match &expr.kind {
            ExprKind::Name(name) => {
                let sources = self.bound(name, scope);
                if sources.is_empty() {
                    return vec![(expr, scope)];
                }
                let all = sources.iter().take(MOST_VALUES).flat_map(|source| self.behind(source, depth + 1));
                all.flat_map(|at| self.literal(at, depth + 1)).take(MOST_VALUES).collect()
            }
            ExprKind::Member(object, name) => {
                let objects = self.literal((object, scope), depth + 1).into_iter();
                let found: Vec<At<'a>> =
                    objects.filter_map(|(expr, at)| self.field(expr, name).map(|expr| (expr, at))).collect();
                let sources =
                    if found.is_empty() && is_this(object) { self.own_member(name, scope) } else { Vec::new() };
                let assigned = sources.iter().take(MOST_VALUES).flat_map(|source| self.behind(source, depth + 1));
                let all: Vec<At<'a>> = found.into_iter().chain(assigned).collect();
                if all.is_empty() {
                    return vec![(expr, scope)];
                }
                all.into_iter().flat_map(|at| self.literal(at, depth + 1)).take(MOST_VALUES).collect()
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
}
