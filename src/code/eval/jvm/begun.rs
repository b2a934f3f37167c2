//! What libraries call on each instance of the project's classes before anything else: a verticle's `init` and `start`.

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::value::{Args, ClassValue, Closure, Value};
use crate::code::form::{ClassKind, Name};

/// The most classes whose instances are begun.
const MOST: usize = 400;

impl Machine<'_> {
    /// Calls on an instance of each such class what its library calls first, its own or inherited: on those that code makes before
    /// those that nothing is seen to make.
    pub(in crate::code::eval) fn begin_instances(&mut self) {
        for _ in 0..MOST {
            let Some((class, names)) = self.next_to_begin() else { return };
            let object = match self.injected.get(&Rc::as_ptr(&class).addr()).cloned() {
                Some(known) => known,
                None => {
                    let args = Args { partial: true, ..Args::default() };
                    self.instantiate(&Value::Class(class.clone()), args, class.spot)
                }
            };
            for name in names {
                for method in self.methods_called(&class, &name) {
                    let most = self.most_alone(&method);
                    self.sliced(most, |machine| machine.enter_alone(&method, Some(object.clone())));
                }
            }
        }
    }

    fn next_to_begin(&mut self) -> Option<(Rc<ClassValue>, Vec<Name>)> {
        let fresh = |class: &&Rc<ClassValue>| {
            matches!(class.class.kind, ClassKind::Class | ClassKind::Object)
                && !class.bases.is_empty()
                && !self.begun.contains(&Rc::as_ptr(class).addr())
        };
        let mut classes: Vec<Rc<ClassValue>> = self.classes.iter().filter(fresh).cloned().collect();
        classes.sort_by_key(|class| !self.injected.contains_key(&Rc::as_ptr(class).addr()));
        for class in classes {
            let made = self.injected.contains_key(&Rc::as_ptr(&class).addr());
            let names = if self.has_packages(&class.scope) { self.begins(&class) } else { Vec::new() };
            self.begun.insert(Rc::as_ptr(&class).addr());
            // What a base of the project's own is worth its subclasses are.
            let worth = |machine: &mut Self| {
                let line = machine.ancestors(&class);
                line.iter().any(|one| matches!(one, Value::Class(one) if machine.worth_entering(one.spot.module)))
            };
            if !names.is_empty() && (made || worth(self)) {
                return Some((class, names));
            }
        }
        None
    }

    /// The members that a library calls first on instances of a class.
    fn begins(&mut self, class: &Rc<ClassValue>) -> Vec<Name> {
        let models = self.models;
        let model = self.ancestors(class).into_iter().find_map(|one| match one {
            Value::Unknown(path) => models.classes.get(&*path).filter(|model| !model.begins.is_empty()),
            _ => None,
        });
        model.map(|model| model.begins.iter().map(|name| name.as_str().into()).collect()).unwrap_or_default()
    }

    /// The methods of a name that a class has or inherits, of each number of parameters the nearest.
    pub(super) fn methods_called(&mut self, class: &Rc<ClassValue>, name: &Name) -> Vec<Rc<Closure>> {
        let mut out: Vec<Rc<Closure>> = Vec::new();
        for ancestor in self.ancestors(class) {
            let Value::Class(ancestor) = ancestor else { continue };
            let own = |closure: &&Rc<Closure>| {
                closure.function.name.as_ref() == Some(name)
                    && closure.home.borrow().as_ref().is_some_and(|home| Rc::ptr_eq(home, &ancestor))
            };
            for closure in self.closures.iter().filter(own) {
                if out.iter().all(|known| known.function.params.len() != closure.function.params.len()) {
                    out.push(closure.clone());
                }
            }
        }
        out
    }
}
