use super::super::show;
use super::lower;

/// What a piece of Java lowers to, on one line.
fn java(source: &str) -> String {
    let module = lower(source);
    assert!(module.errors.is_empty(), "{:?} in {source}", module.errors);
    show::module(&module)
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(java(source), *expected, "for {source}");
    }
}

/// The same for statements inside a method.
#[track_caller]
fn inside(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let whole = format!("class C {{ void f() {{ {source} }} }}");
        assert_eq!(java(&whole), format!("Class C() <> {{Method f() -> void {{{expected}}}}}"), "for {source}");
    }
}

#[test]
fn imports_take_a_name_from_its_package_or_class() {
    all(&[
        ("import a.b.C;", "import [C as C] from a.b"),
        ("import static a.b.C.X;", "import [X as X] from a.b.C"),
        ("import a . b.*;", "import [* as *] from a.b"),
        ("import static a.b.C.*;", "import [* as *] from a.b.C"),
    ]);
    assert_eq!(lower("package a.b;\nclass C {}").package.as_deref(), Some("a.b"));
}

#[test]
fn annotations_are_decorators_with_named_arguments() {
    all(&[
        (
            "@RestController @RequestMapping(A.B + \"/x\") public class C {}",
            "@RestController @RequestMapping((A.B Add \"/x\")) Class C() <> {}",
        ),
        (
            "interface I { @a.b.Get(path = {\"/x\", Y}, method = M.GET) List<String> g(@PathVariable(\"id\") int id); }",
            "Interface I() <> {@a.b.Get(path=[\"/x\", Y], method=M.GET) Method g(@PathVariable(\"id\") id: int) -> List<String> {return ?()}}",
        ),
        ("@A(@B(\"x\")) class C {}", "@A(B(\"x\")) Class C() <> {}"),
        (
            "@RequestMapping public @interface Api { @AliasFor(annotation = R.class) String[] value() default {}; }",
            "@RequestMapping Annotation Api() <> {@AliasFor(annotation=R.class) Method value() -> <String> {return []}}",
        ),
    ]);
}

#[test]
fn classes_keep_bases_fields_and_what_is_inside() {
    all(&[
        (
            "abstract class A<T> extends B<T> implements C, d.E { static final String X = \"x\", Y = X; private F f; A(F f) { super(f); this.f = f; } }",
            "Abstract A(type(B<T>), type(C), type(d.E)) <static X: String = \"x\", static Y: String = X, f: F> \
             {pub Constructor constructor(f: F) {super(f); set this.f = f}}",
        ),
        (
            "interface I { String P = \"/p\"; class N {} }",
            "Interface I() <static P: String = \"/p\"> {Class N() <> {}}",
        ),
        (
            "enum E { A(\"a\"), B; E(String p) {} String p() { return p; } }",
            "Enum E() <static A = new E(\"a\"), static B = new E()> \
             {pub Constructor constructor(p: String) {}; Method p() -> String {return p}}",
        ),
        ("record R(@A String a) {}", "Struct R() <@A a: String> {pub Constructor constructor(@A field a: String) {}}"),
        (
            "class C { static { a(); } public static void main(String... args) {} }",
            "Class C() <> {{a()}; pub Static main(Rest args: String) -> void {}}",
        ),
    ]);
}

#[test]
fn expressions_are_calls_members_and_closures() {
    inside(&[
        (
            "r.GET(\"/a\", h::get).andRoute(p, x -> y(x)).build();",
            "r.GET(\"/a\", (h.get as ::)).andRoute(p, Lexical -(x) {return y(x)}).build()",
        ),
        ("var f = (String a, int b) -> { return a + b; };", "bind f = Lexical -(a: String, b: int) {return (a Add b)}"),
        ("List<String> l = new ArrayList<>(x);", "bind l: List<String> = new ArrayList(x)"),
        ("a = new A() { void g() {} };", "set a = new Class -(type(A)) <> {Method g() -> void {}}()"),
        (
            "String[] a = {\"x\"}; a[0] += new String[]{\"y\"}[0];",
            "bind a: <String> = [\"x\"]; set a[0] Add= [\"y\"][0]",
        ),
        ("i++; c = b ? (T) x : !y;", "(i Add= 1); set c = (b ? (x as T) : Not(y))"),
        ("return A.class;", "return A.class"),
        ("g(Foo::new);", "g(Foo)"),
    ]);
}

#[test]
fn control_flow_is_kept() {
    inside(&[
        ("if (a) b(); else { c(); }", "if a {b()} else {c()}"),
        ("for (String s : l) f(s);", "each Elements s in l {f(s)}"),
        ("for (int i = 0; i < 2; i++) f(i);", "{bind i: int = 0; loop (i Lt 2) {f(i); (i Add= 1)}}"),
        (
            "switch (a) { case 1: case 2: b(); break; default: c(); }",
            "switch a {[1] => {}, [2] => {b(); break}, [] => {c()}}",
        ),
        (
            "var x = switch (a) { case \"p\", \"q\" -> 1; default -> { yield 2; } };",
            "bind x = switch a {[\"p\", \"q\"] => {1}, [] => {{2}}}",
        ),
        (
            "try (A a = b()) { c(); } catch (E e) { d(); } finally { e(); }",
            "try {with b() as Some(\"a\") {c()}} [d()] {e()}",
        ),
        ("throw new E();", "throw"),
    ]);
}

#[test]
fn strings_arrive_with_their_escapes_resolved() {
    assert_eq!(java(r#"class C { String a = "a\n\u0041\\"; }"#), r#"Class C() <a: String = "a\nA\\"> {}"#);
    let block = "class C { String a = \"\"\"\n    a\n      b \\\"c\n    \"\"\"; }";
    assert_eq!(java(block), r#"Class C() <a: String = "a\n  b \"c\n"> {}"#);
}

#[test]
fn nesting_without_end_is_unknown_and_said_so() {
    for (open, close) in
        [("(", ")"), ("f(", ")"), ("{", "}"), ("!", ""), ("new A() { void g() { ", "}}"), ("if (a) ", "")]
    {
        let source = format!("class C {{ void f() {{ {}b{}; }} }}", open.repeat(3_000), close.repeat(3_000));
        assert!(!lower(&source).errors.is_empty(), "{open}");
    }
}
