use super::super::show;
use super::lower;

/// What a piece of Rust lowers to, on one line.
fn rs(source: &str) -> String {
    let module = lower(source);
    assert!(module.errors.is_empty(), "{:?} in {source}", module.errors);
    show::module(&module)
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(rs(source), *expected, "for {source}");
    }
}

/// The same for statements inside a function.
#[track_caller]
fn inside(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(rs(&format!("fn f() {{ {source} }}")), format!("Plain f() {{{expected}}}"), "for {source}");
    }
}

#[test]
fn use_trees_become_one_import_for_each_name() {
    all(&[
        ("use axum::Router;", "import [Router as Router] from axum"),
        (
            "use axum::{self, routing::{get, post as p}, extract::*};",
            "import [module as axum] from axum; import [get as get] from axum::routing; \
             import [post as p] from axum::routing; import [* as *] from axum::extract",
        ),
        ("use std::env::{self};", "import [env as env] from std"),
        ("pub use self::a::b as c;", "export import [b as c] from self::a"),
        ("pub(crate) use super::*;", "export import [* as *] from super"),
        ("use a::B as _;", ""),
        ("extern crate dotenv as d;", "import [module as d] from dotenv"),
    ]);
}

#[test]
fn items_keep_their_attributes_and_members() {
    all(&[
        ("mod a;", "module a"),
        ("#[cfg(test)] mod t { fn f() {} }", "test @cfg(test) module t {Plain f() {}}"),
        (
            "#[tokio::test] async fn f() {} #[cfg(all(test, unix))] fn g() {} #[cfg(not(test))] fn h() {}",
            "test @tokio::test async Plain f() {}; test @cfg(all(test, unix)) Plain g() {}; @cfg(not(test)) Plain h() {}",
        ),
        ("#[cfg(feature = \"x\")] fn f() {}", "perhaps @cfg(feature=\"x\") Plain f() {}"),
        ("macro_rules! m { ($x:expr) => { f($x) }; }", "macro m ($x:expr) => ( f($x) )"),
        ("#[path = \"x.rs\"] mod a;", "@path(\"x.rs\") module a"),
        ("pub const A: &str = \"a\"; static B: u8 = 1;", "bind A: str = \"a\"; bind B: u8 = 1"),
        (
            "#[get(\"/u/{id}\", name = \"u\")] pub async fn u(id: Path<u32>) -> impl Responder { ok() }",
            "@get(\"/u/{id}\", name=\"u\") pub async Plain u(id: Path<u32>) -> Responder {return ok()}",
        ),
        (
            "#[derive(Parser, Debug)] struct A { #[arg(long, env = \"X\")] pub x: Option<String>, y: u8 }",
            "@derive(Parser, Debug) Struct A() <@arg(long, env=\"X\") x: Option<String>, y: u8> {}",
        ),
        ("struct P(pub String, u8);", "Struct P() <0: String, 1: u8> {}"),
        (
            "enum E { A, B(u8), C { #[arg(env)] d: u8 } }",
            "Enum E() <static A, static B, static C> {Struct B() <0: u8> {}; Struct C() <@arg(env) d: u8> {}}",
        ),
        (
            "impl T for a::S<X> { const N: u8 = 1; fn new() -> Self { Self { n: 1 } } fn m(&self, a: u8) { self.n; } }",
            "extend T for a.S<X> {bind N: u8 = 1; Static new() -> Self {return Self{\"n\": 1}}; \
             Method (self).m(a: u8) {this.n}}",
        ),
        ("trait T: B { fn a(&self); fn b() -> u8 { 1 } }", "Interface T(type(B)) <> {Static b() -> u8 {return 1}}"),
        ("type A = B<C>;", "bind A = type(B<C>)"),
    ]);
}

#[test]
fn chains_paths_and_closures_are_calls() {
    inside(&[
        (
            "Router::<S>::new().route(\"/a\", get(h).post(api::p)).with_state(s)",
            "return Router::<S>::new().route(\"/a\", get(h).post(api::p)).with_state(s)",
        ),
        ("let f = move |a: u8, (b, _)| a + b;", "bind f = Lexical -(a: u8, [b, _]) {return (a Add b)}"),
        ("serve(async move { x().await? }).await;", "await serve(async Lexical -() {return await x()}())"),
        ("a.0.parse::<u16>().unwrap_or(80);", "a.0.parse(<>=type(u16)).unwrap_or(80)"),
        ("<T as Tr>::f(&mut x, *y, !z, -1);", "T::f(x, y, Not(z), Minus(1))"),
        ("let v = [1, 2u8, 0x1f_u32]; v[0];", "bind v = [1, 2, 31]; v[0]"),
        ("let S { a, b: c, .. } = S { a: 1, ..d() };", "bind {\"a\": a, \"b\": c} = S{\"a\": 1, ...d()}"),
        ("x += 1; a.b = c as u8;", "set x Add= 1; set a.b = (c as u8)"),
    ]);
}

#[test]
fn control_flow_is_kept_as_statement_and_as_value() {
    inside(&[
        ("if a { b(); } else if c { d(); } e();", "if a {b()} else {if c {d()} else {}}; e()"),
        ("let x = if a { 1 } else { 2 };", "bind x = (a ? ({1}) : ({2}))"),
        ("if let Ok(v) = var(\"A\") { f(v); }", "{bind v = var(\"A\"); if Maybe(v) {f(v)} else {}}"),
        ("let Some(x) = y else { return; };", "bind x = y; if Maybe(x) {} else {return -}"),
        (
            "for (k, v) in m { f(k); } while a { b(); } loop { break; }",
            "each Elements [k, v] in m {f(k)}; loop a {b()}; loop - {break}",
        ),
        (
            "match a { \"x\" | \"y\" => b(), _ => { c(); } }; d();",
            "switch a {[\"x\", \"y\"] => {b()}, [] => {c()}}; d()",
        ),
        (
            "let p = match var(\"P\") { Ok(p) => p, Err(_) => return };",
            "bind p = ({bind match = var(\"P\"); switch match {[?()] => {bind p = match; p}, [?()] => {return -}}})",
        ),
        ("match a { A::B => 1, C => 2 }", "return switch a {[A::B] => {1}, [C] => {2}}"),
    ]);
}

#[test]
fn macros_keep_arguments_that_parse() {
    inside(&[
        ("let a = format!(\"/{}/{x}\", v, x = 1);", "bind a = format!(\"/{}/{x}\", v, x=1)"),
        ("let v = vec![get(\"/a\"), std::env::var(\"B\")];", "bind v = vec!(get(\"/a\"), std::env::var(\"B\"))"),
        ("json!({ \"a\": 1 });", "json!()"),
        ("panic!(\"no {}\", a);", "panic!(\"no {}\", a); throw"),
        ("println!(\"{}\", format!(\"{}\", env!(\"A\")));", "println!(\"{}\", format!(\"{}\", env!(\"A\")))"),
    ]);
    let source = "lazy_static! { static ref A: String = std::env::var(\"A\").unwrap(); }";
    assert_eq!(rs(source), "bind A: String = std::env::var(\"A\").unwrap()");
}

#[test]
fn strings_arrive_with_their_escapes_resolved() {
    assert_eq!(rs(r##"const A: &str = "a\n\x41\u{42}\"";"##), r#"bind A: str = "a\nAB\"""#);
    assert_eq!(rs(r###"const A: &str = r#"a\n"b""#;"###), r#"bind A: str = "a\\n\"b\"""#);
    assert_eq!(rs("const A: &str = \"a \\\n    b\";"), "bind A: str = \"a b\"");
    assert_eq!(rs("const A: char = 'a'; const B: u8 = b'\\n';"), "bind A: char = \"a\"; bind B: u8 = \"\\n\"");
}

#[test]
fn a_place_inside_a_macro_is_that_of_the_file() {
    let module = lower("fn f() {\n    vec![\n        a(),\n        \n        b(),\n    ];\n    vec![c()];\n}\n");
    let crate::code::form::StmtKind::Function(function) = &module.body[0].kind else { panic!("no function") };
    let places = |index: usize| -> Vec<(u32, u32)> {
        let crate::code::form::StmtKind::Expr(value) = &function.body[index].kind else { panic!("no expression") };
        let crate::code::form::ExprKind::Macro(call) = &value.kind else { panic!("no macro") };
        call.args.iter().map(|arg| (arg.value.pos.line, arg.value.pos.column)).collect()
    };
    assert_eq!(places(0), [(3, 9), (5, 9)]);
    assert_eq!(places(1), [(7, 10)]);
}

#[test]
fn nesting_without_end_is_unknown_and_said_so() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("!", ""), ("|| ", ""), ("if a ", "")] {
        let source = format!("fn f() {{ {}{{b}}{} }}", open.repeat(5_000), close.repeat(5_000));
        assert!(!lower(&source).errors.is_empty(), "{open}");
    }
    let macros = format!("fn f() {{ {}b{} }}", "a!(".repeat(500), ")".repeat(500));
    assert_eq!(lower(&macros).body.len(), 1);
}

/// What a call of a macro comes to, on one line.
#[track_caller]
fn expansion(rules: &str, given: &str, items: bool) -> String {
    let module = lower(&format!("macro_rules! m {{ {rules} }}"));
    let Some(crate::code::form::StmtKind::Macro(rules)) = module.body.first().map(|stmt| &stmt.kind) else {
        panic!("no macro in {rules}")
    };
    super::expand(rules, given, items, 7).map_or_else(|| "none".to_owned(), |(body, _)| show::block(&body))
}

#[test]
fn macros_are_expanded_by_the_rule_that_fits() {
    let crud = "($r:expr, $p:literal) => { $r.route($p, get(list)) }; ($r:expr) => { $r };";
    assert_eq!("app.route(\"/a\", get(list))", expansion(crud, "app, \"/a\"", false));
    assert_eq!("app", expansion(crud, "app", false));
    assert_eq!("none", expansion(crud, "app, x", false));
    let many = "($r:ident; $($p:literal => $h:path),+ $(,)?) => { $($r.add($p, $h);)+ };";
    assert_eq!("a.add(\"/x\", m::h); a.add(\"/y\", k)", expansion(many, "a; \"/x\" => m::h, \"/y\" => k,", false));
    let named = "($(#[doc = $d:literal] $n:ident),*) => { $(paste::paste! { f([<get_ $n:snake>], $d); })* };";
    assert_eq!(
        "f(get_some_id, \"a \\\"b\\\"\"); f(get_type, \"c\")",
        expansion(named, "/// a \"b\"\n// no\nSomeId, /** c */ r#type", false)
    );
    let items = "($($n:ident : $t:ty),*) => { $(pub fn $n() -> $t { $n }) * };";
    assert_eq!("pub Plain f() -> Vec<u8> {return f}", expansion(items, "f: Vec<u8>", true));
}

#[test]
fn macros_that_make_no_sense_give_nothing() {
    for (rules, given) in [
        ("($($x:expr),*) => { $x };", "1, 2"),
        ("($x:expr) => { ( };", "1"),
        ("($x:tt) => { $x };", "\"unfinished"),
        ("($($($x:tt)*),*) => { $($($x)*)* };", "((((("),
        ("() => {};", "1"),
    ] {
        assert_eq!("none", expansion(rules, given, false), "{rules} on {given}");
    }
}
