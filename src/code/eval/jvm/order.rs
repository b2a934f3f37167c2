//! The order in which declarations are read: a class of Java's or Kotlin's may extend one that stands below it.

use std::collections::BTreeMap;

use super::super::stmt::declared;
use crate::code::form::{Class, Expr, ExprKind, Name, Stmt, StmtKind};

/// The statements of a body in the order in which they are read, where that is another than they are written in: what a class
/// extends of what the same body declares stands before it.
pub(in crate::code::eval) fn bases_first(body: &[Stmt]) -> Option<Vec<&Stmt>> {
    let mut classes: BTreeMap<&Name, usize> = BTreeMap::new();
    for (at, stmt) in body.iter().enumerate() {
        if let Some(name) = class_of(stmt).and_then(|class| class.name.as_ref()) {
            classes.insert(name, at);
        }
    }
    let bases = |at: usize| -> Vec<usize> {
        let class = body.get(at).and_then(class_of);
        let names = class.into_iter().flat_map(|class| &class.bases).filter_map(|base| first_name(&base.value));
        names.filter_map(|name| classes.get(name).copied()).filter(|base| *base != at).collect()
    };
    if !classes.values().any(|at| bases(*at).iter().any(|base| base > at)) {
        return None;
    }
    let mut out = Vec::with_capacity(body.len());
    let mut placed = vec![false; body.len()];
    for at in 0..body.len() {
        // What is left to place, with whether what it extends has been looked for.
        let mut open = vec![(at, false)];
        while let Some((one, looked)) = open.pop() {
            if placed.get(one).copied().unwrap_or(true) {
                continue;
            }
            if looked || open.len() > body.len() {
                placed[one] = true;
                out.extend(body.get(one));
                continue;
            }
            open.push((one, true));
            let waiting: Vec<usize> = open.iter().map(|(one, _)| *one).collect();
            open.extend(bases(one).into_iter().rev().filter(|base| !waiting.contains(base)).map(|base| (base, false)));
        }
    }
    Some(out)
}

/// The class that a statement declares.
fn class_of(stmt: &Stmt) -> Option<&Class> {
    match &declared(stmt).0.kind {
        StmtKind::Class(class) => Some(class),
        _ => None,
    }
}

/// The first name of what stands for a base: `Base`, `Base<T>(x)`, `Outer.Base`.
fn first_name(base: &Expr) -> Option<&Name> {
    let mut at = base;
    loop {
        at = match &at.kind {
            ExprKind::Name(name) => return Some(name),
            ExprKind::Path(path) => return path.first(),
            ExprKind::Type(ty) => return ty.path.first(),
            ExprKind::Call(call) => &call.callee,
            ExprKind::Member(object, _) | ExprKind::Index(object, _) => object,
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_extended_is_read_first() {
        let read = |text: &str| -> Option<Vec<String>> {
            let form = crate::code::lower::lower("A.kt", text)?;
            let ordered = bases_first(&form.body)?;
            Some(ordered.into_iter().filter_map(|stmt| Some(class_of(stmt)?.name.as_ref()?.to_string())).collect())
        };
        assert_eq!(None, read("open class B\nclass A : B()\n"));
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            names(&["C", "B", "A", "D"]),
            read("class A : B(1), X\nopen class B : C<Int>()\nopen class C\nclass D : A\n")
        );
        assert_eq!(names(&["B", "A"]), read("class A : B()\nclass B : A()\n"), "a circle ends");
    }
}
