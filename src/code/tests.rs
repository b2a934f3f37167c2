//! The evaluator by small sources.

use super::*;

fn routes(files: &[(&str, &str)]) -> Vec<String> {
    let analysis = analyse(&Repo::in_memory(files));
    analysis.routes.into_iter().map(|route| format!("{} {}", route.method, route.path)).collect()
}

#[test]
fn a_method_that_nobody_defines_ends() {
    let source = "const express = require('express');\nconst app = express();\nconst list = [];\nlist.unheardOf(() => 1).more();\n({}).none.such();\napp.get('/x', f);\n";
    assert_eq!(vec!["GET /x"], routes(&[("app.js", source)]));
}

#[test]
fn routers_are_mounted_across_files() {
    let app = "import express from 'express';\nimport { users as all } from './users';\nconst app = express();\nconst P = '/api' + '/v1';\napp.use(P, all);\napp.listen(1);\n";
    let users = "import { Router } from 'express';\nexport const users = Router();\nfor (const name of ['a', 'b']) users.route(`/${name}/:id?`).get(h).post(h);\n";
    let expected = [
        "GET /api/v1/a",
        "POST /api/v1/a",
        "GET /api/v1/a/{id}",
        "POST /api/v1/a/{id}",
        "GET /api/v1/b",
        "POST /api/v1/b",
        "GET /api/v1/b/{id}",
        "POST /api/v1/b/{id}",
    ];
    assert_eq!(expected.to_vec(), routes(&[("app.ts", app), ("users.ts", users)]));
}

#[test]
fn what_is_not_known_is_unresolved_and_not_guessed() {
    let source = "const app = require('express')();\napp.get(process.argv[2], f);\napp.get('/y', f);\n";
    let analysis = analyse(&Repo::in_memory(&[("app.js", source)]));
    assert_eq!(1, analysis.routes.len());
    assert_eq!(1, analysis.unresolved.len(), "{:?}", analysis.unresolved);
}

#[test]
fn python_routers_have_their_prefixes() {
    let main = "from fastapi import FastAPI\nfrom app import users\napp = FastAPI()\nfor router in [users.router]:\n    app.include_router(router, prefix='/api')\n";
    let users = "from fastapi import APIRouter\nrouter = APIRouter(prefix='/users')\n\n@router.get('')\n@router.post('/{user_id:int}')\nasync def f(): ...\n";
    let expected = ["GET /api/users", "POST /api/users/{user_id}"];
    assert_eq!(expected.to_vec(), routes(&[("main.py", main), ("app/__init__.py", ""), ("app/users.py", users)]));
}

#[test]
fn sources_of_other_encodings_are_read_and_their_paths_never_guessed() {
    let source = b"package a;\nimport org.springframework.web.bind.annotation.*;\n@RestController\nclass A {\n // \xb2\xe9\xd1\xaf\n @GetMapping(\"/x\") String x() { return \"\xb2\xe9\"; }\n @GetMapping(\"/\xb2\xe9\") String y() { return null; }\n}\n";
    let rust =
        b"use axum::{Router, routing::get};\nfn main() { let app = Router::new().route(\"/\xb2\xe9\", get(x)); }\n";
    let analysis = analyse(&Repo::in_memory_bytes(&[("src/main/java/a/A.java", source), ("src/main.rs", rust)]));
    let routes: Vec<_> = analysis.routes.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(vec!["GET /x"], routes);
    assert_eq!(vec![7], analysis.unresolved.iter().map(|(_, line, _)| *line).collect::<Vec<_>>());
    assert_eq!(vec!["src/main.rs"], analysis.problems.iter().map(|(file, _, _)| file.as_str()).collect::<Vec<_>>());
}

#[test]
fn tests_and_comments_make_no_routes() {
    let source = "const app = require('express')();\n// app.get('/no', f);\napp.get('/yes', f);\n";
    let test = "const app = require('express')();\napp.get('/no', f);\n";
    assert_eq!(vec!["GET /yes"], routes(&[("app.js", source), ("app.test.js", test), ("test/b.js", test)]));
}

#[test]
fn what_tests_and_their_configuration_read_is_no_read_of_the_service() {
    let read = |name: &str| format!("export default process.env.{name};\n");
    let files = [
        ("src/app.ts", read("OWN")),
        ("playwright.real.config.ts", read("NO")),
        ("vitest.config.mts", read("NO")),
        ("next.config.ts", read("NEXT")),
        ("rs/src/tests.rs", "fn t() { std::env::var(\"NO\").unwrap(); }\n".to_owned()),
        ("rs/src/main.rs", "#[cfg(test)]\nmod tests;\nfn main() { std::env::var(\"RS\").unwrap(); }\n".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let reads: Vec<String> = analyse(&Repo::in_memory(&files)).env_reads.into_iter().map(|read| read.name).collect();
    assert_eq!(vec!["NEXT", "OWN", "RS"], reads);
}

#[test]
fn helpers_attribute_reads_to_their_callers() {
    let source = "const need = (name) => process.env[name] ?? fail();\nconst a = need('A');\nconst { B, C = '1' } = process.env;\nprocess.env.D = 'x';\n";
    let analysis = analyse(&Repo::in_memory(&[("config.js", source)]));
    let reads: Vec<&str> = analysis.env_reads.iter().map(|read| read.name.as_str()).collect();
    assert_eq!(vec!["A", "B", "C"], reads);
}

#[test]
fn what_is_registered_twice_is_one_route() {
    let source = "use axum::{routing::get, Router};\nfn routes() -> Router { Router::new().route(\"/x\", get(h)) }\nfn main() {\n    let app = Router::new().merge(routes());\n    let other = if std::env::var(\"A\").is_ok() { Router::new().merge(routes()) } else { app };\n    serve(other);\n}\n";
    let analysis = analyse(&Repo::in_memory(&[("src/main.rs", source)]));
    let found: Vec<bool> = analysis.routes.iter().map(|route| route.conditional).collect();
    assert_eq!(vec![false], found, "{:?}", analysis.routes);
}

#[test]
fn what_one_way_of_a_function_gives_decides_nothing() {
    let go = "package main\nimport (\n\t\"net/http\"\n\t\"os\"\n\t\"strconv\"\n)\nfunc number(text string) (int, bool) {\n\tn, err := strconv.Atoi(text)\n\tif err == nil {\n\t\treturn n, true\n\t}\n\treturn 0, false\n}\nfunc main() {\n\tn, ok := number(os.Args[1])\n\tif n == 0 {\n\t\treturn\n\t}\n\tif !ok {\n\t\thttp.HandleFunc(\"/help\", f)\n\t}\n\thttp.HandleFunc(\"/x\", f)\n}\n";
    assert_eq!(vec!["ANY /help", "ANY /x"], routes(&[("go.mod", "module a\n"), ("main.go", go)]));
    let python = "import sys\nfrom flask import Flask\napp = Flask(__name__)\ndef number(text):\n    try:\n        return int(text), None\n    except ValueError as error:\n        return 0, error\nn, error = number(sys.argv[1])\nif n != 0:\n    app.add_url_rule('/x', view_func=f)\n";
    assert_eq!(vec!["GET /x"], routes(&[("main.py", python)]));
}

#[test]
fn lists_that_a_condition_chose_between_are_added_to() {
    let settings = "from decouple import config\nROOT_URLCONF = 'site.urls'\nDEBUG = config('DEBUG', cast=bool)\n";
    let urls = "from django.conf import settings\nfrom django.conf.urls.static import static\nfrom django.urls import include, path\nfrom . import views\nurlpatterns = [path('x/', views.x)]\nif settings.DEBUG:\n    urlpatterns = [path('debug/', views.x)] + urlpatterns\nurlpatterns += static(settings.STATIC_URL, document_root=settings.STATIC_ROOT)\n";
    let files = [
        ("site/__init__.py", ""),
        ("site/settings.py", settings),
        ("site/urls.py", urls),
        ("site/views.py", "def x(request):\n    pass\n"),
    ];
    assert_eq!(vec!["ANY /debug", "ANY /x"], routes(&files));
}

#[test]
fn flags_of_what_may_fail_decide_nothing() {
    let source = "const app = require('express')();\nlet loaded = false;\nlet more = null;\ntry {\n  more = require('./more');\n  loaded = true;\n} catch (error) {\n  console.log(error);\n}\nif (loaded) app.use('/more', more);\nif (!loaded) app.get('/instead', f);\nlet ready = false;\ntry { start(); ready = true; } catch (error) { throw error; }\nif (!ready) app.get('/never', f);\n";
    let more = "const router = require('express').Router();\nrouter.get('/x', f);\nmodule.exports = router;\n";
    assert_eq!(vec!["GET /instead", "GET /more/x"], routes(&[("app.js", source), ("more.js", more)]));
    let python = "from flask import Flask\napp = Flask(__name__)\ntry:\n    import extra\n    HAS = True\nexcept ImportError:\n    HAS = False\nif HAS:\n    app.add_url_rule('/with', view_func=f)\nelse:\n    app.add_url_rule('/without', view_func=f)\n";
    assert_eq!(vec!["GET /with", "GET /without"], routes(&[("main.py", python)]));
}

#[test]
fn a_method_that_nobody_calls_may_be_of_any_variant() {
    let source = "pub enum Tier { Free, Pro }\nimpl Tier {\n    pub fn rate(&self) -> Option<i32> {\n        match self {\n            Self::Free => None,\n            Self::Pro => Some(std::env::var(\"RATE_PRO\").unwrap().parse().unwrap_or(50)),\n        }\n    }\n}\nfn main() {}\n";
    let analysis = analyse(&Repo::in_memory(&[("src/main.rs", source)]));
    let reads: Vec<&str> = analysis.env_reads.iter().map(|read| read.name.as_str()).collect();
    assert_eq!(vec!["RATE_PRO"], reads);
}

#[test]
fn what_one_constructor_makes_over_and_over_keeps_its_texts() {
    let pages: String =
        (0..6).map(|at| format!("pub const PAGE_{at}: Page = Page::new(\"/page/{at}\", \"page.html\");\n")).collect();
    let served: String = (0..6).map(|at| format!(".route(PAGE_{at}.path, web::get().to(h))")).collect();
    let source = format!(
        "use actix_web::{{web, App}};\npub struct Page {{ pub path: &'static str, pub file: &'static str }}\nimpl Page {{ const fn new(path: &'static str, file: &'static str) -> Self {{ Self {{ path, file }} }} }}\n{pages}fn main() {{ let app = App::new(){served}; }}\n"
    );
    let expected: Vec<String> = (0..6).map(|at| format!("GET /page/{at}")).collect();
    assert_eq!(expected, routes(&[("src/main.rs", &source)]));
}

#[test]
fn code_without_end_ends() {
    let source = "const app = require('express')();\nfunction f(n) { return f(n + 1) + f(n + 2); }\nlet x = f(0);\nwhile (true) { x += f(x); }\napp.get('/x', f);\n";
    routes(&[("app.js", source)]);
    let nested =
        format!("const app = require('express')();\napp.get({}'/x'{}, f);\n", "(".repeat(5_000), ")".repeat(5_000));
    routes(&[("app.js", &nested)]);
}

#[test]
fn globs_that_lead_to_each_other_end() {
    let modules = || (0..14).map(|one| format!("m{one}"));
    let all: String = modules().map(|name| format!("pub use crate::{name}::*;\n")).collect();
    let root: String = modules().map(|name| format!("pub mod {name};\n")).collect();
    let main = "use crate::m3::*;\nuse axum::{routing::get, Router};\nfn main() { let app = Router::new().route(PATH, get(h)).route(\"/b\", get(absent)); serve(app); }\n";
    let mut files: Vec<(String, String)> = modules().map(|name| (format!("src/{name}.rs"), all.clone())).collect();
    files.push(("src/main.rs".to_owned(), format!("{root}{main}")));
    files[12].1.push_str("pub const PATH: &str = \"/a\";\n");
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    assert_eq!(vec!["GET /a", "GET /b"], routes(&files));
}

#[test]
fn modules_that_import_each_other_find_their_functions() {
    let app = "import Fastify from 'fastify';\nimport ping from './ping';\nexport function define(cb: any): any;\nexport function define(cb: any, options?: any) {\n  if (typeof cb === 'function') return { plugin: cb, options };\n  return { plugin: cb.setup, options: cb.options || {} };\n}\nconst app = Fastify();\napp.register(async (it: any) => ping.plugin(it), ping.options);\n";
    let ping = "import { define } from './app';\nexport default define(async (it) => { it.get('/ping', h); });\n";
    assert_eq!(vec!["GET /ping"], routes(&[("app.ts", app), ("ping.ts", ping)]));
}

#[test]
fn folders_of_plugins_are_found_from_the_module() {
    let app = "import path from 'node:path';\nimport autoload from '@fastify/autoload';\nimport Fastify from 'fastify';\nconst app = Fastify();\napp.register(autoload, { dir: path.join(import.meta.dirname, 'routes') });\n";
    let plugin = "export default async function (it) { it.get('/', h); }\n";
    assert_eq!(vec!["GET /users"], routes(&[("src/app.ts", app), ("src/routes/users/index.ts", plugin)]));
}

#[test]
fn decorators_of_the_project_get_the_class_the_name_and_the_descriptor() {
    let decorators = "export const Controller = (path: string) => (target: any) => { target.prototype.path = path; };\nexport const Get = (path: string) => (target: any, key: string, descriptor: any) => {\n  (target.routes ??= []).push({ path, method: 'get', handler: target[key] });\n  Reflect.defineMetadata('path', path, target, key);\n};\n";
    let users = "import { Controller, Get } from './decorators';\n@Controller('/users')\nexport class Users { @Get('/:id') one() {} @Get('/') all() {} }\n";
    let app = "import express from 'express';\nimport { Users } from './users';\nconst app = express();\nfor (const it of [new Users()]) {\n  const { path, routes } = Object.getPrototypeOf(it);\n  routes.forEach((route: any) => app[route.method](path + route.path, route.handler));\n  app.put('/meta' + Reflect.getMetadata('path', it, 'one'), h);\n}\n";
    let expected = ["PUT /meta/{id}", "GET /users", "GET /users/{id}"];
    let files = [("src/decorators.ts", decorators), ("src/users.ts", users), ("src/app.ts", app)];
    assert_eq!(expected.to_vec(), routes(&files));
}

#[test]
fn modules_that_are_loaded_by_listing_a_folder_are_found() {
    let app = "const fs = require('fs');\nconst path = require('path');\nconst express = require('express');\nconst app = express();\nconst dir = path.join(__dirname, 'routes');\nfs.readdirSync(dir).forEach((file) => {\n  if (fs.statSync(path.join(dir, file)).isDirectory()) return;\n  if (file.endsWith('.js')) app.use('/' + path.basename(file, '.js'), require(path.join(dir, file)));\n});\n";
    let users = "const router = require('express').Router();\nrouter.get('/all', h);\nmodule.exports = router;\n";
    let files = [("app.js", app), ("routes/users.js", users), ("routes/notes.md", ""), ("routes/deep/x.js", users)];
    assert_eq!(vec!["GET /users/all"], routes(&files));
}

#[test]
fn a_stated_type_does_not_hide_what_a_model_knows() {
    let app = "import real, { fastify as other } from 'fastify';\nimport { restartable, type Fastify } from '@fastify/restartable';\nconst make = async (given?: Fastify) => {\n  const app = (given ? (given as unknown as typeof other) : other)({});\n  app.route({ method: 'GET', path: '/x', handler: h });\n};\nrestartable(make, {}, real as unknown as Fastify);\n";
    assert_eq!(vec!["GET /x"], routes(&[("app.ts", app)]));
}

#[test]
fn what_computes_much_and_brings_nothing_takes_no_steps_from_the_rest() {
    let scan = "export function scan(text: string) {\n  const level = process.env.LEVEL;\n  let at = 0;\n  let out = '';\n  while (true) {\n    for (let i = 0; i < 250; i++) { at += i; out = `${level}${at}`; }\n    if (text.startsWith('never')) at = 0;\n  }\n  return out;\n}\n";
    let words = "'x',".repeat(1_500);
    let app = format!(
        "import express from 'express';\nimport {{ scan }} from './scan';\nconst app = express();\nfor (const word of [{words}]) scan(word);\napp.get('/x', f);\n"
    );
    assert_eq!(vec!["GET /x"], routes(&[("app.ts", &app), ("scan.ts", scan)]));
}

#[test]
fn modules_of_a_folder_that_a_library_loads_are_given_to_its_function() {
    let app = "const Koa = require('koa');\nconst Router = require('@koa/router');\nconst requireDirectory = require('require-directory');\nconst app = new Koa();\nrequireDirectory(module, `${process.cwd()}/app/api`, { visit: (it) => { if (it instanceof Router) app.use(it.routes()); } });\napp.listen(1);\n";
    let pets = "const Router = require('@koa/router');\nconst router = new Router({ prefix: '/pets' });\nrouter.get('/:id', h);\nmodule.exports = router;\n";
    assert_eq!(vec!["GET /pets/{id}"], routes(&[("app.js", app), ("app/api/v1/pets.js", pets)]));
}

#[test]
fn what_is_loaded_by_a_name_that_is_not_known_is_told_where_a_framework_is() {
    let app = "const app = require('express')();\nfor (const name of names()) require(name);\napp.get('/x', f);\n";
    let other = "const all = process.env.LIST;\nrequire(all[0]);\n";
    let analysis = analyse(&Repo::in_memory(&[("app.js", app), ("other.js", other)]));
    let places: Vec<(&str, u32)> = analysis.unresolved.iter().map(|(file, line, _)| (file.as_str(), *line)).collect();
    assert_eq!(vec![("app.js", 2)], places);
}

#[test]
fn a_helper_that_sets_a_variable_of_its_module_is_entered_each_time() {
    let source = "const app = require('express')();\nlet at = '';\nfunction below(name) { at = '/' + name; }\nfor (let n = 0; n < 60; n++) {\n  below('p' + n);\n  app.get(at, h);\n}\n";
    assert_eq!(60, routes(&[("app.js", source)]).len());
}

#[test]
fn a_loop_that_is_not_followed_to_its_end_is_told() {
    let source =
        "const app = require('express')();\nfor (let n = 0; n < 400; n++) app.get('/p' + n, h);\nwhile (waits()) {}\n";
    let analysis = analyse(&Repo::in_memory(&[("app.js", source)]));
    assert_eq!(300, analysis.routes.len());
    let told: Vec<_> = analysis.unresolved.iter().map(|(file, line, _)| (file.as_str(), *line)).collect();
    assert_eq!(vec![("app.js", 2)], told);
}

#[test]
fn types_that_hold_or_extend_themselves_end() {
    let go = "package main\n\nimport (\n\t\"net/http\"\n)\n\ntype A struct{ *A }\ntype B struct{ *C }\ntype C struct{ *B }\n\nfunc main() {\n\tvar a A\n\ta.Foo()\n\tvar b B\n\tb.Foo()\n\thttp.HandleFunc(\"/x\", h)\n}\n";
    assert_eq!(vec!["ANY /x"], routes(&[("go.mod", "module m\n"), ("main.go", go)]));
    let java = "class A extends A { void f() { new A().g(); new B(); } }\nclass B extends C { }\nclass C extends B { }\ninterface D extends D { String K = System.getenv(\"Y\"); }\n";
    let kotlin = "data class E(val y: Int) : E(y)\nfun main() { System.getenv(\"X\"); E(1).foo() }\n";
    let script = "class A extends B {}\nclass B extends A {}\nnew A().x();\nprocess.env.Z;\n";
    let python = "import os\nclass A(B): pass\nclass B(A): pass\nA().x()\nos.environ['W']\n";
    let analysis = analyse(&Repo::in_memory(&[("A.java", java), ("E.kt", kotlin), ("a.js", script), ("a.py", python)]));
    let reads: Vec<&str> = analysis.env_reads.iter().map(|read| read.name.as_str()).collect();
    assert_eq!(vec!["W", "X", "Y", "Z"], reads);
}

#[test]
fn what_is_long_is_not_deep() {
    let all = 0..300;
    let links = |one: &dyn Fn(usize) -> String| all.clone().map(one).collect::<String>();
    let rust = format!(
        "use actix_web::{{get, web, App, HttpServer}};\n{}fn fill(cfg: &mut web::ServiceConfig) {{\n    cfg{};\n}}\nfn main() {{ HttpServer::new(|| App::new().configure(fill)); }}\n",
        links(&|n| format!("#[get(\"/{n}\")]\nasync fn f{n}() {{}}\n")),
        links(&|n| format!("\n        .service(f{n})")),
    );
    let script = format!(
        "import {{ Hono }} from 'hono';\nexport const app = new Hono(){};\nexport default app;\n",
        links(&|n| format!("\n  .get('/{n}', (c) => c.text('{n}'))")),
    );
    let python = format!(
        "from flask import Flask\napp = Flask(__name__)\nbase = '/a'{}\napp.add_url_rule(base, view_func=f)\n",
        links(&|_| " + 'a'".to_owned())
    );
    let java = format!(
        "import io.javalin.Javalin;\nclass Main {{\n  public static void main(String[] args) {{\n    Javalin.create(){}.start(1);\n  }}\n}}\n",
        links(&|n| format!("\n      .get(\"/{n}\", ctx -> {{}})"))
    );
    assert_eq!(300, routes(&[("Cargo.toml", "[package]\nname = \"a\"\n"), ("src/main.rs", &rust)]).len());
    assert_eq!(300, routes(&[("app.ts", &script)]).len());
    assert_eq!(vec![format!("GET /a{}", "a".repeat(300))], routes(&[("app.py", &python)]));
    assert_eq!(300, routes(&[("src/main/java/Main.java", &java)]).len());
    let go = format!(
        "package main\nimport \"github.com/gofiber/fiber/v2\"\nfunc main() {{\n\tapp := fiber.New()\n\tapp.{}Get(\"/last\", f)\n\tapp.Listen(\":1\")\n}}\n",
        links(&|n| format!("Get(\"/{n}\", f).\n\t\t")),
    );
    assert_eq!(301, routes(&[("go.mod", "module a\n"), ("main.go", &go)]).len());
}

#[test]
fn a_file_that_another_loads_may_be_as_large_as_any_other() {
    let comment = "// a line that says nothing\n".repeat(60_000);
    let large = format!(
        "const router = require('express').Router();\n{comment}router.get('/x', f);\nmodule.exports = router;\n"
    );
    assert!(large.len() > 1 << 20);
    let app = "const express = require('express');\nconst app = express();\napp.use('/a', require('./large'));\napp.listen(1);\n";
    assert_eq!(vec!["GET /a/x"], routes(&[("app.js", app), ("large.js", &large)]));
}

#[test]
fn the_page_of_a_router_is_the_librarys() {
    let urls = "from rest_framework.routers import DefaultRouter\nfrom rest_framework.viewsets import ModelViewSet\nclass Pets(ModelViewSet): ...\nrouter = DefaultRouter()\nrouter.register('pets', Pets)\nurlpatterns = router.urls\n";
    let analysis = analyse(&Repo::in_memory(&[("urls.py", urls), ("settings.py", "ROOT_URLCONF = 'urls'\n")]));
    let of = |path: &str| analysis.routes.iter().find(|route| route.path == path && route.method == "GET");
    assert_eq!(Some("djangorestframework"), of("/").and_then(|route| route.library.as_deref()));
    assert_eq!(Some(None), of("/pets").map(|route| route.library.as_deref()));
}
