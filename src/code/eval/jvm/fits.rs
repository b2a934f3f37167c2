//! Whether values may be of types that are stated: what tells functions of one name apart that take as many arguments (Java,
//! Kotlin).

use std::rc::Rc;

use super::super::machine::Machine;
use super::super::scope::ScopeRef;
use super::super::value::{Args, ClassValue, Closure, ListKind, Object, Value};
use super::methods::overloaded;
use crate::code::form::{
    CALLED_ON, ClassKind, Expr, ExprKind, FunctionKind, Language, Name, Param, ParamKind, Pattern, TypeRef, TypeTest,
};

/// How well a value fits a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::code::eval) enum Fit {
    /// It is not of it.
    Not,
    /// Whether it is of it is not known.
    Perhaps,
    /// It is of it, as values of other types are.
    Wide,
    /// It is of just this type.
    Just,
}

/// The packages whose types have their names without an import.
const BUILT_IN: &[&str] = &["kotlin.", "kotlin.collections.", "kotlin.text.", "java.lang.", "java.util."];
/// Types of which every value is.
const ANY: &[&str] = &["Any", "Object"];
const TEXTS: &[&str] = &["String"];
const WHOLE: &[&str] = &["Int", "int", "Integer"];
const TRUTHS: &[&str] = &["Boolean", "boolean"];
const NUMBERS: &[&str] = &["Double", "double", "Float", "float"];
const CHARACTERS: &[&str] = &["Char", "char", "Character"];
const PATTERNS: &[&str] = &["Regex", "Pattern"];
const CLASSES: &[&str] = &["Class", "KClass", "reflect.KClass"];
const PAIRS: &[&str] = &["Pair", "Triple"];
/// What whole numbers are given for, too.
const WIDER: &[&str] = &["Long", "long", "Short", "short", "Byte", "byte", "Number", "Comparable"];
/// What has elements: which of them a value is of is not kept.
const ELEMENTS: &[&str] = &[
    "Array",
    "ArrayList",
    "Collection",
    "Iterable",
    "Iterator",
    "List",
    "MutableCollection",
    "MutableList",
    "MutableSet",
    "Sequence",
    "Set",
    "Stream",
];
const MAPS: &[&str] = &["Map", "MutableMap", "HashMap", "LinkedHashMap"];
/// The most parameters that a function of the same name is looked for by.
const MOST_PARAMETERS: usize = 12;
/// Types that classes of a project may be of.
const OPEN: &[&str] = &["CharSequence", "Comparable", "Iterable", "Iterator", "Number", "Runnable", "Serializable"];

impl Machine<'_> {
    /// How well arguments fit the parameters that get them; none where one does not.
    pub(in crate::code::eval) fn fits(&mut self, closure: &Rc<Closure>, args: &Args) -> Option<Vec<Fit>> {
        let function = closure.function.clone();
        if args.partial {
            return Some(Vec::new());
        }
        let args = args.clone().placed(&function);
        let mut out = Vec::new();
        let mut next = 0;
        for param in &function.params {
            let named = match &param.target {
                Pattern::Name(name, _) => args.named.iter().find(|(own, _)| own == name).map(|(_, value)| value),
                Pattern::Place(_) | Pattern::List(_) | Pattern::Map(_) | Pattern::Ignore => None,
            };
            let given: Vec<&Value> = match (named, param.kind) {
                (Some(named), _) => vec![named],
                (None, ParamKind::Rest) => args.list.iter().skip(next).collect(),
                (None, _) => args.list.get(next).into_iter().collect(),
            };
            next += if named.is_some() { 0 } else { given.len() };
            for value in given {
                let fit = match &param.ty {
                    Some(ty) => self.fit(value, ty, &closure.scope),
                    None => Fit::Perhaps,
                };
                if fit == Fit::Not {
                    return None;
                }
                out.push(fit);
            }
        }
        Some(out)
    }

    /// How well a value fits a type.
    pub(in crate::code::eval) fn fit(&mut self, value: &Value, ty: &TypeRef, scope: &ScopeRef) -> Fit {
        let value = &self.force(value.clone());
        match value {
            Value::Alt(all) => {
                let mut fits = all.iter().map(|one| self.fit(one, ty, scope));
                let first = fits.next().unwrap_or(Fit::Perhaps);
                return if fits.all(|fit| fit == first) { first } else { Fit::Perhaps };
            }
            Value::Undefined | Value::Null | Value::Lazy(_) | Value::Env(_) | Value::Super(_) | Value::Module(_) => {
                return Fit::Perhaps;
            }
            _ => {}
        }
        if ty.path.is_empty() {
            return if ty.text.contains("->") { self.fit_of_function(value, &ty.text) } else { of_array(value) };
        }
        let ty = self.type_value(ty, scope);
        match self.force(ty) {
            Value::Class(class) => self.fit_of_class(value, &class),
            Value::Unknown(path) => self.fit_of_library(value, &path),
            // A name for the type of a function.
            Value::List(named) => match named.items.borrow().as_slice() {
                [Value::Str(mark), _, Value::Str(written)] if **mark == *CALLED_ON => {
                    self.fit_of_function(value, written)
                }
                _ => Fit::Perhaps,
            },
            _ => Fit::Perhaps,
        }
    }

    /// What a question for a value's type comes to; what is asked in an arm of a switch is not known outside of it.
    pub(in crate::code::eval) fn type_test(&mut self, test: &TypeTest, scope: &ScopeRef) -> Value {
        let Some(value) = &test.value else { return Value::unknown() };
        let value = self.eval(value, scope);
        if !matches!(test.target, Pattern::Ignore) {
            let bound = self.refined(value.clone(), &test.ty, scope);
            self.bind(&test.target, bound, scope, true);
        }
        let holds = self.is_of(&value, &test.ty, scope);
        holds.map_or_else(Value::unknown, |holds| Value::Bool(holds == test.positive))
    }

    /// Whether an arm of a switch is taken for a value, by what the arm is written for.
    pub(in crate::code::eval) fn chosen(&mut self, value: &Value, candidate: &Expr, scope: &ScopeRef) -> Option<bool> {
        match &candidate.kind {
            ExprKind::Is(test) if test.value.is_none() => {
                self.is_of(value, &test.ty, scope).map(|holds| holds == test.positive)
            }
            ExprKind::Call(call) if call.args.is_empty() && super::super::rust::names(&call.callee, "Some") => {
                super::super::rust::is_there(value)
            }
            ExprKind::Name(name) if &**name == "None" && self.language(scope) == Language::Rust => {
                super::super::rust::is_there(value).map(|there| !there)
            }
            _ => {
                let candidate = self.eval(candidate, scope);
                let same = value.same(&candidate);
                match self.language(scope) {
                    Language::Rust => same.or_else(|| super::super::rust::same_constant(value, &candidate)),
                    _ => same,
                }
            }
        }
    }

    /// Whether a value is of a type; none where that is not known: of what stands for all objects of a class its further
    /// classes are not known, nor what they implement.
    fn is_of(&mut self, value: &Value, ty: &TypeRef, scope: &ScopeRef) -> Option<bool> {
        let value = self.force(value.clone());
        let mut all = None;
        for one in value.each() {
            let holds = match (self.fit(&one, ty, scope), &one) {
                (Fit::Just | Fit::Wide, Value::Class(class)) => (class.class.kind == ClassKind::Object).then_some(true),
                (Fit::Just | Fit::Wide, _) => Some(true),
                (Fit::Perhaps, _) => None,
                (Fit::Not, Value::Object(object)) => self.is_surely(object, ty, scope).then_some(false),
                (Fit::Not, Value::Class(class)) => (class.class.kind == ClassKind::Object).then_some(false),
                (Fit::Not, _) => Some(false),
            };
            if holds.is_none() || all.is_some_and(|all| Some(all) != holds) {
                return None;
            }
            all = holds;
        }
        all
    }

    /// Whether an object is of its class and of none below it that a type may be above.
    fn is_surely(&mut self, object: &Rc<Object>, ty: &TypeRef, scope: &ScopeRef) -> bool {
        let Some(own) = object.class.clone() else { return true };
        match own.class.kind {
            ClassKind::Object | ClassKind::Struct | ClassKind::Enum | ClassKind::Annotation => return true,
            ClassKind::Abstract | ClassKind::Interface => return false,
            ClassKind::Class => {}
        }
        let wanted = self.type_value(ty, scope);
        let below = match self.force(wanted) {
            Value::Class(class) => self.derived(&class, &own) != Fit::Not,
            _ => false,
        };
        own.made.get() && !below
    }

    /// The class that a type parameter stands for, where it is an argument of a parameter's type and what is given there extends
    /// that type with a class in its place: `handler: Handler<R>` given a `class Users : Handler<UsersResource>`.
    pub(in crate::code::eval) fn told_by_bases(
        &mut self,
        closure: &Closure,
        parameter: &Name,
        values: &[Value],
    ) -> Option<Rc<ClassValue>> {
        if !self.has_packages(&closure.scope) {
            return None;
        }
        let function = closure.function.clone();
        for (param, value) in function.params.iter().zip(values) {
            let Some(ty) = &param.ty else { continue };
            let Some(at) = ty.args.iter().position(|one| *one.path == [parameter.clone()]) else { continue };
            let own = match self.force(value.clone()) {
                Value::Object(object) => object.class.clone()?,
                value @ Value::Class(_) if super::super::class::is_object(&value) => match value {
                    Value::Class(class) => class,
                    _ => return None,
                },
                _ => return None,
            };
            let wanted = self.type_value(ty, &closure.scope);
            let wanted = self.force(wanted);
            for ancestor in self.ancestors(&own) {
                let Value::Class(ancestor) = ancestor else { continue };
                let written = ancestor.class.clone();
                for base in &written.bases {
                    let ExprKind::Type(base) = &base.value.kind else { continue };
                    let is = self.type_value(base, &ancestor.scope);
                    if self.force(is).same(&wanted) != Some(true) {
                        continue;
                    }
                    let said = self.type_value(base.args.get(at)?, &ancestor.scope);
                    match self.force(said) {
                        Value::Class(class) => return Some(class),
                        _ => return None,
                    }
                }
            }
        }
        None
    }

    fn fit_of_class(&mut self, value: &Value, class: &Rc<ClassValue>) -> Fit {
        match value {
            Value::Object(object) => match object.class.clone() {
                Some(own) => self.derived(&own, class),
                None => Fit::Not,
            },
            Value::Class(own) => self.derived(own, class),
            Value::Unknown(_) => Fit::Perhaps,
            value if value.is_callable() && class.class.kind == ClassKind::Interface => Fit::Perhaps,
            _ => Fit::Not,
        }
    }

    fn derived(&mut self, own: &Rc<ClassValue>, class: &Rc<ClassValue>) -> Fit {
        if Rc::ptr_eq(own, class) {
            return Fit::Just;
        }
        let wanted = Value::Class(class.clone());
        match self.ancestors(own).iter().any(|one| one.same(&wanted) == Some(true)) {
            true => Fit::Wide,
            false => Fit::Not,
        }
    }

    /// The same for a type that is not the project's own: one of the language's, of a library, or one that stands for any.
    fn fit_of_library(&mut self, value: &Value, path: &Name) -> Fit {
        let built_in = BUILT_IN.iter().find_map(|package| path.strip_prefix(package)).unwrap_or(path);
        if let Some(fit) = self.fit_of_built_in(value, built_in) {
            return fit;
        }
        // A constant of just this type: `Method.GET`.
        if let Value::Unknown(own) = value
            && let Some((of, _)) = own.rsplit_once('.')
            && (of == &**path || (!path.contains('.') && of.rsplit('.').next() == Some(&**path)))
        {
            return Fit::Just;
        }
        if !path.contains('.') {
            return Fit::Perhaps;
        }
        let model = self.models.types.get(&**path).map(|model| model.name.as_str());
        match value {
            Value::Object(object) => self.fit_of_object(object, path, model),
            Value::Unknown(own) if own.strip_suffix("()") == Some(path) => Fit::Just,
            Value::Int(_) | Value::Float(_) | Value::Bool(_) => Fit::Not,
            // What libraries hold as constants may be a text here.
            Value::Unknown(_) => Fit::Perhaps,
            _ if model.is_some() => Fit::Not,
            _ => Fit::Perhaps,
        }
    }

    fn fit_of_object(&mut self, object: &Rc<Object>, path: &Name, model: Option<&str>) -> Fit {
        let own = object.model.borrow().as_ref().map(|own| own.ty);
        match (own, model) {
            (Some(own), Some(model)) if own.name == *model => return Fit::Just,
            (Some(own), Some(model)) if own.extends.as_deref() == model.split_once('.').map(|(_, name)| name) => {
                return Fit::Wide;
            }
            (Some(_), Some(_)) => return Fit::Not,
            _ => {}
        }
        let Some(class) = object.class.clone() else {
            return if model.is_some() { Fit::Not } else { Fit::Perhaps };
        };
        let line = self.ancestors(&class);
        let mut foreign = line.iter().filter_map(|one| if let Value::Unknown(path) = one { Some(path) } else { None });
        match (foreign.clone().any(|one| one == path), foreign.next()) {
            (true, _) => Fit::Wide,
            (false, Some(_)) => Fit::Perhaps,
            (false, None) => Fit::Not,
        }
    }

    /// How well a value fits the type of a function, as that is written: an instance of a class that has nothing above it but
    /// classes of the project's own is none.
    fn fit_of_function(&mut self, value: &Value, written: &str) -> Fit {
        let class = match value {
            Value::Object(object) => object.class.clone(),
            Value::Class(class) if super::super::class::is_object(value) => Some(class.clone()),
            _ => None,
        };
        match class {
            Some(class) if !self.has_foreign_base(&class) => Fit::Not,
            _ => called_as(value, written),
        }
    }

    /// Whether what is above a class is not all the project's own.
    fn has_foreign_base(&mut self, class: &Rc<ClassValue>) -> bool {
        self.ancestors(class).iter().any(|one| !matches!(one, Value::Class(_)))
    }

    /// The same for a type of the language itself; none where it is none that is known.
    fn fit_of_built_in(&mut self, value: &Value, name: &str) -> Option<Fit> {
        if ANY.contains(&name) {
            return Some(Fit::Wide);
        }
        let known = [TEXTS, WHOLE, TRUTHS, NUMBERS, CHARACTERS, PATTERNS, CLASSES, PAIRS, WIDER, ELEMENTS, MAPS, OPEN];
        if !known.iter().any(|names| names.contains(&name)) {
            return None;
        }
        let among = |just: &[&str], wide: &[&str]| match (just.contains(&name), wide.contains(&name)) {
            (true, _) => Fit::Just,
            (false, true) => Fit::Wide,
            (false, false) => Fit::Not,
        };
        Some(match value {
            Value::Str(text) if CHARACTERS.contains(&name) => match text.chars().count() {
                1 => Fit::Perhaps,
                _ => Fit::Not,
            },
            // A constant of a library's that is a text here.
            Value::Str(text) if self.models.constants.values().any(|constant| **constant == **text) => {
                if TEXTS.contains(&name) { Fit::Perhaps } else { among(&[], OPEN) }
            }
            Value::Str(_) => among(TEXTS, OPEN),
            Value::Int(_) => among(WHOLE, WIDER),
            Value::Float(_) => among(NUMBERS, WIDER),
            Value::Bool(_) => among(TRUTHS, &["Comparable"]),
            Value::Regex(_) => among(PATTERNS, &[]),
            Value::Class(_) if CLASSES.contains(&name) && !super::super::class::is_object(value) => Fit::Just,
            Value::List(list) if list.kind == ListKind::Tuple => among(PAIRS, &[]),
            Value::List(_) if ELEMENTS.contains(&name) => Fit::Perhaps,
            Value::Map(_) if MAPS.contains(&name) => Fit::Perhaps,
            Value::List(_) | Value::Map(_) => Fit::Not,
            Value::Function(_) | Value::Bound(_) | Value::Native(_) | Value::Method(_) if name == "Runnable" => {
                Fit::Perhaps
            }
            Value::Function(_) | Value::Bound(_) | Value::Native(_) => Fit::Not,
            // What a library makes is no text, number or pair.
            Value::Object(object) if object.class.is_none() && object.model.borrow().is_some() => {
                if ELEMENTS.contains(&name) || MAPS.contains(&name) || OPEN.contains(&name) {
                    Fit::Perhaps
                } else {
                    Fit::Not
                }
            }
            Value::Object(object) if object.class.is_some() => {
                let open = [OPEN, ELEMENTS, MAPS].iter().any(|names| names.contains(&name));
                let foreign = object.class.as_ref().is_some_and(|class| self.has_foreign_base(class));
                if open && foreign { Fit::Perhaps } else { Fit::Not }
            }
            Value::Unknown(path) => {
                let own = path.strip_suffix("()").unwrap_or("");
                let own = BUILT_IN.iter().find_map(|package| own.strip_prefix(package)).unwrap_or(own);
                match own == name {
                    true => Fit::Just,
                    false => Fit::Perhaps,
                }
            }
            _ => Fit::Perhaps,
        })
    }
}

/// How well a value fits the type of a function, as that is written.
fn called_as(value: &Value, ty: &str) -> Fit {
    match value {
        Value::Function(closure) if closure.function.kind == FunctionKind::Lexical => {
            let params = &closure.function.params;
            let implied = |one: &Pattern| matches!(one, Pattern::Name(name, _) if &**name == "it");
            let unstated = matches!(params.as_slice(), [one] if implied(&one.target));
            match arity(ty) {
                Some(count) if count == params.len() || (unstated && count == 0) => Fit::Just,
                Some(_) => Fit::Not,
                None => Fit::Perhaps,
            }
        }
        // A reference to a function: `handler::name`, `::name`, `Type::name` with what it is called on first.
        Value::Bound(bound) => match &bound.callee {
            Value::Function(closure) => referred(closure, false, ty),
            _ => Fit::Wide,
        },
        Value::Function(closure) => referred(closure, true, ty),
        Value::Native(_) | Value::Method(_) => Fit::Wide,
        Value::Unknown(_) | Value::Class(_) | Value::Object(_) => Fit::Perhaps,
        _ => Fit::Not,
    }
}

/// How well a function that is referred to fits the type of one, by what both state of their parameters.
fn referred(closure: &Closure, free: bool, ty: &str) -> Fit {
    let (params, Some(wanted)) = (&closure.function.params, parameters(ty)) else { return Fit::Wide };
    let open = params.iter().any(|param| param.default.is_some() || param.kind != ParamKind::Plain);
    let others = || {
        let (home, name) = (closure.home.borrow().clone()?, closure.function.name.clone()?);
        let other = |count: &usize| *count != params.len() && home.members.named(&overloaded(&name, *count)).is_some();
        (0..=MOST_PARAMETERS).find(other)
    };
    if open || others().is_some() {
        return Fit::Wide;
    }
    let before = match wanted.len().checked_sub(params.len()) {
        Some(0) => 0,
        // What it is called on stands first.
        Some(1) if free && (closure.home.borrow().is_some() || closure.function.receiver.is_some()) => 1,
        _ => return Fit::Not,
    };
    let same = |(param, wanted): (&Param, &String)| param.ty.as_ref().is_some_and(|ty| ty.text.trim() == wanted);
    if params.iter().zip(&wanted[before..]).all(same) { Fit::Just } else { Fit::Wide }
}

/// How well a value fits an array of Java's.
fn of_array(value: &Value) -> Fit {
    match value {
        Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => Fit::Not,
        _ => Fit::Perhaps,
    }
}

/// How many parameters the type of a function has, besides what it is called on.
pub(super) fn arity(ty: &str) -> Option<usize> {
    parameters(ty).map(|all| all.len())
}

/// The types of its parameters, as they are written.
fn parameters(ty: &str) -> Option<Vec<String>> {
    let ty = ty.trim().trim_end_matches('?').trim();
    let (mut depth, mut open) = (0_i32, 0);
    let (mut before, mut last) = (' ', None);
    for (at, sign) in ty.char_indices() {
        let arrow = sign == '>' && before == '-';
        match sign {
            '(' | '<' | '[' => {
                if depth == 0 {
                    open = at + 1;
                }
                depth += 1;
            }
            '>' if arrow && depth == 0 => return last.and_then(|(from, to)| ty.get(from..to)).map(parted),
            '>' if arrow => {}
            ')' | '>' | ']' => {
                depth -= 1;
                if depth == 0 && sign == ')' {
                    last = Some((open, at));
                }
            }
            _ => {}
        }
        before = sign;
    }
    // In parentheses as a whole.
    let inner = ty.strip_prefix('(').and_then(|ty| ty.strip_suffix(')'))?;
    parameters(inner)
}

/// The parts between commas, without their names. A comma that trails parts nothing.
fn parted(list: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let (mut depth, mut before) = (0_i32, ' ');
    for sign in list.chars() {
        match sign {
            '(' | '<' | '[' => depth += 1,
            '>' if before == '-' => {}
            ')' | '>' | ']' => depth -= 1,
            _ => {}
        }
        match (sign, all.last_mut()) {
            (',', _) if depth == 0 => all.push(String::new()),
            (':', Some(part)) if depth == 0 => part.clear(),
            (sign, Some(part)) => part.push(sign),
            (_, None) => {}
        }
        before = sign;
    }
    all.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{arity, parameters};

    #[test]
    fn types_of_functions_have_parameters() {
        for (ty, count) in [
            ("() -> Unit", 0),
            ("suspend RoutingContext.() -> Unit", 0),
            ("suspend PipelineContext<Unit, ApplicationCall>.(Unit) -> Unit", 1),
            ("(String, Map<String, Int>) -> Unit", 2),
            ("(suspend (A, B) -> C)?", 2),
            ("((A, B) -> C, D,) -> E", 2),
            ("((A) -> B) -> C", 1),
        ] {
            assert_eq!(arity(ty), Some(count), "{ty}");
        }
        assert_eq!(arity("String"), None);
        assert_eq!(parameters("suspend (id: Long, Map<A, B>) -> X"), Some(vec!["Long".into(), "Map<A, B>".into()]));
    }
}
