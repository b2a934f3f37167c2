use super::super::show;
use super::lower;

/// What a piece of Go lowers to, on one line.
fn go(source: &str) -> String {
    let module = lower(&format!("package p\n{source}\n"));
    assert!(module.errors.is_empty(), "{:?} in {source}", module.errors);
    show::module(&module)
}

#[track_caller]
fn all(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(go(source), *expected, "for {source}");
    }
}

/// The same for statements inside a function.
#[track_caller]
fn inside(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(go(&format!("func f() {{\n{source}\n}}")), format!("Plain f() {{{expected}}}"), "for {source}");
    }
}

#[test]
fn imports_have_the_usual_name_of_their_package() {
    all(&[
        ("import \"net/http\"", "import [module as http] from net/http"),
        (
            "import (\n\t\"github.com/labstack/echo/v4\"\n\t\"gopkg.in/yaml.v3\"\n\t\"github.com/x/go-y\"\n)",
            "import [module as echo] from github.com/labstack/echo/v4; import [module as yaml] from gopkg.in/yaml.v3; \
             import [module as y] from github.com/x/go-y",
        ),
        ("import r \"a/b\"", "import [module as r] from a/b"),
        ("import _ \"a/b\"", "import [] from a/b"),
        ("import . \"a/b\"", "import [* as *] from a/b"),
    ]);
}

#[test]
fn declarations_are_classes_functions_and_bindings() {
    all(&[
        (
            "type S struct {\n\t*gin.Engine\n\ta, b string `json:\"a\"`\n}",
            "Struct S() <Engine: gin.Engine, a: string `json:\"a\"`, b: string `json:\"a\"`> {}",
        ),
        (
            "type H func(w http.ResponseWriter, r *http.Request) error",
            "Class H(type(func<<http.ResponseWriter, http.Request>, error>)) <> {}",
        ),
        ("type L []Route", "Class L(type([]<Route>)) <> {}"),
        ("type R = gin.Engine", "bind R = type(gin.Engine)"),
        (
            "type I interface {\n\thttp.Handler\n\tRegister(r chi.Router)\n}",
            "Interface I(type(http.Handler)) <> {pub Method Register(r: chi.Router) {}}",
        ),
        (
            "func (s *Server) Run(a string, b ...int) (err error) { return }",
            concat!(
                "extend Server {pub Method (s: Server).Run(a: string, Rest b: int) -> error ",
                "{bind err: error; return err}}"
            ),
        ),
        ("func Two() (int, error) { return 1, nil }", "pub Plain Two() -> <int, error> {return (1, null)}"),
        ("var a, b = f()\nvar c string", "bind [a, b] = f(); bind c: string"),
        (
            "var t = []struct{ m string }{{\"GET\"}}",
            "Struct struct@2:11() <m: string> {}; bind t = []<struct@2:11>[[\"GET\"]]",
        ),
    ]);
}

#[test]
fn constants_repeat_the_expression_before() {
    all(&[
        ("const A, B = \"a\", 2", "bind A = \"a\"; bind B = 2"),
        ("const (\n\tA = iota\n\tB\n\t_\n\tC\n)", "bind A = 0; bind B = 1; bind _ = 2; bind C = 3"),
        ("const (\n\tA = \"/x\" + P\n\tB\n)", "bind A = (\"/x\" Add P); bind B = (\"/x\" Add P)"),
    ]);
}

#[test]
fn expressions_keep_what_carries_a_value() {
    inside(&[
        ("r.Group(\"/a\").Use(m...).GET(\"\", h)", "r.Group(\"/a\").Use(...m).GET(\"\", h)"),
        ("x := &S{A: 1, b: \"c\"}", "bind x = S{A: 1, b: \"c\"}"),
        ("m := map[string][]int{\"a\": {1, 2}, K: nil}", "bind m = map<string, []<int>>{\"a\": [1, 2], K: null}"),
        ("v, ok := m[k]", "bind [v, ok] = (m[k], ?())"),
        ("v, err := f(a)", "bind [v, err] = f(a)"),
        (
            "x := new(http.ServeMux); y := make([]string, 0)",
            "bind x = new(type(http.ServeMux)); bind y = make(type([]<string>), 0)",
        ),
        ("x := y.(*T)", "bind x = (y as T)"),
        ("x := []byte(s)", "bind x = (s as []<byte>)"),
        ("f(func(c *gin.Context) { c.Next() })", "f(Plain -(c: gin.Context) {c.Next()})"),
        ("x := a[1:]; y := !b && c || -d == 0x1F", "bind x = a[1:-]; bind y = ((Not(b) And c) Or (Minus(d) Eq 31))"),
        ("a.b, c = c, a.b; d += \"x\"; e++", "set [a.b, c] = (c, a.b); set d Add= \"x\"; set e Add= 1"),
        ("x := `a\\n`; y := \"a\\n\\u0041\"", "bind x = \"a\\\\n\"; bind y = \"a\\nA\""),
    ]);
}

#[test]
fn control_flow_is_kept() {
    inside(&[
        (
            "if v, ok := f(); ok { g() } else if x { h() } else { i() }",
            "{bind [v, ok] = f(); if ok {g()} else {if x {h()} else {i()}}}",
        ),
        ("for i, r := range rs { f(r) }", "each Pairs [i, r] in rs {f(r)}"),
        ("for range 3 { f() }", "each Pairs _ in 3 {f()}"),
        ("for i := 0; i < 3; i++ { f(i) }", "{bind i = 0; loop (i Lt 3) {{f(i)}; set i Add= 1}}"),
        ("for { f() }", "loop - {f()}"),
        ("for x < 1 { f() }", "loop (x Lt 1) {f()}"),
        ("switch a { case 1, 2: f(); default: g() }", "switch a {[1, 2] => {f()}, [] => {g()}}"),
        ("switch { case a: f() }", "switch - {[a] => {f()}}"),
        (
            "switch v := x.(type) { case *T: f(v); case nil: g() }",
            "{bind v = x; switch ?() {[type(T)] => {bind v: T = v; f(v)}, [null] => {g()}}}",
        ),
        ("select { case v := <-c: f(v); default: g() }", "switch ?() {[?()] => {bind v = ?(c); f(v)}, [] => {g()}}"),
        ("go f(); defer func() { g() }()", "defer f(); defer Plain -() {g()}()"),
        (
            "if e != nil { log.Fatalf(\"x\", e) }; panic(e)",
            "if (e Ne null) {log.Fatalf(\"x\", e); throw} else {}; panic(e); throw",
        ),
        ("for { break }; for { continue }", "loop - {break}; loop - {continue}"),
    ]);
}

#[test]
fn files_that_the_default_build_leaves_out_are_empty() {
    let held =
        |constraint: &str| !lower(&format!("// x\n\n{constraint}\n\npackage p\n\nfunc f() {{}}\n")).body.is_empty();
    for constraint in
        ["//go:build linux", "//go:build !windows && (amd64 || arm64)", "//go:build !dev", "//go:build go1.21", ""]
    {
        assert!(held(constraint), "{constraint}");
    }
    for constraint in
        ["//go:build ignore", "//go:build integration", "//go:build windows || !linux", "//go:build !(linux)"]
    {
        assert!(!held(constraint), "{constraint}");
    }
}

#[test]
fn a_call_in_a_chain_has_the_line_of_its_name() {
    let module = lower("package p\nfunc f() {\n\tr.Group(\"/a\").\n\t\tGET(\"/b\",\n\t\t\th)\n}\n");
    let crate::code::form::StmtKind::Function(function) = &module.body[0].kind else { panic!("no function") };
    let crate::code::form::StmtKind::Expr(call) = &function.body[0].kind else { panic!("no expression") };
    assert_eq!(4, call.pos.line);
}

#[test]
fn nesting_without_end_is_unknown_and_said_so() {
    for (open, close) in [("(", ")"), ("[]x{", "}"), ("f(", ")"), ("!", ""), ("func() { ", " }")] {
        let source = format!("package p\nfunc f() {{ x = {}b{} }}", open.repeat(5_000), close.repeat(5_000));
        assert!(!lower(&source).errors.is_empty(), "{open}");
    }
    let constraint = format!("//go:build {}linux\npackage p\nvar x = 1\n", "!".repeat(50_000));
    lower(&constraint);
}
