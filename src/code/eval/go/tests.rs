//! Go by small programs.

use crate::code::analyse;
use crate::repo::Repo;

/// The routes of a program, and what is unresolved.
fn read(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let mut all = vec![("go.mod", "module example.org/app\n")];
    all.extend(files);
    let analysis = analyse(&Repo::in_memory(&all));
    let routes = analysis.routes.into_iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let unresolved = analysis.unresolved.into_iter().map(|(file, line, _)| format!("{file}:{line}")).collect();
    (routes, unresolved)
}

#[track_caller]
fn routes(source: &str, expected: &[&str]) {
    let source = format!("package main\n{source}");
    let (routes, unresolved) = read(&[("main.go", &source)]);
    assert_eq!(routes, expected, "{source}");
    assert!(unresolved.is_empty(), "{unresolved:?} in {source}");
}

const GIN: &str = "import \"github.com/gin-gonic/gin\"\n";
const CHI: &str = "import \"github.com/go-chi/chi/v5\"\n";
const HTTP: &str = "import (\n\"fmt\"\n\"net/http\"\n\"strings\"\n)\n";

#[test]
fn groups_are_handed_to_functions_and_methods() {
    let source = "type Handler struct { base string }\nfunc NewHandler(base string) *Handler { return &Handler{base: base} }\nfunc (h *Handler) Register(r *gin.RouterGroup) {\n g := r.Group(h.base)\n g.GET(\"\", h.list)\n g.GET(\"/:id\", h.list)\n}\nfunc (h *Handler) list(c *gin.Context) {}\nfunc setup(r gin.IRouter) { r.POST(\"login\", nil) }\nfunc main() {\n r := gin.Default()\n setup(r)\n NewHandler(\"/users\").Register(r.Group(\"/api\"))\n r.Run()\n}\n";
    routes(&format!("{GIN}{source}"), &["GET /api/users", "GET /api/users/{id}", "POST /login"]);
}

#[test]
fn tables_of_structs_are_walked() {
    let source = "type Route struct { Method, Path string; H gin.HandlerFunc }\ntype Routes []Route\nvar table = Routes{ {\"GET\", P + \"/a\", h}, {Method: \"POST\", Path: \"/b\"} }\nconst P = \"/v1\"\nfunc h(c *gin.Context) {}\nfunc main() {\n r := gin.New()\n for _, t := range table { r.Handle(t.Method, t.Path, t.H) }\n for _, t := range []struct{ p string }{ {\"/c\"}, {p: \"/d\"} } { r.GET(t.p, h) }\n for p, f := range map[string]gin.HandlerFunc{\"/e\": h} { r.GET(p, f) }\n}\n";
    routes(&format!("{GIN}{source}"), &["POST /b", "GET /c", "GET /d", "GET /e", "GET /v1/a"]);
}

#[test]
fn routers_filled_by_closures_and_mounted() {
    let source = "func users() chi.Router { r := chi.NewRouter(); r.Get(\"/\", h); r.Get(\"/{id:[0-9]+}\", h); return r }\nfunc h(w any, r any) {}\nfunc main() {\n r := chi.NewRouter()\n r.Route(\"/api\", func(r chi.Router) {\n  r.Group(func(r chi.Router) { r.With(nil).Post(\"/x\", h) })\n  r.Mount(\"/users\", users())\n })\n r.Mount(\"/debug\", middleware.Profiler())\n r.Handle(\"/files/*\", h)\n}\n";
    routes(
        &format!("{CHI}import \"github.com/go-chi/chi/v5/middleware\"\n{source}"),
        &["GET /api/users", "GET /api/users/{id}", "POST /api/x", "ANY /debug/{*}", "ANY /files/{*}"],
    );
}

#[test]
fn patterns_of_the_standard_library_have_methods_hosts_and_ends() {
    let source = "type app struct { mux *http.ServeMux }\nfunc (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }\nfunc main() {\n a := &app{mux: http.NewServeMux()}\n a.mux.HandleFunc(\"GET /items/{id}\", nil)\n a.mux.HandleFunc(\"example.org/host\", nil)\n a.mux.HandleFunc(\"/{$}\", nil)\n a.mux.HandleFunc(fmt.Sprintf(\"/%s/\", strings.ToLower(\"TREE\")), tree)\n http.Handle(\"/api/\", http.StripPrefix(\"/api\", a))\n http.HandleFunc(\"/health\", nil)\n http.ListenAndServe(\":80\", nil)\n}\nfunc tree(w http.ResponseWriter, r *http.Request) {}\n";
    routes(
        &format!("{HTTP}{source}"),
        &["ANY /api", "ANY /api/host", "GET /api/items/{id}", "ANY /api/tree/{*}", "ANY /health"],
    );
}

#[test]
fn gorilla_routes_are_put_together() {
    let source = "import \"github.com/gorilla/mux\"\nfunc h() {}\nfunc main() {\n r := mux.NewRouter().StrictSlash(true)\n r.HandleFunc(\"/a/{id:[0-9]+}\", h).Methods(\"GET\", \"PUT\").Name(\"a\")\n s := r.PathPrefix(\"/s\").Subrouter()\n s.Path(\"/b\").Methods(http.MethodPost).HandlerFunc(h)\n gets := s.Methods(\"GET\").Subrouter()\n gets.HandleFunc(\"/c\", h)\n r.PathPrefix(\"/static/\").Handler(h)\n}\n";
    routes(
        &format!("import \"net/http\"\n{source}"),
        &["GET /a/{id}", "PUT /a/{id}", "POST /s/b", "GET /s/c", "ANY /static/{*}"],
    );
}

#[test]
fn packages_are_followed_and_initialised() {
    let (routes, unresolved) = read(&[
        (
            "cmd/api/main.go",
            "package main\n\nimport (\n\t\"example.org/app/internal/server\"\n)\n\nfunc main() {\n\tif err := server.Run(); err != nil {\n\t\tpanic(err)\n\t}\n}\n",
        ),
        (
            "internal/server/server.go",
            "package server\n\nimport (\n\t\"github.com/labstack/echo/v4\"\n\tapi \"example.org/app/internal/routes\"\n)\n\nvar prefix = api.Base + \"/v2\"\n\nfunc Run() error {\n\te := echo.New()\n\tif debug() {\n\t\te.GET(\"/debug\", nil)\n\t\treturn nil\n\t}\n\tapi.Register(e.Group(prefix))\n\treturn e.Start(\":8080\")\n}\n",
        ),
        (
            "internal/server/debug.go",
            "package server\n\nimport \"os\"\n\nfunc debug() bool { return os.Getenv(\"DEBUG\") == \"1\" }\n",
        ),
        (
            "internal/routes/routes.go",
            "package routes\n\nimport \"github.com/labstack/echo/v4\"\n\nconst Base = \"/api\"\n\nvar extra []string\n\nfunc init() { extra = append(extra, \"/late\") }\n\nfunc Register(g *echo.Group) {\n\tg.Add(echo.PUT, \"/things/:id\", nil)\n\tfor _, path := range extra {\n\t\tg.GET(path, nil)\n\t}\n}\n",
        ),
    ]);
    assert_eq!(routes, ["GET /api/v2/late", "PUT /api/v2/things/{id}", "GET /debug"]);
    assert!(unresolved.is_empty(), "{unresolved:?}");
}

#[test]
fn interfaces_lead_to_what_implements_them() {
    let source = "type Module interface { Mount(r chi.Router) }\ntype users struct{}\nfunc (u *users) Mount(r chi.Router) { r.Get(\"/users\", nil) }\ntype server struct { chi.Router; modules []Module; name string }\nfunc (s *server) add(m Module) *server { s.modules = append(s.modules, m); return s }\nfunc main() {\n s := &server{Router: chi.NewRouter()}\n s.add(&users{})\n for _, m := range s.modules { m.Mount(s.Router) }\n if s.name == \"\" { s.Get(\"/unnamed\", nil) } else { s.Get(\"/named\", nil) }\n}\n";
    routes(&format!("{CHI}{source}"), &["GET /unnamed", "GET /users"]);
}

#[test]
fn an_error_of_ones_own_does_not_end_the_way_on() {
    let source = "type bad struct{}\nfunc (b *bad) Error() string { return \"bad\" }\nfunc check(n int) error {\n if n > limit() { return &bad{} }\n return nil\n}\nfunc open(n int) (int, error) {\n if err := check(n); err != nil { return 0, err }\n return n, nil\n}\nfunc main() {\n r := chi.NewRouter()\n if err := check(1); err != nil { return }\n _, err := open(2)\n if err != nil { return }\n r.Get(\"/after\", nil)\n}\n";
    routes(&format!("{CHI}{source}"), &["GET /after"]);
}

#[test]
fn what_nobody_calls_is_never_mounted() {
    let source = format!(
        "package main\n{GIN}func main() {{\n r := gin.New()\n r.GET(\"/a\", nil)\n}}\nfunc Dead(r *gin.Engine) {{ r.GET(\"/dead\", nil) }}\n"
    );
    let (routes, unresolved) = read(&[("main.go", &source)]);
    assert_eq!(routes, ["GET /a"]);
    assert_eq!(unresolved, ["main.go:7"]);
}

#[test]
fn clients_stores_and_tests_make_no_routes() {
    let source = format!(
        "{HTTP}import \"github.com/go-chi/chi/v5\"\ntype store struct{{}}\nfunc (s store) Get(id string) string {{ return id }}\nfunc main() {{\n r := chi.NewRouter()\n r.Get(\"/a\", nil)\n http.Get(\"/b\")\n store{{}}.Get(\"/c\")\n fmt.Println(strings.ToUpper(\"x\"))\n}}\n"
    );
    let test = "package main\nimport \"net/http\"\nfunc TestX() { http.HandleFunc(\"/test\", nil) }\n";
    let source = format!("package main\n{source}");
    let (routes, _) = read(&[("main.go", &source), ("main_test.go", test)]);
    assert_eq!(routes, ["GET /a"]);
}

#[test]
fn code_without_end_ends() {
    let source = "type T struct { next *T; f func(T) T }\nfunc f(t T) T { return f(T{next: &t}) }\nvar a = b\nvar b = a\nfunc main() {\n for { f(T{}) }\n}\n";
    read(&[("main.go", &format!("package main\n{GIN}{source}"))]);
    let deep = format!("package main\n{GIN}type A [] {} int\nvar x = A{{}}\n", "[]".repeat(3_000));
    read(&[("main.go", &deep)]);
}
