//! Functions of JavaScript and of libraries that call what they are given one after the other and hand on what each one
//! gives: promises that are made by hand, and the flows of `async`.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ListKind, Map, Native, Spot, Value};

/// The most functions of one flow.
const MOST: usize = 500;

/// What stands for a function that is made of others, and gets their list first.
const COMPOSED: &str = "flow.composed";

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
            "async.auto" => {
                let results = self.in_order(&first, spot)?;
                let done = if args.at(1).is_callable() { args.at(1) } else { args.at(2) };
                self.end_of_flow(&done, vec![results], spot)
            }
            "flow.forward" => composed(self.functions_of(args)),
            "flow.backward" => composed(self.functions_of(args).into_iter().rev().collect()),
            "flow.applied" => {
                let functions = args.list.iter().skip(1).take(MOST).cloned().collect::<Vec<_>>();
                functions.iter().fold(first, |value, function| self.call(function, Args::of(vec![value]), spot))
            }
            COMPOSED => {
                let Value::List(functions) = &first else { return None };
                let functions = functions.items.borrow().clone();
                let mut given = args.clone();
                given.list.remove(0);
                for function in functions.iter().take(MOST) {
                    let value = self.call(function, given, spot);
                    given = Args::of(vec![value]);
                }
                given.at(0)
            }
            _ => return None,
        })
    }

    /// The functions that are given, by themselves or in lists.
    fn functions_of(&mut self, args: &Args) -> Vec<Value> {
        let mut all = Vec::new();
        for one in &args.list {
            self.flatten(one, &mut all, 0);
        }
        all
    }

    /// Runs the tasks of a map, each once those have run that it names before its function: gives what they gave.
    fn in_order(&mut self, given: &Value, spot: Spot) -> Option<Value> {
        let Value::Map(map) = given else { return None };
        let mut left: Vec<(Value, Vec<Value>)> = Vec::new();
        for (key, task) in map.pairs().into_iter().take(MOST) {
            let mut parts = Vec::new();
            self.flatten(&task, &mut parts, 0);
            left.push((key, parts));
        }
        let results = Rc::new(Map::default());
        results.partial.set(map.partial.get());
        while !left.is_empty() {
            let is_ready = |(_, parts): &(Value, Vec<Value>)| {
                let (_, needs) = parts.split_last().unwrap_or((&Value::Undefined, &[]));
                needs.iter().all(|need| need.as_text().is_none_or(|need| results.named(&need).is_some()))
            };
            // What waits for itself is run all the same.
            let at = left.iter().position(is_ready).unwrap_or(0);
            let (key, mut parts) = left.remove(at);
            let task = parts.pop().unwrap_or_else(Value::unknown);
            let before = if parts.is_empty() { Vec::new() } else { vec![Value::Map(results.clone())] };
            let result = match task.is_callable() {
                true => self.task(&task, before, spot).into_iter().next().unwrap_or_else(Value::unknown),
                false => Value::unknown(),
            };
            results.put(&key.as_text()?, result);
        }
        Some(Value::Map(results))
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

/// The function that runs others one after the other, each with what the one before it gave.
fn composed(functions: Vec<Value>) -> Value {
    let functions = Value::list_of(ListKind::List, functions, false);
    let callee = Value::from_path(COMPOSED);
    Value::Native(Rc::new(Native::Partial { callee, args: Args::of(vec![functions]) }))
}

/// A callback that keeps what it is called with.
fn telling() -> (Value, Rc<Told>) {
    let told = Rc::new(Told::default());
    (Value::Native(Rc::new(Native::Told(told.clone()))), told)
}
