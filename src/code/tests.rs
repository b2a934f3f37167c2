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
fn tests_and_comments_make_no_routes() {
    let source = "const app = require('express')();\n// app.get('/no', f);\napp.get('/yes', f);\n";
    let test = "const app = require('express')();\napp.get('/no', f);\n";
    assert_eq!(vec!["GET /yes"], routes(&[("app.js", source), ("app.test.js", test), ("test/b.js", test)]));
}

#[test]
fn helpers_attribute_reads_to_their_callers() {
    let source = "const need = (name) => process.env[name] ?? fail();\nconst a = need('A');\nconst { B, C = '1' } = process.env;\nprocess.env.D = 'x';\n";
    let analysis = analyse(&Repo::in_memory(&[("config.js", source)]));
    let reads: Vec<&str> = analysis.env_reads.iter().map(|read| read.name.as_str()).collect();
    assert_eq!(vec!["A", "B", "C"], reads);
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
