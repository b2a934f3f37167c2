//! The common form as one line of text, for the tests of the front ends. It tells apart what the form tells apart.

use crate::code::form::*;

pub(super) fn module(module: &Module) -> String {
    block(&module.body)
}

fn list<T>(items: &[T], show: impl Fn(&T) -> String, between: &str) -> String {
    items.iter().map(show).collect::<Vec<_>>().join(between)
}

pub(super) fn block(body: &Block) -> String {
    list(body, stmt, "; ")
}

fn stmt(stmt: &Stmt) -> String {
    match &stmt.kind {
        StmtKind::Bind { target, ty, value } => {
            let ty = ty.as_ref().map(|ty| format!(": {}", type_ref(ty))).unwrap_or_default();
            let value = value.as_ref().map(|value| format!(" = {}", expr(value))).unwrap_or_default();
            format!("bind {}{ty}{value}", pattern(target))
        }
        StmtKind::Assign { target, op, value } => {
            let op = op.map(|op| format!("{op:?}")).unwrap_or_default();
            format!("set {} {op}= {}", pattern(target), expr(value))
        }
        StmtKind::Expr(value) => expr(value),
        StmtKind::Function(value) => function(value),
        StmtKind::Class(value) => class(value),
        StmtKind::Extend(extension) => {
            let implements = extension.implements.as_ref().map(|ty| format!("{} for ", type_ref(ty)));
            let decorated = decorators(&extension.decorators);
            format!(
                "{decorated}extend {}{} {{{}}}",
                implements.unwrap_or_default(),
                type_ref(&extension.target),
                block(&extension.body)
            )
        }
        StmtKind::Leave(value) => format!("leave {}", optional(value.as_ref())),
        StmtKind::Return(value) => format!("return {}", optional(value.as_ref())),
        StmtKind::If { test, then, otherwise } => {
            format!("if {} {{{}}} else {{{}}}", expr(test), block(then), block(otherwise))
        }
        StmtKind::Each { target, iterable, yields, body } => {
            format!("each {yields:?} {} in {} {{{}}}", pattern(target), expr(iterable), block(body))
        }
        StmtKind::Loop { test, body } => format!("loop {} {{{}}}", optional(test.as_ref()), block(body)),
        StmtKind::Switch { subject, arms: all } => format!("switch {} {{{}}}", optional(subject.as_ref()), arms(all)),
        StmtKind::Try { body, handlers, finally } => {
            format!("try {{{}}} [{}] {{{}}}", block(body), list(handlers, block, " | "), block(finally))
        }
        StmtKind::With { items, body } => {
            let items =
                list(items, |(value, target)| format!("{} as {:?}", expr(value), target.as_ref().map(pattern)), ", ");
            format!("with {items} {{{}}}", block(body))
        }
        StmtKind::Block(body) => format!("{{{}}}", block(body)),
        StmtKind::Deferred(value) => format!("defer {}", expr(value)),
        StmtKind::Break => "break".to_owned(),
        StmtKind::Continue => "continue".to_owned(),
        StmtKind::Throw => "throw".to_owned(),
        StmtKind::Delete(value) => format!("delete {}", expr(value)),
        StmtKind::Outer(names) => format!("outer {}", list(names, ToString::to_string, ", ")),
        StmtKind::Import(import) => {
            let names = list(&import.names, |name| format!("{} as {}", imported(&name.what), name.alias), ", ");
            let types = if import.type_only { "type " } else { "" };
            format!("import {types}[{names}] from {}{}", ".".repeat(import.level as usize), import.source)
        }
        StmtKind::Export(export) => match export {
            Export::Default(value) => format!("export default {}", expr(value)),
            Export::Names(names) => format!("export [{}]", list(names, |(from, to)| format!("{from} as {to}"), ", ")),
            Export::From(source, names) => {
                let names = list(names, |(from, to)| format!("{} as {to}", imported(from)), ", ");
                format!("export [{names}] from {source}")
            }
            Export::AllFrom(source) => format!("export * from {source}"),
            Export::Declaration(inner) => format!("export {}", self::stmt(inner)),
        },
        StmtKind::Perhaps(inner) => format!("perhaps {}", self::stmt(inner)),
        StmtKind::Test(inner) => format!("test {}", self::stmt(inner)),
        StmtKind::Macro(rules) => {
            format!("macro {} {}", rules.name, list(&rules.rules, |(from, to)| format!("({from}) => ({to})"), ", "))
        }
        StmtKind::Module { name, attributes, body } => {
            let body = body.as_ref().map(|body| format!(" {{{}}}", block(body))).unwrap_or_default();
            format!("{}module {name}{body}", decorators(attributes))
        }
    }
}

fn imported(what: &Imported) -> String {
    match what {
        Imported::Module => "module".to_owned(),
        Imported::Default => "default".to_owned(),
        Imported::Named(name) => name.to_string(),
        Imported::All => "*".to_owned(),
    }
}

fn arms(all: &[Arm]) -> String {
    list(all, |arm| format!("[{}] => {{{}}}", list(&arm.values, expr, ", "), block(&arm.body)), ", ")
}

fn optional(value: Option<&Expr>) -> String {
    value.map_or_else(|| "-".to_owned(), expr)
}

fn pattern(target: &Pattern) -> String {
    let default = |value: &Option<Expr>| value.as_ref().map(|value| format!(" = {}", expr(value))).unwrap_or_default();
    match target {
        Pattern::Name(name, _) => name.to_string(),
        Pattern::Place(place) => expr(place),
        Pattern::List(items) => {
            let item = |item: &PatternItem| {
                format!("{}{}{}", if item.rest { "..." } else { "" }, pattern(&item.target), default(&item.default))
            };
            format!("[{}]", list(items, item, ", "))
        }
        Pattern::Map(fields) => {
            let field = |field: &PatternField| match field {
                PatternField::Key { key, target, default: value } => {
                    format!("{}: {}{}", expr(key), pattern(target), default(value))
                }
                PatternField::Rest(target) => format!("...{}", pattern(target)),
            };
            format!("{{{}}}", list(fields, field, ", "))
        }
        Pattern::Ignore => "_".to_owned(),
    }
}

fn decorators(all: &[Decorator]) -> String {
    all.iter().map(|decorator| format!("@{} ", expr(&decorator.expr))).collect()
}

fn param(param: &Param) -> String {
    let kind = if param.kind == ParamKind::Plain { String::new() } else { format!("{:?} ", param.kind) };
    let field = if param.is_field { "field " } else { "" };
    let ty = param.ty.as_ref().map(|ty| format!(": {}", type_ref(ty))).unwrap_or_default();
    let default = param.default.as_ref().map(|value| format!(" = {}", expr(value))).unwrap_or_default();
    format!("{}{field}{kind}{}{ty}{default}", decorators(&param.decorators), pattern(&param.target))
}

fn function(function: &Function) -> String {
    let mut out = decorators(&function.decorators);
    for (holds, word) in
        [(function.is_public, "pub "), (function.is_async, "async "), (function.is_generator, "generator ")]
    {
        if holds {
            out.push_str(word);
        }
    }
    let name = function.name.as_deref().unwrap_or("-");
    let receiver = function.receiver.as_ref().map(|receiver| format!("({}).", param(receiver))).unwrap_or_default();
    let returns = function.returns.as_ref().map(|ty| format!(" -> {}", type_ref(ty))).unwrap_or_default();
    let params = list(&function.params, param, ", ");
    format!("{out}{:?} {receiver}{name}({params}){returns} {{{}}}", function.kind, block(&function.body))
}

fn class(class: &Class) -> String {
    let fields = list(
        &class.fields,
        |field| {
            let ty = field.ty.as_ref().map(|ty| format!(": {}", type_ref(ty))).unwrap_or_default();
            let value = field.value.as_ref().map(|value| format!(" = {}", expr(value))).unwrap_or_default();
            let owner = if field.is_static { "static " } else { "" };
            let tag = field.tag.as_ref().map(|tag| format!(" `{tag}`")).unwrap_or_default();
            format!("{}{owner}{}{ty}{value}{tag}", decorators(&field.decorators), field.name)
        },
        ", ",
    );
    let decorated = decorators(&class.decorators);
    let name = class.name.as_deref().unwrap_or("-");
    format!(
        "{decorated}{:?} {name}({}) <{fields}> {{{}}}",
        class.kind,
        list(&class.bases, arg, ", "),
        block(&class.body)
    )
}

fn type_ref(ty: &TypeRef) -> String {
    let path = list(&ty.path, ToString::to_string, ".");
    if ty.args.is_empty() { path } else { format!("{path}<{}>", list(&ty.args, type_ref, ", ")) }
}

fn arg(arg: &Arg) -> String {
    let name = arg.name.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
    format!("{name}{}{}", spread(arg.spread), expr(&arg.value))
}

fn spread(spread: Spread) -> &'static str {
    match spread {
        Spread::No | Spread::Behind => "",
        Spread::List => "...",
        Spread::Map => "**",
    }
}

fn items(items: &[Item]) -> String {
    list(items, |item| format!("{}{}", spread(item.spread), expr(&item.value)), ", ")
}

fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::Str(value) => format!("{value:?}"),
        ExprKind::Template(parts) => {
            let part = |part: &TemplatePart| match part {
                TemplatePart::Text(text) => format!("{text:?}"),
                TemplatePart::Expr(hole) => expr(hole),
            };
            format!("`{}`", list(parts, part, " "))
        }
        ExprKind::Regex(pattern) => format!("/{pattern}/"),
        ExprKind::Name(name) => name.to_string(),
        ExprKind::Path(path) => list(path, ToString::to_string, "::"),
        ExprKind::This => "this".to_owned(),
        ExprKind::Super => "super".to_owned(),
        ExprKind::Member(object, name) => format!("{}.{name}", expr(object)),
        ExprKind::Index(object, index) => format!("{}[{}]", expr(object), expr(index)),
        ExprKind::Slice(object, from, to) => {
            format!("{}[{}:{}]", expr(object), optional(from.as_deref()), optional(to.as_deref()))
        }
        ExprKind::Call(call) => {
            format!("{}{}({})", if call.is_new { "new " } else { "" }, expr(&call.callee), list(&call.args, arg, ", "))
        }
        ExprKind::Function(value) => function(value),
        ExprKind::Class(value) => class(value),
        ExprKind::List(all) => format!("[{}]", items(all)),
        ExprKind::Tuple(all) => format!("({})", items(all)),
        ExprKind::Set(all) => format!("set({})", items(all)),
        ExprKind::Map(entries) => {
            let entry = |entry: &Entry| match entry {
                Entry::Pair(key, value) => format!("{}: {}", expr(key), expr(value)),
                Entry::Spread(value) => format!("...{}", expr(value)),
            };
            format!("{{{}}}", list(entries, entry, ", "))
        }
        ExprKind::Composite(ty, value) => format!("{}{}", type_ref(ty), expr(value)),
        ExprKind::Unary(op, value) => format!("{op:?}({})", expr(value)),
        ExprKind::Binary(op, left, right) => format!("({} {op:?} {})", expr(left), expr(right)),
        ExprKind::Logical(op, left, right) => format!("({} {op:?} {})", expr(left), expr(right)),
        ExprKind::Conditional(test, then, otherwise) => {
            format!("({} ? {} : {})", expr(test), expr(then), expr(otherwise))
        }
        ExprKind::Switch(subject, all) => format!("switch {} {{{}}}", optional(subject.as_deref()), arms(all)),
        ExprKind::Block(body) => format!("({{{}}})", block(body)),
        ExprKind::Await(value) => format!("await {}", expr(value)),
        ExprKind::Yield(value) => format!("yield {}", optional(value.as_deref())),
        ExprKind::Assign(target, op, value) => {
            let op = op.map(|op| format!("{op:?}")).unwrap_or_default();
            format!("({} {op}= {})", pattern(target), expr(value))
        }
        ExprKind::Sequence(all) => format!("seq({})", list(all, expr, ", ")),
        ExprKind::Comprehension(comprehension) => format!("comprehension {:?}", comprehension.kind),
        ExprKind::Cast(value, ty) => format!("({} as {})", expr(value), type_ref(ty)),
        ExprKind::Is(test) => {
            let not = if test.positive { "" } else { "!" };
            format!("({} {not}is {} {})", optional(test.value.as_ref()), type_ref(&test.ty), pattern(&test.target))
        }
        ExprKind::Macro(call) => {
            let path = list(&call.path, ToString::to_string, "::");
            format!("{path}!({})", list(&call.args, arg, ", "))
        }
        ExprKind::Type(ty) => format!("type({})", type_ref(ty)),
        ExprKind::Unknown(parts) => format!("?({})", list(parts, expr, ", ")),
    }
}
