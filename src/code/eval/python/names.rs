//! What paths are asked for by: `reverse("users:detail")`, `url_for("users.get")`. A route's name is what it is given, or that of
//! what handles it; what stands before it comes from the lists and routers that it stands in.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::routes::handler::NAMED;
use super::super::routes::reading::Reading;
use super::super::value::{ClassValue, Lazy, ListKind, Map, Native, Spot, Value};
use crate::code::form::{Expr, ExprKind, Name, Pattern, StmtKind};
use crate::code::holes::has_hole;
use crate::code::models::{IncludeWord, TableModel};

/// The argument that what a call decorates is bound to.
pub(crate) const DECORATED: &str = "decorated";
/// Names that one route may have.
const MOST: usize = 64;

impl Machine<'_> {
    /// Names the entries of a router from a place on, as a model says.
    pub(crate) fn name_as(&mut self, node: usize, first: usize, word: Option<&String>, bound: &Rc<Map>, spot: Spot) {
        let Some(word) = word else { return };
        let name = self.argument_at(bound, word, spot);
        self.name_entries(node, first, &[name]);
    }

    /// Names the entries of a router from a place on.
    pub(crate) fn name_entries(&mut self, node: usize, first: usize, names: &[Value]) {
        for index in first..self.forest.nodes[node].entries.len() {
            self.forest.nodes[node].names.insert(index, names.to_vec());
        }
    }

    /// What an entry is asked for by.
    pub(in crate::code::eval) fn names_of(&mut self, node: usize, index: usize) -> Vec<String> {
        let names = self.forest.nodes[node].names.get(&index).cloned().unwrap_or_default();
        names.iter().flat_map(|name| self.name_of(name, 0)).collect()
    }

    /// What stands before names, where any of these is known.
    pub(in crate::code::eval) fn space_of(&mut self, names: &[Value]) -> Option<Vec<String>> {
        let names: Vec<String> = names.iter().flat_map(|name| self.name_of(name, 0)).collect();
        (!names.is_empty()).then_some(names)
    }

    /// The names that a value stands for: a text is one, a function has one, a class two.
    fn name_of(&mut self, value: &Value, depth: usize) -> Vec<String> {
        match self.force(value.clone()) {
            Value::Function(it) => it.function.name.iter().map(ToString::to_string).collect(),
            Value::Bound(it) if depth < 4 => self.name_of(&it.callee, depth + 1),
            Value::Class(it) => {
                let name = it.class.name.as_deref().unwrap_or_default();
                vec![name.to_owned(), name.to_lowercase()]
            }
            Value::Native(it) => match &*it {
                Native::View(view) => {
                    let name = view.marks.named(NAMED);
                    name.map_or_else(Vec::new, |name| self.name_of(&name, depth + 1))
                }
                _ => Vec::new(),
            },
            Value::Alt(all) if depth < 4 => all.iter().flat_map(|one| self.name_of(one, depth + 1)).collect(),
            other => other.as_whole_text().filter(|text| !text.is_empty()).iter().map(ToString::to_string).collect(),
        }
    }

    /// The list of another module, with what stands before the names of its routes.
    pub(crate) fn include_named(&mut self, word: &IncludeWord, bound: &Rc<Map>, spot: Spot) -> Value {
        let given = self.argument_at(bound, &word.of, spot);
        let mut names = Vec::new();
        if let Some(name) = &word.name {
            names.push(self.argument_at(bound, name, spot));
        }
        let (first, second) = match &given {
            Value::List(list) if list.kind == ListKind::Tuple => {
                let items = list.items.borrow();
                (items.first().cloned().unwrap_or(Value::Undefined), items.get(1).cloned())
            }
            other => (other.clone(), None),
        };
        names.extend(second.filter(|second| second.as_whole_text().is_some()));
        let module = match self.force(first) {
            Value::Module(id) => Some(id),
            other => other.as_whole_text().and_then(|dotted| {
                let scope = self.modules[spot.module.0].scope.clone();
                match self.load_dotted(&dotted, &scope) {
                    Value::Module(id) => Some(id),
                    _ => None,
                }
            }),
        };
        if let (Some(id), false) = (module, word.named.is_empty()) {
            names.push(Value::Lazy(Rc::new(Lazy::Export(id, word.named.as_str().into()))));
        }
        names.retain(|name| !name.is_nothing());
        let list = self.include(word, given, spot);
        if names.is_empty() {
            return list;
        }
        let Value::List(named) = Value::list(vec![list]) else { return Value::unknown() };
        named.names.replace(names);
        Value::List(named)
    }

    /// What the names of the routes of a class that is registered as a whole begin with: what is given, else its model.
    pub(in crate::code::eval) fn resource_names(
        &mut self,
        node: usize,
        index: usize,
        class: &Value,
        table: &TableModel,
    ) -> Vec<String> {
        let given = self.names_of(node, index);
        if !given.is_empty() {
            return given;
        }
        let Value::Class(class) = self.force(class.clone()) else { return Vec::new() };
        let model = self.ancestors(&class).into_iter().find_map(|one| match one {
            Value::Class(one) => model_in(&one, &table.model),
            _ => None,
        });
        model.map(|model| model.to_lowercase()).into_iter().collect()
    }
}

impl Reading {
    /// A path is asked for by these names.
    pub(in crate::code::eval) fn call(&mut self, names: &[String], path: &str) {
        if has_hole(path) {
            return;
        }
        let mut all = vec![String::new()];
        for space in &self.spaces {
            all =
                all.iter().flat_map(|head| space.iter().map(move |name| format!("{head}{name}:"))).take(MOST).collect();
        }
        for name in names {
            self.names.extend(all.iter().map(|head| (format!("{head}{name}"), path.to_owned())));
        }
    }
}

/// The model that a class member asks: `User` in `queryset = models.User.objects.all()`.
fn model_in(class: &Rc<ClassValue>, member: &str) -> Option<Name> {
    let own = |target: &Pattern| matches!(target, Pattern::Name(name, _) if **name == *member);
    class.class.body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Bind { target, value: Some(value), .. } | StmtKind::Assign { target, value, .. } if own(target) => {
            capital(value)
        }
        _ => None,
    })
}

/// The last word of the first dotted name of a chain that begins with a capital letter.
fn capital(expr: &Expr) -> Option<Name> {
    let is_capital = |name: &Name| name.starts_with(|c: char| c.is_ascii_uppercase());
    match &expr.kind {
        ExprKind::Call(call) => capital(&call.callee),
        ExprKind::Member(object, name) => capital(object).or_else(|| is_capital(name).then(|| name.clone())),
        ExprKind::Name(name) => is_capital(name).then(|| name.clone()),
        _ => None,
    }
}
