use super::super::show;
use super::{Dialect, lower};

/// What a piece of TypeScript lowers to, on one line.
fn ts(source: &str) -> String {
    let module = lower(source, Dialect::TypeScript);
    assert!(module.errors.is_empty(), "{:?} in {source}", module.errors);
    show::module(&module)
}

fn js(source: &str) -> String {
    let module = lower(source, Dialect::JavaScript);
    assert!(module.errors.is_empty(), "{:?} in {source}", module.errors);
    let shown = show::module(&module);
    let typed = lower(source, Dialect::Tsx);
    assert_eq!(show::module(&typed), shown, "the grammars disagree on {source}");
    shown
}

#[track_caller]
fn all(read: fn(&str) -> String, cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(read(source), *expected, "for {source}");
    }
}

#[test]
fn imports_say_what_they_take() {
    all(
        js,
        &[
            ("import a from 'x'", "import [default as a] from x"),
            ("import a, { b, c as d } from \"x\"", "import [default as a, b as b, c as d] from x"),
            ("import * as n from './n.js'", "import [module as n] from ./n.js"),
            ("import { default as z } from 'x'", "import [default as z] from x"),
            ("import './effect'", "import [] from ./effect"),
            ("const { a } = require('x')", "bind {\"a\": a} = require(\"x\")"),
            ("const m = await import('./m')", "bind m = await import(\"./m\")"),
        ],
    );
    all(
        ts,
        &[
            ("import type { A } from 'x'", "import type [A as A] from x"),
            ("import { type A, b } from 'x'", "import [b as b] from x; import type [A as A] from x"),
            ("import e = require('express')", "bind e = require(\"express\")"),
            ("import R = e.Router", "bind R = e.Router"),
        ],
    );
}

#[test]
fn exports_say_what_they_give() {
    all(
        js,
        &[
            ("export { a, b as c }", "export [a as a, b as c]"),
            ("export { a as b, default as d } from './x'", "export [a as b, default as d] from ./x"),
            ("export * from './x'", "export * from ./x"),
            ("export * as ns from './x'", "export [module as ns] from ./x"),
            ("export default app", "export default app"),
            ("export default function f() {}", "pub Plain f() {}; export [f as default]"),
            ("export default function () {}", "export default Plain -() {}"),
            ("export default class C {}", "Class C() <> {}; export [C as default]"),
            ("export const a = 1, b = 2", "export bind a = 1; export bind b = 2"),
            ("export async function f() {}", "export pub async Plain f() {}"),
            ("module.exports = { a }", "set module.exports = {\"a\": a}"),
        ],
    );
    all(
        ts,
        &[
            ("export = router", "set module.exports = router"),
            ("export type { A } from './x'", "export [A as A] from ./x"),
            ("declare const x: string", ""),
        ],
    );
}

#[test]
fn destructuring_keeps_keys_defaults_and_rests() {
    all(
        js,
        &[
            (
                "const { a, b: { c = 1 }, ['d']: e, [k]: f, ...rest } = o",
                "bind {\"a\": a, \"b\": {\"c\": c = 1}, \"d\": e, k: f, ...rest} = o",
            ),
            ("let [a, , b = 2, ...c] = l", "bind [a, _, b = 2, ...c] = l"),
            ("[a.b, c[0]] = l", "set [a.b, c[0]] = l"),
            ("({ a: x.y = 3 } = o)", "set {\"a\": x.y = 3} = o"),
            ("function f({ a = 1, b } = {}, ...rest) {}", "Plain f({\"a\": a = 1, \"b\": b} = {}, Rest rest) {}"),
        ],
    );
}

#[test]
fn strings_arrive_with_their_escapes_resolved() {
    all(
        js,
        &[
            (r"x = 'a\n\x41\u0042\u{43}\'\\'", r#"set x = "a\nABC'\\""#),
            ("x = 'a\\\nb'", "set x = \"ab\""),
            ("x = `/a\\`${b}/c${d.e}`", "set x = `\"/a`\" b \"/c\" d.e`"),
            ("x = `plain`", "set x = \"plain\""),
            ("x = ``", "set x = \"\""),
            ("x = /a\\/[b]+/gi", "set x = /(?gi)a\\/[b]+/"),
            ("x = tag`a${b}`", "set x = ?(tag, `\"a\" b`)"),
        ],
    );
}

#[test]
fn numbers_are_read_in_every_spelling() {
    let source = "x = [1_000, 0x1f, 0b11, 0o17, 1.5, 1e3, 10n]";
    assert_eq!(js(source), "set x = [1000, 31, 3, 15, 1.5, 1000.0, 10]");
}

#[test]
fn functions_keep_their_kind() {
    all(
        js,
        &[
            ("const f = x => x + 1", "bind f = Lexical -(x) {return (x Add 1)}"),
            ("const f = async (a, b = 2) => { await a }", "bind f = async Lexical -(a, b = 2) {await a}"),
            ("function* g() { yield 1; yield }", "generator Plain g() {yield 1; yield -}"),
            ("(function named() {})()", "Plain named() {}()"),
            ("const f = () => ({ a: 1 })", "bind f = Lexical -() {return {\"a\": 1}}"),
        ],
    );
    let typed = "function f(this: X, a?: string, ...b: Foo[]): Promise<Bar> {}";
    assert_eq!(ts(typed), "Plain f(a: string, Rest b: Array<Foo>) -> Promise<Bar> {}");
}

#[test]
fn objects_keep_methods_getters_spreads_and_computed_keys() {
    let source =
        "x = { a, 'b-c': 1, 2: two, [k]: v, ['s']: w, m() {}, get g() { return 1 }, set g(v) {}, async n() {}, ...o }";
    let expected = "set x = {\"a\": a, \"b-c\": 1, \"2\": two, k: v, \"s\": w, \"m\": pub Method m() {}, \
                    \"g\": pub Getter g() {return 1}, \"n\": pub async Method n() {}, ...o}";
    assert_eq!(js(source), expected);
}

#[test]
fn expressions_of_every_kind_are_told_apart() {
    all(
        js,
        &[
            ("a?.b?.[c]?.(d)", "Maybe(a).b[c](d)"),
            ("x = a ?? b || c && d", "set x = (a Coalesce (b Or (c And d)))"),
            ("x = a ? b : c, y = new D", "set x = (a ? b : c); set y = new D()"),
            ("f(...a, b, [, 1, ...c])", "f(...a, b, [null, 1, ...c])"),
            ("x ||= 1; y += 2; z++", "set x = (x Or 1); set y Add= 2; set z Add= 1"),
            ("x = (a = 1, b)", "set x = seq((a = 1), b)"),
            ("x = typeof a === 'b', y = !c, z = void 0", "set x = (TypeOf(a) Eq \"b\"); set y = Not(c); set z = null"),
            ("delete a.b", "delete a.b"),
            ("x = import.meta.env.A", "set x = import.meta.env.A"),
            ("x = class extends A {}", "set x = Class -(A) <> {}"),
            ("x = <A b={c} {...d}>{e()}<F/></A>", "set x = ?(?(A, ?(?(c)), ?(?(d))), ?(e()), ?(F), ?(A))"),
        ],
    );
}

#[test]
fn types_around_values_are_casts() {
    all(
        ts,
        &[
            ("x = a as unknown as Foo<Bar>", "set x = ((a as unknown) as Foo<Bar>)"),
            ("x = { a: 1 } as const", "set x = {\"a\": 1}"),
            ("x = a satisfies B", "set x = (a as B)"),
            ("x = <Foo>a", "set x = (a as Foo)"),
            ("x = a!.b!", "set x = a.b"),
            ("x = f<A>(b)", "set x = f(b)"),
            ("let a: express.Router | undefined", "bind a: express.Router"),
            ("let a: FastifyInstance & { x: 1 }", "bind a: FastifyInstance<FastifyInstance, >"),
        ],
    );
}

#[test]
fn statements_of_every_kind_are_told_apart() {
    all(
        js,
        &[
            ("if (a) b(); else if (c) { d() } else e()", "if a {b()} else {if c {d()} else {e()}}"),
            ("for (const [k, v] of m) f(k)", "each Elements [k, v] in m {f(k)}"),
            ("for (const k in m) f(k)", "each Keys k in m {f(k)}"),
            ("for (let i = 0; i < n; i++) f(i)", "{bind i = 0; loop (i Lt n) {f(i); set i Add= 1}}"),
            ("for (;;) break", "{loop - {break}}"),
            ("while (a) b()", "loop a {b()}"),
            ("do { b() } while (a)", "loop a {b()}"),
            ("outer: for (const a of b) continue outer", "each Elements a in b {continue}"),
            (
                "switch (a) { case 1: case 2: b(); break; default: { c(); break } }",
                "switch a {[1, 2] => {b()}, [] => {{c()}}}",
            ),
            ("switch (a) { case 1: default: b() }", "switch a {[] => {b()}}"),
            ("try { a() } catch ({ m }) { b() } finally { c() }", "try {a()} [bind {\"m\": m}; b()] {c()}"),
            ("try { a() } catch { b() }", "try {a()} [b()] {}"),
            ("throw new E(a)", "new E(a); throw"),
            ("{ let a = 1 }", "{bind a = 1}"),
        ],
    );
}

#[test]
fn classes_keep_fields_methods_bases_and_decorators() {
    all(
        js,
        &[
            (
                "class A extends mix(B) { static s = 1; f = () => 2; #p = 3; static { init() } constructor() { super() } }",
                "Class A(mix(B)) <static s = 1, f = Lexical -() {return 2}, #p = 3> \
                 {{init()}; pub Constructor constructor() {super()}}",
            ),
            (
                "class A { static m() {} get g() { return 1 } set g(v) {} async *n() {} ['/k']() {} [k]() {} }",
                "Class A() <> {pub Static m() {}; pub Getter g() {return 1}; pub Method -(v) {}; \
                 pub async generator Method n() {}; pub Method /k() {}; pub Method -() {}}",
            ),
        ],
    );
    let source = "@Controller('cats') export class Cats extends Base<X> implements I { \
                  constructor(@Inject() private readonly s: Service, o: Options) { super() } \
                  @Get(':id') @Auth one(@Param('id') id: string): Cat {} \
                  @Input() name?: string = 'n'; abstract later(): void; }";
    let expected = "export @Controller(\"cats\") Class Cats(Base) <@Input() name: string = \"n\"> \
                    {pub Constructor constructor(@Inject() field s: Service, o: Options) {super()}; \
                    @Get(\":id\") @Auth pub Method one(@Param(\"id\") id: string) -> Cat {}}";
    assert_eq!(ts(source), expected);
    assert_eq!(ts("export default abstract class A {}"), "Class A() <> {}; export [A as default]");
}

#[test]
fn enums_namespaces_and_types_are_kept_where_they_carry_values() {
    all(
        ts,
        &[
            (
                "enum E { A, B = 5, C, D = 'd', F = A }",
                "Enum E() <static A = 0, static B = 5, static C = 6, static D = \"d\", static F = A> {}",
            ),
            ("export const enum E { 'a-b' = 1 }", "export Enum E() <static a-b = 1> {}"),
            ("namespace A.B { export const c = 1 }", "module A {export module B {export bind c = 1}}"),
            ("interface A extends B.C { d: E }", "Interface A(type(B.C)) <d: E> {}"),
            ("type App = FastifyInstance<X>", "Interface App(type(FastifyInstance<X>)) <> {}"),
            ("export type A = string; export const A = 1", "export bind A = 1"),
            ("declare module 'x' { interface A {} }", ""),
        ],
    );
}

#[test]
fn places_are_those_a_reader_would_point_at() {
    let module = lower("/* \u{e9}\u{e9} */ app\n  .get('/a')\n  .post('/b')", Dialect::JavaScript);
    let crate::code::form::StmtKind::Expr(post) = &module.body[0].kind else { panic!("no expression") };
    let crate::code::form::ExprKind::Call(call) = &post.kind else { panic!("no call") };
    assert_eq!((post.pos.line, post.pos.column), (3, 4));
    assert_eq!((call.callee.pos.line, call.callee.pos.column), (3, 4));
    assert_eq!((module.body[0].pos.line, module.body[0].pos.column), (1, 10));
}

#[test]
fn what_cannot_be_parsed_is_noted_and_the_rest_goes_on() {
    let module = lower("const a = 1\n) ] oops\napp.get('/b')\n", Dialect::JavaScript);
    assert!(!module.errors.is_empty());
    let shown = show::module(&module);
    assert!(shown.starts_with("bind a = 1") && shown.ends_with("app.get(\"/b\")"), "{shown}");
}

#[test]
fn nesting_without_end_is_unknown_and_said_so() {
    let deep = 20_000;
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("!", ""), ("a => ", ""), ("if (a) ", "")] {
        let source = format!("{}b{}", open.repeat(deep), close.repeat(deep));
        let module = lower(&source, Dialect::JavaScript);
        assert!(!module.errors.is_empty(), "{open}");
    }
    let chain = format!("app{}", ".get('/a')".repeat(150));
    assert!(lower(&chain, Dialect::JavaScript).errors.is_empty());
}

#[test]
fn any_bytes_give_a_module() {
    for source in ["", "\u{feff}x", "\0", "`${", "'\\", "class", "export", "import {", "<a", "#!/x\n", "\u{1f600}.get("]
    {
        for dialect in [Dialect::JavaScript, Dialect::TypeScript, Dialect::Tsx] {
            let module = lower(source, dialect);
            assert!(module.body.len() < 10);
        }
    }
}

#[test]
fn an_ampersand_alone_in_a_text_of_jsx_is_text() {
    let module = lower("const a = <p>Help & Support</p>;\nconst m = b & c;\napp.get('/x', f)", Dialect::Tsx);
    assert!(module.errors.is_empty(), "{:?}", module.errors);
    assert!(show::module(&module).contains("\"/x\""), "{}", show::module(&module));
}

#[test]
fn types_given_to_a_tagged_template_may_be_lists() {
    for types in ["any[]", "\n  { id: string }[]\n", "\r\n\t[{ data: Row[]; next: string | null }]\r\n"] {
        let source = format!("const a = db.query<{types}>`select ${{x}}`;\nconst c = a < b;\napp.get('/x', f)");
        let module = lower(&source, Dialect::TypeScript);
        assert!(module.errors.is_empty(), "{:?} in {source}", module.errors);
        assert!(show::module(&module).contains("\"/x\""), "{}", show::module(&module));
    }
}
