//! Functions of JavaScript and of libraries that call what they are given one after the other and hand on what each one
//! gives: promises that are made by hand, and the flows of `async`.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Map, Native, Spot, Value};

/// The most functions of one flow.
const MOST: usize = 500;

/// What a callback was called with, each time.
pub(in crate::code::eval) type Told = RefCell<Vec<Vec<Value>>>;

impl Machine<'_> {
    /// One of these functions; none where it is not.
    pub(in crate::code::eval) fn flow(&mut self, path: &str, args: &Args, spot: Spot) -> Option<Value> {
        let first = self.force(args.at(0));
        Some(match path {
            "Promise" if first.is_callable() => {
                let (resolve, told) = telling();
                self.call(&first, Args::of(vec![resolve, Value::unknown()]), spot);
                let all: Vec<Value> = told.borrow().iter().filter_map(|given| given.first().cloned()).collect();
                if all.is_empty() { Value::unknown() } else { Value::any_of(all) }
            }
            "Reflect.apply" => {
                let Value::List(list) = self.force(args.at(2)) else { return None };
                let list = list.items.borrow().clone();
                self.call(&Self::bound(first, args.at(1)), Args::of(list), spot)
            }
            "async.waterfall" => {
                let mut given = Vec::new();
                for task in self.tasks_of(&first)? {
                    given = self.task(&task, given, spot);
                }
                self.end_of_flow(&args.at(1), given, spot)
            }
            "async.series" | "async.parallel" => {
                let done = args.at(1);
                if let Value::Map(map) = &first {
                    let results = Map::default();
                    for (key, task) in map.pairs().into_iter().take(MOST) {
                        let result = self.told_by(task, spot);
                        results.put(&key.as_text()?, result);
                    }
                    results.partial.set(map.partial.get());
                    return Some(self.end_of_flow(&done, vec![Value::Map(Rc::new(results))], spot));
                }
                let mut results = Vec::new();
                for task in self.tasks_of(&first)? {
                    results.push(self.told_by(task, spot));
                }
                let results = Value::list_of(ListKind::List, results, false);
                self.end_of_flow(&done, vec![results], spot)
            }
            _ => return None,
        })
    }

    /// The functions of a list all of which is known.
    fn tasks_of(&mut self, given: &Value) -> Option<Vec<Value>> {
        let Value::List(list) = given else { return None };
        let items = list.items.borrow().clone();
        let all: Vec<Value> = items.into_iter().map(|item| self.force(item)).collect();
        (!list.partial.get() && all.len() <= MOST && all.iter().all(Value::is_callable)).then_some(all)
    }

    /// Calls a function with what came before and a callback: gives what that got behind a failure.
    fn task(&mut self, task: &Value, given: Vec<Value>, spot: Spot) -> Vec<Value> {
        let (callback, told) = telling();
        let mut list = given;
        list.push(callback);
        self.call(task, Args::of(list), spot);
        let told = told.borrow();
        let fine =
            |given: &&Vec<Value>| given.first().is_none_or(|failure| failure.is_nothing() || failure.is_unknown());
        let all: Vec<&Vec<Value>> = told.iter().filter(fine).collect();
        let most = all.iter().map(|given| given.len()).max().unwrap_or(0);
        let at = |place: usize| Value::any_of(all.iter().filter_map(|given| given.get(place).cloned()).collect());
        (1..most).map(at).collect()
    }

    fn told_by(&mut self, task: Value, spot: Spot) -> Value {
        let task = self.force(task);
        if !task.is_callable() {
            return Value::unknown();
        }
        self.task(&task, Vec::new(), spot).into_iter().next().unwrap_or_else(Value::unknown)
    }

    fn end_of_flow(&mut self, done: &Value, given: Vec<Value>, spot: Spot) -> Value {
        let done = self.force(done.clone());
        match done.is_callable() {
            true => {
                let list = std::iter::once(Value::Null).chain(given).collect();
                self.call(&done, Args::of(list), spot);
                Value::Undefined
            }
            // Without one it gives a promise.
            false => given.into_iter().next().unwrap_or_else(Value::unknown),
        }
    }
}

/// A callback that keeps what it is called with.
fn telling() -> (Value, Rc<Told>) {
    let told = Rc::new(Told::default());
    (Value::Native(Rc::new(Native::Told(told.clone()))), told)
}
