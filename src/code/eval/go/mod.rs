//! What Go has of its own: packages of several files, initialisation in order of need, zero values, literals whose type tells
//! what they are, interfaces, and handlers that lead to routers.

mod alone;
mod calls;
mod compared;
mod contexts;
mod controllers;
mod dispatch;
mod failing;
mod generated;
mod handlers;
mod held;
mod hollow;
mod injection;
mod interfaces;
mod labels;
mod literals;
mod packages;
pub(super) mod probe;
pub(super) mod reflected;
mod registrar;
mod request;
mod segments;
#[cfg(test)]
mod tests;
mod types;
mod wear;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::value::{ClassValue, Closure, Map, ModuleId, Value};
use crate::code::form::Name;
use crate::code::resolve::Called;
pub(super) use failing::going_on;

/// What a run knows of Go besides its modules.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// The packages, by folder.
    packages: BTreeMap<String, ModuleId>,
    /// The folders whose files hold a word that a model knows: they are initialised before what imports them.
    known: BTreeSet<String>,
    /// Functions that unseen code was given to call some day.
    pending: Vec<Value>,
    /// The last instance of each class, by its address.
    instances: BTreeMap<usize, Value>,
    /// Classes of types that are no structs, by the names of their methods.
    methods: BTreeMap<Name, Vec<Rc<ClassValue>>>,
    /// What implements an interface, by its address, and how many classes there were then.
    implementations: BTreeMap<usize, (usize, Vec<Rc<ClassValue>>)>,
    /// The files that hold a word that a model knows, or the name of a function that reads what its callers name.
    worth: BTreeSet<Name>,
    /// How often functions were entered that brought nothing, by their address; none for those that are of use.
    worn: BTreeMap<usize, Option<u32>>,
    /// The types whose embedded fields are being asked for a member.
    pub(super) embedding: Vec<Rc<ClassValue>>,
    /// Programs serve routes: what nobody calls adds none.
    alone: bool,
    /// The program that runs, from 1; 0 is none of them alone.
    pub(in crate::code::eval) program: usize,
    /// The call that is the statement which runs, by its address.
    statement: Option<usize>,
    /// What functions of the project's own were told to register.
    registrations: Vec<registrar::Registration>,
    /// The functions that gateways call, once something asked.
    called: Option<Rc<[Called]>>,
    /// Handlers that choose among routers, and the nodes that stand for them.
    dispatchers: Vec<dispatch::Dispatcher>,
    dispatches: BTreeSet<usize>,
    /// Those that are being tried, by their address.
    trying: Vec<usize>,
    /// Where the request arrived that is being sent.
    arrived: Option<Vec<probe::Hit>>,
    /// What tables were given under keys that are not known.
    written_open: Vec<(Rc<Map>, Value)>,
    /// Handlers that were served before their tables held anything.
    served_early: Vec<(Rc<Closure>, Option<Value>)>,
    /// What containers call, and with what.
    container: injection::Container,
}

/// The member that tells that an object's members that are not there have their zero value.
const ZERO: &str = "\u{0}zero";

/// The member that tells that unseen code got an object whose members that are not there had their zero value.
const FILLED: &str = "\u{0}filled";

/// The member that tells that an object stands for a variable or field of which nobody knows whether anything has been assigned
/// to it: it may be nil.
const ABSENT: &str = "\u{0}absent";

/// Whether a value stands for what may be nil.
pub(super) fn may_be_nil(value: &Value) -> bool {
    matches!(value, Value::Object(it) if it.class.is_some() && it.members.named(ABSENT).is_some())
}
