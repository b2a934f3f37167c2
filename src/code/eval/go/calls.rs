//! Calls: conversions, methods of values whose type is no struct, and what unseen code gets.

use std::rc::Rc;

use super::super::javascript::regexes::replaced;
use super::super::machine::Machine;
use super::super::objects::looks_like_registration;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Closure, Native, Spot, Value};
use crate::code::form::{Call, ClassKind, ExprKind, Name};
use crate::code::holes::{has_hole, hole};

/// Packages whose functions show what they get and change nothing.
const SHOWS: [&str; 9] = ["fmt.", "log.", "log/", "errors.", "strings.", "strconv.", "path", "net/http.", "context."];

/// How functions begin that hand out an instance of a type.
const HANDS_OUT: [&str; 9] = ["Must", "Invoke", "Resolve", "Get", "Inject", "Instance", "Fetch", "Make", "Use"];
/// What is in the names of functions that register routes on what they get.
const REGISTERS: [&str; 4] = ["Register", "Mount", "Routes", "Endpoint"];

impl Machine<'_> {
    /// `T(x)`: x; of the type where nothing else is known of it.
    pub(crate) fn go_conversion(&mut self, class: &Rc<ClassValue>, args: &Args) -> Value {
        let value = args.at(0);
        match value {
            Value::Unknown(_) | Value::Undefined if class.class.kind == ClassKind::Struct => {
                self.zero_object(class.clone())
            }
            value => value,
        }
    }

    /// `table[key](x)` reads like a call with types: it calls what a table has under the key.
    pub(crate) fn go_element_called(&mut self, call: &Call, scope: &ScopeRef) -> Option<Value> {
        let typed = call.args.iter().find(|arg| arg.name.as_deref() == Some("[]"))?;
        let ExprKind::Type(key) = &typed.value.kind else { return None };
        let (first, members) = key.path.split_first()?;
        let table = self.eval(&call.callee, scope);
        if !matches!(table, Value::Map(_) | Value::List(_)) {
            return None;
        }
        let line = typed.value.pos.line;
        let mut index = self.name(first, scope);
        for member in members {
            index = self.member(&index, member, scope, line);
        }
        Some(self.index_read(&table, &index, scope, line))
    }

    /// A call of a member that Go answers in its own way; none where the common way does.
    pub(crate) fn go_call_member(&mut self, object: &Value, name: &Name, args: &Args, spot: Spot) -> Option<Value> {
        if self.go_sends()
            && let Some(value) = self.go_sent(object, name, args, spot)
        {
            return Some(value);
        }
        if let Some(value) = self.go_generated_in(object, name, args, spot) {
            return Some(value);
        }
        match object {
            Value::List(_) | Value::Map(_) | Value::Str(_) | Value::Int(_) | Value::Env(_) => {
                if let Value::Map(map) = object
                    && let Some(carried) = self.go_carried(map, name, &args.at(0))
                {
                    return Some(carried);
                }
                let field = matches!(object, Value::Map(map) if map.named(name).is_some());
                if field {
                    return None;
                }
                let own = match object {
                    Value::List(list) => list.class.borrow().as_ref().and_then(|class| class.members.named(name)),
                    _ => None,
                };
                match own.or_else(|| self.go_method(name)) {
                    Some(method) => Some(self.call(&Self::bound(method, object.clone()), args.clone(), spot)),
                    None if &**name == "String" && matches!(object, Value::Str(_) | Value::Env(_)) => {
                        Some(object.clone())
                    }
                    None if matches!(object, Value::Env(_)) => None,
                    None => {
                        self.let_go(args);
                        Some(Value::unknown())
                    }
                }
            }
            Value::Regex(source) => Some(match (&**name, args.at(0), args.at(1)) {
                ("ReplaceAllString", Value::Str(text), Value::Str(with)) if !has_hole(&text) && !has_hole(&with) => {
                    // Names of groups stand in braces, or end where no letter follows.
                    let with = with.replace("${", "$<").replace('}', ">");
                    replaced(&text, source, &with, true)
                }
                ("ReplaceAllLiteralString", Value::Str(text), Value::Str(with)) if !has_hole(&text) => {
                    replaced(&text, source, &with.replace('$', "$$"), true)
                }
                ("ReplaceAllString" | "ReplaceAllLiteralString", Value::Str(_) | Value::Env(_), _) => {
                    Value::text(hole("x"))
                }
                _ => {
                    self.let_go(args);
                    Value::unknown()
                }
            }),
            Value::Function(_) | Value::Bound(_) if &**name == "ServeHTTP" => {
                Some(self.call(object, args.clone(), spot))
            }
            Value::Function(_) | Value::Bound(_) => {
                let method = self.go_method(name)?;
                Some(self.call(&Self::bound(method, object.clone()), args.clone(), spot))
            }
            Value::Native(native) => match &**native {
                Native::Wrapped(_) | Native::Stripped { .. } if &**name == "ServeHTTP" => Some(Value::unknown()),
                // What is made of it leads where it does, and where what it is given does.
                Native::Wrapped(_) | Native::Stripped { .. } => {
                    if looks_like_registration(name, args) {
                        self.note(spot, "registered on something that is not known");
                    }
                    self.let_go(args);
                    let mut all = args.clone();
                    all.list.insert(0, object.clone());
                    Some(self.wrapped(&all, object.clone()))
                }
                Native::Decorator { .. }
                | Native::Partial { .. }
                | Native::Wraps(_)
                | Native::Gives(_)
                | Native::Told(_)
                | Native::Group(_)
                | Native::Noted(_)
                | Native::View(_)
                | Native::Until { .. } => None,
            },
            Value::Null | Value::Undefined => {
                if looks_like_registration(name, args) {
                    self.note(spot, "registered on something that is not known");
                }
                self.let_go(args);
                Some(Value::unknown())
            }
            _ => None,
        }
    }

    /// A call by a path that is more than a function of a library's: `(*T).Method` with what it is called on as its first
    /// argument, or what hands out an instance of a type that is named, `Get[T](…)`.
    pub(crate) fn go_called_path(&mut self, path: &Name, args: &Args, spot: Spot) -> Option<Value> {
        if !self.is_go(spot.module) {
            return None;
        }
        if let Some(context) = self.go_context(path, args) {
            return Some(context);
        }
        let (owner, name) = path.rsplit_once('.')?;
        if self.models.types.contains_key(owner)
            && let Some(object @ Value::Object(_)) = args.list.first()
        {
            let scope = self.modules[spot.module.0].scope.clone();
            let (object, mut rest) = (object.clone(), args.clone());
            rest.list.remove(0);
            return Some(self.call_member(&object, &name.into(), rest, &scope, spot));
        }
        let [(_, Value::Class(class))] = args.named.as_slice() else { return None };
        let hands = HANDS_OUT.iter().any(|word| name.starts_with(word));
        hands.then(|| {
            self.let_go(args);
            self.go_asked(class)
        })
    }

    /// Whether a function of a library that gets a router is called like one that registers on it.
    pub(crate) fn go_registers(&self, path: &str, spot: Spot) -> bool {
        let name = path.rsplit('.').next().unwrap_or(path);
        self.is_go(spot.module)
            && !path.contains("()")
            && !name.starts_with("With")
            && REGISTERS.iter().any(|word| name.contains(word))
    }

    /// What a call of unseen code comes to.
    pub(crate) fn go_unseen(&mut self, path: &str, args: &Args) -> Value {
        if !SHOWS.iter().any(|shows| path.starts_with(shows)) {
            self.go_filled(&args.list);
        }
        let result = if path.is_empty() { Value::unknown() } else { Value::from_path(format!("{path}()")) };
        self.wrapped(args, result)
    }

    /// Whether a function in what unseen code gets is called some day, and not at once.
    pub(crate) fn waits(&self, value: &Value) -> bool {
        let module = match value {
            Value::Function(closure) => closure.scope.module,
            Value::Bound(bound) => match &bound.callee {
                Value::Function(closure) => closure.scope.module,
                _ => return false,
            },
            _ => return false,
        };
        self.is_go(module)
    }

    /// Keeps a function that is called some day.
    pub(crate) fn go_later(&mut self, value: &Value) {
        self.go.pending.push(value.clone());
    }

    /// The instance that a method which nobody called is called on: the last one that was made.
    pub(crate) fn last_instance(&self, closure: &Closure) -> Option<Value> {
        let home = closure.home.borrow().clone()?;
        self.go.instances.get(&Rc::as_ptr(&home).addr()).cloned()
    }
}
