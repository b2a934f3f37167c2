use super::super::show;
use super::lower;
use crate::code::form::StmtKind;

/// What a piece of Kotlin lowers to, on one line.
fn kt(source: &str) -> String {
    let module = lower(source);
    assert!(module.errors.is_empty(), "{:?} in {source}", module.errors);
    show::module(&module)
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(kt(source), *expected, "for {source}");
    }
}

/// The same for statements inside a function.
#[track_caller]
fn inside(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let whole = format!("fun f() {{\n {source}\n}}");
        assert_eq!(kt(&whole), format!("pub Plain f() {{{expected}}}"), "for {source}");
    }
}

#[test]
fn imports_take_a_name_from_its_package() {
    all(&[
        ("import a.b.C", "import [C as C] from a.b"),
        ("import a.b.C as D", "import [C as D] from a.b"),
        ("import a.b.*", "import [* as *] from a.b"),
        ("import a.b.*\n\n@A\n@B(\"x\")\nclass C\n", "import [* as *] from a.b; @A @B(\"x\") Class C() <> {}"),
    ]);
    assert_eq!(lower("package a.b\nclass C").package.as_deref(), Some("a.b"));
}

#[test]
fn annotations_are_decorators_with_named_arguments() {
    all(&[
        (
            "@RestController\n@RequestMapping(\"/x\", A.B + \"/y\")\nclass C {\n  @GetMapping(value = [\"/a\"], method = [M.GET])\n  fun g(@PathVariable id: Int): List<String> = l()\n}",
            "@RestController @RequestMapping(\"/x\", (A.B Add \"/y\")) Class C() <> \
             {@GetMapping(value=[\"/a\"], method=[M.GET]) pub Method g(@PathVariable id: Int) -> List<String> {return l()}}",
        ),
        (
            "@R annotation class Api(@get:AliasFor(annotation = R::class) val value: Array<String> = [])",
            "@R Annotation Api() <> {@AliasFor(annotation=R.class) pub Method value() -> Array<String> {return []}}",
        ),
    ]);
}

#[test]
fn classes_keep_constructors_companions_and_bases() {
    all(&[
        (
            "abstract class A<T>(private val s: S, n: Int = 1) : B<T>(s), C {\n  companion object { const val X = \"x\" }\n  val y: String by lazy { \"z\" }\n  val p get() = X\n}",
            "Abstract A(type(B<T>), type(C)) <s: S, static X = \"x\", y: String = Lexical -(it) {return \"z\"}()> \
             {pub Constructor constructor(field s: S, n: Int = 1) {super(s)}; pub Getter p() {return X}}",
        ),
        ("object P { const val A = \"a\"; fun f() = 1 }", "Object P() <static A = \"a\"> {pub Static f() {return 1}}"),
        (
            "enum class E(val p: String) { A(\"a\"), B(\"b\") }",
            "Enum E() <p: String, static A = new E(\"a\"), static B = new E(\"b\")> {pub Constructor constructor(field p: String) {}}",
        ),
        (
            "class A { companion object P { const val B = 1 } }",
            "Class A() <static B = 1> {Class P() <static B = 1> {}}",
        ),
        ("interface I { fun f(): Int }", "Interface I() <> {pub Method f() -> Int {return ?()}}"),
        ("const val A = \"a\"\nprivate val b = A", "bind A = \"a\"; bind b = A"),
        ("fun R.users(s: S) { get(s) }", "pub Plain (this: R).users(s: S) {get(s)}"),
    ]);
}

#[test]
fn calls_take_their_lambda_and_strings_their_holes() {
    inside(&[
        (
            "router { \"/a\".nest { GET(\"/$id\", h::get) } }",
            "router(Lexical -(it) {return \"/a\".nest(Lexical -(it) {return GET(`\"/\" id`, (h.get as ::))})})",
        ),
        ("val f = { a: String, b -> a + b }", "bind f = Lexical -(a: String, b) {return (a Add b)}"),
        ("val s = !a.b.c(d)", "bind s = Not(a.b.c(d))"),
        ("val s = !f(a)", "bind s = Not(f(a))"),
        ("val i = a !in b", "bind i = (a NotIn b)"),
        ("val e = System.getenv(\"A\") ?: \"b\"", "bind e = (System.getenv(\"A\") Coalesce \"b\")"),
        ("val (a, b) = x to y", "bind [a, b] = (x, y)"),
        ("val t = \"${a.b}/c\"", "bind t = `a.b \"/c\"`"),
        ("g(x = 1, *l, null, true)", "g(x=1, ...l, null, true)"),
        ("val v = object : A() { }", "bind v = new Class -(type(A)) <> {pub Constructor constructor() {super()}}()"),
    ]);
}

#[test]
fn control_flow_is_kept() {
    inside(&[
        ("val x = if (a) 1 else 2", "bind x = (a ? 1 : 2)"),
        ("for (s in l) { f(s) }", "each Elements s in l {f(s)}"),
        ("val x = when (a) { \"p\", \"q\" -> 1\n else -> 2 }", "bind x = switch a {[\"p\", \"q\"] => {1}, [] => {2}}"),
        ("val x = try { a() } catch (e: E) { b() }", "bind x = ({try {} [b()] {}; a()})"),
        ("a.b = c; d += 1", "set a.b = c; set d Add= 1"),
        ("while (a) { b() }", "loop a {b()}"),
        ("return null", "return null"),
    ]);
}

#[test]
fn nesting_without_end_is_unknown_and_said_so() {
    for (open, close) in [("(", ")"), ("f(", ")"), ("f { ", "}"), ("!", ""), ("if (a) ", "")] {
        let source = format!("fun f() {{ {}b{} }}", open.repeat(3_000), close.repeat(3_000));
        assert!(!lower(&source).errors.is_empty(), "{open}");
    }
}

#[test]
fn a_type_that_a_call_states_is_an_argument() {
    inside(&[
        ("get<A.B> { }", "get(Lexical -(it) {}, <type>=A.B, <>=A.B)"),
        ("get<A>(\"x\") { }", "get(\"x\", <type>=A, <>=A, Lexical -(it) {})"),
        ("inject<A>()", "(inject(<type>=A, <>=A) as A)"),
        ("a.let { return b }", "a.let(Lexical -(it) {leave b})"),
        ("a.let { return@let b }", "a.let(Lexical -(it) {return b})"),
        ("val a by inject<A.B>()", "bind a = (inject(<type>=A.B, <>=A.B) as A.B)"),
        ("f<A, B<C>>()", "f(<type>=A, <>=A, <1>=B)"),
        ("listOf<A>()", "listOf(<type>=A, <>=A)"),
    ]);
}

#[test]
fn signs_that_nothing_closes_are_not_parsed_and_said_so() {
    let source = format!("val a = b{}", "<".repeat(1 << 20));
    assert_eq!(1, lower(&source).errors.len());
}

#[test]
fn calls_of_get_behind_a_property_are_no_accessors() {
    inside(&[("val r: S by inject()\n get { a() }", "bind r: S = inject(); get(Lexical -(it) {return a()})")]);
    assert!(lower("fun f() {\n val r: String by inject()\n get<A> { a() }\n get(P) { b() }\n post(\"/x\") { c() }\n}\nfun g() {\n get(\"/y\") { }\n}\n").errors.is_empty());
    // An accessor stays one, and so does what merely looks like a call within a text or a comment.
    all(&[("class A {\n  val p\n    get() = X\n}", "Class A() <> {pub Getter p() {return X}}")]);
    let source = "val t = \"\"\"\n  get { x }\n\"\"\"\n/*\n  get { y }\n*/\nfun f() { \n";
    assert!(!lower(source).errors.is_empty());
    assert!(super::mended::parsed(source).text == source, "nothing to mend is left as it is");
}

#[test]
fn a_member_on_the_line_of_its_brace_is_read() {
    assert!(kt("object T { const val A = \"/x\" }\nfun f() = T.A\n").contains("Plain f()"));
    assert!(kt("interface T { fun f() }\nclass U { val a = \"}\" }\nfun g() {}\n").contains("Plain g()"));
    assert!(kt("fun f() {\n  a(b to object { val c = 1; val d = 2 })\n}\nfun g() {}\n").contains("Plain g()"));
    assert!(kt("@R\n@M(\"/h\")\nclass H {\n  @G(\"/a\")\n  fun a(): String { return \"x\" }\n}").contains("Class H()"));
}

#[test]
fn what_runs_on_each_instance_is_a_method_and_what_an_object_runs_a_block() {
    all(&[
        ("class A {\n  init { a() }\n}", "Class A() <> {pub Method <init>() {{a()}}}"),
        ("object A {\n  init { a() }\n}", "Object A() <> {{a()}}"),
    ]);
}

#[test]
fn annotations_that_the_grammar_takes_for_an_expression_stand_on_their_declarations() {
    all(&[
        ("@R annotation class W\n\n@W\nclass C", "@R Annotation W() <> {}; @W Class C() <> {}"),
        ("@T(A.B)\n@R\nannotation class W", "@T(A.B) @R Annotation W() <> {}"),
        (
            "@R\n@M(\"/h\")\nclass H {\n\n  @G\n  fun a() = \"x\"\n  @P(\"/b\", c = [D])\n  private fun b(): Int {\n    return 1\n  }\n}",
            "@R @M(\"/h\") Class H() <> {@G pub Method a() {return \"x\"}; @P(\"/b\", c=[D]) Method b() -> Int {return 1}}",
        ),
        (
            "@M(\"/x\") class X { @G(\"/y\") fun y() = 1 }",
            "@M(\"/x\") Class X() <> {@G(\"/y\") pub Method y() {return 1}}",
        ),
        (
            "@M(\"/x\") open class X { @G(\"/y\") fun y() = 1 }",
            "@M(\"/x\") Class X() <> {@G(\"/y\") pub Method y() {return 1}}",
        ),
        ("@S data object O", "@S Object O() <> {}"),
        ("@C\nactual fun a() = 1", "@C pub Plain a() {return 1}"),
        ("@A(\"x\") enum class E { B }", "@A(\"x\") Enum E() <static B = new E()> {}"),
    ]);
}

#[test]
fn lifted_annotations_keep_their_places() {
    let module = lower("\n@R\n@M(\"/h\")\nclass H {\n\n  @G\n  fun a() = \"x\"\n}\n");
    let Some(StmtKind::Class(class)) = module.body.first().map(|stmt| &stmt.kind) else { panic!("no class") };
    let places: Vec<_> = class.decorators.iter().map(|one| (one.pos.line, one.pos.column)).collect();
    assert_eq!(places, [(2, 1), (3, 1)]);
    let Some(StmtKind::Function(method)) = class.body.first().map(|stmt| &stmt.kind) else { panic!("no method") };
    assert_eq!(method.decorators.first().map(|one| (one.pos.line, one.pos.column)), Some((6, 3)));
}

#[test]
fn a_keyword_that_stands_for_a_name_is_said_to_be_wrong() {
    for source in ["f(1) class A { }", "a class B"] {
        assert!(!lower(source).errors.is_empty(), "{source}");
    }
    assert!(lower("val a = A::class\nval b = a.b::class.java\n").errors.is_empty());
}

#[test]
fn a_function_that_is_called_get_may_stand_between_values() {
    inside(&[("val a = b { c } get d.e\n f()", "bind a = b(Lexical -(it) {return c}).get(d.e); f()")]);
}

#[test]
fn braces_behind_what_a_class_delegates_to_are_its_own() {
    all(&[
        (
            "class A(val b: B) : B by b {\n  override fun c() = 1\n}",
            "Class A(type(B)) <<by>0: B = b, b: B> {pub Constructor constructor(field b: B) {}; pub Method c() {return 1}}",
        ),
        (
            "class A : B, C by D\u{e9}(\n  e { it },\n  f\n) {\n  fun g() = 1\n}",
            "Class A(type(B), type(C)) <<by>0: C = D\u{e9}(e(Lexical -(it) {return it}), f)> {pub Method g() {return 1}}",
        ),
    ]);
}

#[test]
fn names_that_may_be_modifiers_and_lists_without_elements_are_read() {
    inside(&[
        ("inline += a", "set inline Add= a"),
        ("protected = true", "set protected = true"),
        ("a(dynamic.b)", "a(dynamic.b)"),
    ]);
    all(&[
        (
            "class A(val b: List<C> = [], val d: List<E> = [])\nfun f() = 1",
            "Class A() <b: List<C>, d: List<E>> {pub Constructor constructor(field b: List<C> = [], field d: List<E> = []) {}}; pub Plain f() {return 1}",
        ),
        ("class \u{ac00} { fun \u{b098}() = 1 }", "Class \u{ac00}() <> {pub Method \u{b098}() {return 1}}"),
    ]);
}

#[test]
fn parameters_keep_their_annotations() {
    let module = lower("fun f(@V(\"x\") a: A, vararg b: B) {}");
    let Some(StmtKind::Function(function)) = module.body.first().map(|stmt| &stmt.kind) else { panic!("no function") };
    assert_eq!(function.params.iter().map(|param| param.decorators.len()).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn what_newer_versions_write_is_read() {
    inside(&[
        (
            "val q = $$\"{ $set: $${a()} $$b \" + $$$\"$$c\"\n get(\"/x\") { }",
            "bind q = (`\"{ $set: \" a() \" \" b \" \"` Add \"$$c\"); get(\"/x\", Lexical -(it) {})",
        ),
        (
            "try {\n a() }\n catch (e: E) {\n b() }\n catch (e: F) {\n c() }\n finally {\n d() }\n e()",
            "({try {} [b() | c()] {d()}; a()}); e()",
        ),
        (
            "a.let { open -> f(open) }\n b { external, dynamic -> g() }",
            "a.let(Lexical -(open) {return f(open)}); b(Lexical -(external, dynamic) {return g()})",
        ),
        ("f(\n suspend { a() }\n)", "f(Lexical -(it) {return a()})"),
        ("val f: context(A) (B) -> C = d", "bind f:  = d"),
        ("val [a, b] = c\n val d = []", "bind [a, b] = c; bind d = []"),
        (
            "when (a) {\n is B if c(d) -> 1\n E if !f -> 2\n else if (g\n && h) -> 5\n else -> if (g) 3 else if (i) 4 else 5\n }",
            "switch a {[?()] => {1}, [?()] => {2}, [] => {5}, [] => {(g ? 3 : (i ? 4 : 5))}}",
        ),
    ]);
    all(&[
        (
            "class A(\n  @param:V($$\"${s.n}\") private val n: S,\n)",
            "Class A() <@V(\"${s.n}\") n: S> {pub Constructor constructor(@V(\"${s.n}\") field n: S) {}}",
        ),
        (
            "context(A)\nfun R.b() { c() }\ncontext(B)\n@X private fun d() { }",
            "pub Plain (this: R).b() {c()}; @X Plain (this: B).d() {}",
        ),
        (
            "context(a: A, b: B)\nfun f() = 1\nfun g(a: Set<\n  S,\n  >,) = 2",
            "pub Plain (a: A).f() {return 1}; pub Plain g(a: Set<S>) {return 2}",
        ),
        (
            "class A\n  (\n  val b: B\n) : C {\n  fun d() = 1\n}",
            "Class A(type(C)) <b: B> {pub Constructor constructor(field b: B) {}; pub Method d() {return 1}}",
        ),
    ]);
    let module = lower("fun f() {\n try {\n }\n catch (e: E) {\n }\n catch (e: E) {\n }\n}\nfun g() {}\n");
    assert_eq!(module.body.last().map(|stmt| stmt.pos.line), Some(9));
}

#[test]
fn ranges_delegates_and_several_arguments_are_what_they_mean() {
    inside(&[
        ("for (i in 1..a) { f(i) }", "each Elements i in 1.rangeTo(a) {f(i)}"),
        ("g((0..<2) step 2)", "g(0.rangeUntil(2).step(2))"),
        ("val id by Path.uuid().of()", "bind id = Path.uuid().of(\"id\")"),
    ]);
    all(&[("class A(vararg val b: B)", "Class A() <b: B> {pub Constructor constructor(field Rest b: B) {}}")]);
}
