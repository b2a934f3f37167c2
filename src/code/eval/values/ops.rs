//! Operators, truth, and walking over what has elements.

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{ListKind, Spot, Value};
use crate::code::form::{BinaryOp, Language, Yields};
use crate::code::holes::has_hole;

impl Machine<'_> {
    /// Whether a value counts as true; none where that is not known. What the environment holds never decides.
    pub(crate) fn truth(&self, value: &Value, scope: &ScopeRef) -> Option<bool> {
        let python = self.language(scope) == Language::Python;
        match value {
            Value::Undefined | Value::Null => Some(false),
            Value::Bool(truth) => Some(*truth),
            Value::Int(number) => Some(*number != 0),
            Value::Float(number) => Some(*number != 0.0),
            Value::Str(text) if has_hole(text) => None,
            Value::Str(text) => Some(!text.is_empty()),
            Value::List(list) if python => {
                let known = !list.items.borrow().is_empty();
                if known || !list.partial.get() { Some(known) } else { None }
            }
            Value::Map(map) if python => {
                if map.len() > 0 || !map.partial.get() {
                    Some(map.len() > 0)
                } else {
                    None
                }
            }
            Value::Unknown(_) | Value::Env(_) | Value::Alt(_) | Value::Lazy(_) => None,
            Value::Native(it) => (!matches!(**it, super::super::value::Native::Wrapped(_))).then_some(true),
            Value::List(_)
            | Value::Map(_)
            | Value::Regex(_)
            | Value::Function(_)
            | Value::Bound(_)
            | Value::Method(_)
            | Value::Class(_)
            | Value::Object(_)
            | Value::Super(_)
            | Value::Module(_) => Some(true),
        }
    }

    /// Two strings, or alternatives of them, as one.
    pub(crate) fn concat(&mut self, a: &Value, b: &Value) -> Value {
        let mut out = Vec::new();
        let settled = |machine: &mut Self, value: &Value| match value {
            Value::Env(env) if env.default.is_none() => machine.deployed_value(env).unwrap_or_else(|| value.clone()),
            value => value.clone(),
        };
        for left in settled(self, a).each() {
            for right in settled(self, b).each() {
                match (left.as_text(), right.as_text()) {
                    (Some(left), Some(right)) if left.len() + right.len() < 4_096 => {
                        let whole = Value::text(format!("{left}{right}"));
                        self.suppose_joined(&left, &right, &whole);
                        out.push(whole);
                    }
                    _ => out.push(Value::unknown()),
                }
            }
        }
        Value::any_of(out)
    }

    /// The value of an operator with two operands.
    pub(crate) fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        match op {
            BinaryOp::Add => self.add(a, b),
            BinaryOp::Eq | BinaryOp::Ne if self.may_be_absent(&a, &b) => Value::unknown(),
            BinaryOp::Eq | BinaryOp::Ne => match a.same(&b) {
                Some(same) => Value::Bool(same == (op == BinaryOp::Eq)),
                None if names_one(&a, &b) => Value::Bool(op == BinaryOp::Eq),
                None if self.is_beside_library(&a, &b) || self.is_beside_library(&b, &a) => {
                    Value::Bool(op == BinaryOp::Ne)
                }
                None => Value::unknown(),
            },
            BinaryOp::Mod => match (&a, &b) {
                (Value::Int(a), Value::Int(b)) => a.checked_rem(*b).map_or_else(Value::unknown, Value::Int),
                (Value::Str(text), _) => self.percent_format(text, &b),
                _ => Value::unknown(),
            },
            BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div => arithmetic(op, &a, &b),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => compare(op, &a, &b),
            BinaryOp::BitOr => self.union(&a, &b),
            BinaryOp::In | BinaryOp::NotIn | BinaryOp::Other => Value::unknown(),
        }
    }

    /// Whether one of two is nothing and the other a variable that nothing may have been assigned to.
    fn may_be_absent(&self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Object(it), none) | (none, Value::Object(it)) if none.is_nothing() => {
                it.model.borrow().as_ref().is_some_and(|model| self.forest.nodes[model.node].absent)
                    || super::super::go::may_be_nil(a)
                    || super::super::go::may_be_nil(b)
            }
            // Go's variables of lists and maps are nil until something is put into them; what is not known may have been put
            // there under a condition, as errors are.
            (Value::List(list), Value::Null) | (Value::Null, Value::List(list)) => {
                self.runs_go() && (list.partial.get() || list.items.borrow().iter().all(Value::is_unknown))
            }
            (Value::Map(map), Value::Null) | (Value::Null, Value::Map(map)) => {
                self.runs_go() && (map.partial.get() || map.pairs().is_empty())
            }
            _ => false,
        }
    }

    fn runs_go(&self) -> bool {
        self.frames.last().is_some_and(|frame| self.is_go(frame.spot.module))
    }

    fn add(&mut self, a: Value, b: Value) -> Value {
        let router = |value: &Value| matches!(value, Value::Object(it) if it.model.borrow().is_some());
        let lists = |all: &[Value]| all.iter().any(|one| matches!(one, Value::List(_)));
        match (&a, &b) {
            // Lists that a condition chose between go on as several.
            (Value::Alt(all), _) if lists(all) => {
                Value::any_of(all.iter().map(|one| self.add(one.clone(), b.clone())).collect())
            }
            (_, Value::Alt(all)) if lists(all) => {
                Value::any_of(all.iter().map(|one| self.add(a.clone(), one.clone())).collect())
            }
            _ if router(&a) && router(&b) => Value::list(vec![a, b]),
            (Value::Int(x), Value::Int(y)) => x.checked_add(*y).map_or_else(Value::unknown, Value::Int),
            (Value::Float(x), Value::Float(y)) => Value::Float(x + y),
            (Value::List(x), Value::List(y)) => {
                let items = x.items.borrow().iter().chain(y.items.borrow().iter()).cloned().collect();
                Value::list_of(x.kind, items, x.partial.get() || y.partial.get())
            }
            (Value::List(list), other) | (other, Value::List(list)) if other.as_text().is_none() => {
                let mut items = list.items.borrow().clone();
                let router = matches!(other, Value::Object(it) if it.model.borrow().is_some());
                if matches!(other, Value::Object(_)) {
                    items.push(other.clone());
                }
                Value::list_of(list.kind, items, list.partial.get() || !router)
            }
            (Value::Map(_), Value::Map(_)) => self.union(&a, &b),
            (one, other) if self.is_environment(one) || self.is_environment(other) => {
                let copy = self.copy_of(one);
                if let Value::Map(copy) = &copy {
                    self.merge_map(copy, other);
                }
                copy
            }
            _ => {
                let textual = |value: &Value| value.each().iter().any(|one| one.as_text().is_some());
                if textual(&a) || textual(&b) {
                    let left = self.shown(&a, "x");
                    let right = self.shown(&b, "x");
                    self.concat(&left, &right)
                } else {
                    Value::unknown()
                }
            }
        }
    }

    fn union(&mut self, a: &Value, b: &Value) -> Value {
        match (a, b) {
            (Value::Map(_), _) => {
                let map = super::super::value::Map::default();
                self.merge_map(&map, a);
                self.merge_map(&map, b);
                Value::Map(std::rc::Rc::new(map))
            }
            (Value::List(x), Value::List(y)) => {
                let items = x.items.borrow().iter().chain(y.items.borrow().iter()).cloned().collect();
                Value::list_of(x.kind, items, x.partial.get() || y.partial.get())
            }
            (Value::Unknown(x), Value::Unknown(y)) if !x.is_empty() && !y.is_empty() => {
                Value::list_of(ListKind::Set, vec![a.clone(), b.clone()], false)
            }
            (Value::List(x), Value::Unknown(y)) if !y.is_empty() => {
                let items = x.items.borrow().iter().chain([b]).cloned().collect();
                Value::list_of(x.kind, items, x.partial.get())
            }
            _ => Value::unknown(),
        }
    }

    /// Whether `needle` is in `hay`. Asking whether the environment has a name is a read that tolerates absence.
    pub(crate) fn contains(
        &mut self,
        needle: &Value,
        hay: &Value,
        positive: bool,
        scope: &ScopeRef,
        line: u32,
    ) -> Value {
        let answer = match hay {
            Value::Unknown(path) if self.models.sources.contains_key(&**path) => {
                let spot = Spot { module: scope.module, line };
                let read = self.read_env(needle, spot, true);
                self.tolerate(&read);
                self.ask_in_condition(&read);
                None
            }
            Value::Map(map) if map.environment.get() && needle.key().is_none_or(|key| map.get(&key).is_none()) => {
                let read = self.read_copy(map, needle, Spot { module: scope.module, line });
                self.tolerate(&read);
                self.ask_in_condition(&read);
                None
            }
            Value::List(list) => {
                let mut found = if list.partial.get() { None } else { Some(false) };
                for item in list.items.borrow().iter() {
                    match item.same(needle) {
                        Some(true) => {
                            found = Some(true);
                            break;
                        }
                        Some(false) => {}
                        None => found = None,
                    }
                }
                found
            }
            Value::Map(map) => match needle.key() {
                Some(key) if map.get(&key).is_some() => Some(true),
                Some(_) if !map.partial.get() => Some(false),
                _ => None,
            },
            // Settings of an app: what is told is there.
            Value::Object(it) if it.class.is_none() => {
                let key = needle.as_whole_text();
                key.and_then(|key| it.members.named(&key)).map(|_| true)
            }
            Value::Str(text) => match needle {
                Value::Str(part) if !has_hole(text) && !has_hole(part) => Some(text.contains(&**part)),
                _ => None,
            },
            _ => None,
        };
        answer.map_or_else(Value::unknown, |answer| Value::Bool(answer == positive))
    }

    /// Whether these are a class of the project's and one of a library's that a model names.
    fn is_beside_library(&self, own: &Value, other: &Value) -> bool {
        matches!((own, other), (Value::Class(_), Value::Unknown(path)) if self.models.classes.contains_key(&**path))
    }

    /// The elements of a value, and whether there may be more.
    pub(crate) fn walk(&mut self, value: &Value, yields: Yields, scope: &ScopeRef) -> (Vec<Value>, bool) {
        let value = self.force(value.clone());
        let python = self.language(scope) == Language::Python;
        let pair = |a: Value, b: Value| Value::list_of(ListKind::Tuple, vec![a, b], false);
        self.walks_early(&value, scope);
        match &value {
            Value::List(list) => {
                let items = list.items.borrow().clone();
                let partial = list.partial.get();
                let index = |at: usize| Value::Int(i64::try_from(at).unwrap_or(i64::MAX));
                match yields {
                    Yields::Elements => (items, partial),
                    Yields::Keys => ((0..items.len()).map(index).collect(), partial),
                    Yields::Pairs => {
                        (items.into_iter().enumerate().map(|(at, item)| pair(index(at), item)).collect(), partial)
                    }
                }
            }
            Value::Map(map) => {
                let entries = map.pairs();
                let keys = yields == Yields::Keys || (yields == Yields::Elements && python);
                let items = entries.into_iter().map(|(key, value)| if keys { key } else { pair(key, value) });
                (items.collect(), map.partial.get())
            }
            Value::Str(text) if !has_hole(text) && text.len() < 512 => {
                (text.chars().map(|c| Value::text(c.to_string())).collect(), false)
            }
            Value::Int(count) if yields == Yields::Pairs => {
                ((0..(*count).min(2_000)).map(Value::Int).map(|at| pair(at, Value::Undefined)).collect(), false)
            }
            Value::Alt(all) => {
                let mut out = Vec::new();
                let mut partial = false;
                for one in all.iter() {
                    let (more, open) = self.walk(one, yields, scope);
                    out.extend(more);
                    partial |= open;
                }
                (out, partial)
            }
            Value::Class(class) => {
                let constants = class.members.pairs().into_iter().map(|(_, value)| value);
                (constants.filter(|value| matches!(value, Value::Str(_) | Value::Int(_))).collect(), true)
            }
            Value::Null | Value::Undefined => (Vec::new(), false),
            Value::Object(it) if super::listing::elements_of(it).is_some() => {
                let elements = super::listing::elements_of(it).unwrap_or(Value::Undefined);
                self.walk(&elements, yields, scope)
            }
            // A router that stands for the list of its routes.
            Value::Object(it) if python && it.model.borrow().is_some() => (vec![value.clone()], false),
            _ => (Vec::new(), true),
        }
    }

    /// What an element may be of which nothing is known.
    pub(crate) fn element_of(&self, value: &Value) -> Value {
        match value {
            Value::Unknown(path) if !path.is_empty() => Value::from_path(format!("{path}[]")),
            _ => Value::unknown(),
        }
    }
}

fn arithmetic(op: BinaryOp, a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => match op {
            BinaryOp::Sub => a.checked_sub(*b),
            BinaryOp::Mul => a.checked_mul(*b),
            BinaryOp::Div if *b != 0 && a % b == 0 => a.checked_div(*b),
            _ => None,
        }
        .map_or_else(Value::unknown, Value::Int),
        (Value::Float(a), Value::Float(b)) => match op {
            BinaryOp::Sub => Value::Float(a - b),
            BinaryOp::Mul => Value::Float(a * b),
            _ => Value::unknown(),
        },
        (Value::Str(a), Value::Str(b)) if op == BinaryOp::Div => {
            Value::text(format!("{}/{}", a.trim_end_matches('/'), b.trim_start_matches('/')))
        }
        (Value::Str(text), Value::Int(times)) if op == BinaryOp::Mul => match usize::try_from(*times) {
            Ok(times) if times.saturating_mul(text.len()) < 4_096 => Value::text(text.repeat(times)),
            _ => Value::unknown(),
        },
        (Value::List(list), Value::Int(times)) if op == BinaryOp::Mul && (0..64).contains(times) => {
            let items = list.items.borrow();
            let all: Vec<Value> = (0..*times).flat_map(|_| items.iter().cloned()).collect();
            Value::list_of(list.kind, all, list.partial.get())
        }
        _ => Value::unknown(),
    }
}

fn compare(op: BinaryOp, a: &Value, b: &Value) -> Value {
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.partial_cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Str(a), Value::Str(b)) if !has_hole(a) && !has_hole(b) => a.partial_cmp(b),
        _ => None,
    };
    match order {
        Some(order) => Value::Bool(match op {
            BinaryOp::Lt => order.is_lt(),
            BinaryOp::Le => order.is_le(),
            BinaryOp::Gt => order.is_gt(),
            _ => order.is_ge(),
        }),
        None => Value::unknown(),
    }
}

/// Whether two values are what a library has under one name: nothing is known of it, but that it is the same.
fn names_one(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::Unknown(a), Value::Unknown(b)) if a == b && a.contains('.') && !a.contains('('))
}
