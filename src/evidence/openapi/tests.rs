use super::*;

fn collect(repo: &Repo, given: Option<&[String]>, routes: Option<&[Route]>, commands: &[Command]) -> Area<OpenApi> {
    let folders = || Folders::of(repo, routes.unwrap_or_default());
    super::collect(repo, given, (routes, &folders), commands)
}

fn read(files: &[(&str, &str)]) -> Area<OpenApi> {
    collect(&Repo::in_memory(files), None, Some(&[]), &[])
}

fn route(text: &str) -> Route {
    let (method, path) = text.split_once(' ').expect("a method and a path");
    Route {
        method: method.to_owned(),
        path: path.to_owned(),
        framework: "express".to_owned(),
        file: "app.js".to_owned(),
        line: 7,
        conditional: false,
        library: None,
        tests: Vec::new(),
        tests_left_out: 0,
        service: None,
    }
}

fn held(files: &[(&str, &str)], routes: &[&str]) -> OpenApi {
    let routes: Vec<Route> = routes.iter().map(|text| route(text)).collect();
    collect(&Repo::in_memory(files), None, Some(&routes), &[]).facts.expect("a document")
}

fn names(operations: &[Operation]) -> Vec<String> {
    operations.iter().map(|operation| format!("{} {}", operation.method, operation.path)).collect()
}

/// A document of 3.0 with these paths: method and path each.
fn spec(head: &str, operations: &[&str]) -> String {
    let path = |operation: &&str| {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let parameters: Vec<String> = crate::domain::template::parameters(path)
            .iter()
            .map(|name| format!("{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}"))
            .collect();
        format!(
            "  {path}:\n    {}:\n      parameters: [{}]\n      responses: {{ '200': {{ description: d }} }}\n",
            method.to_lowercase(),
            parameters.join(", ")
        )
    };
    let paths: String = operations.iter().map(path).collect();
    format!("openapi: 3.0.3\ninfo: {{ title: t, version: '1' }}\n{head}paths:\n{paths}")
}

#[test]
fn what_a_command_prints_is_read_as_a_document() {
    let came_to = |argv: &[&str], stdout: &str| {
        let ran = crate::repo::Ran {
            status: Some(0),
            timed_out: false,
            cut: false,
            stdout: stdout.as_bytes().to_vec(),
            stderr: Vec::new(),
        };
        let command = Command { argv: argv.iter().map(|&word| word.to_owned()).collect(), ran: Ok(ran) };
        collect(&Repo::in_memory(&[]), Some(&[]), Some(&[route("GET /a")]), &[command])
    };
    let json = r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {"200": {"description": "d"}}}}}}"#;
    for text in [spec("", &["GET /a"]), json.to_owned()] {
        let area = came_to(&["python", "-m", "app.openapi"], &text);
        let facts = area.proven().unwrap_or_else(|evidence| panic!("{evidence:?}"));
        assert_eq!((1, 0), (facts.held.len(), facts.errors.len()));
        assert_eq!("python -m app.openapi", area.evidence.reports[0].path);
    }
    assert_eq!(State::Absent, came_to(&["make", "openapi"], "written to openapi.json\n").evidence.state);
    assert_eq!(State::Unreadable, came_to(&["make"], "openapi: 3.0.3\npaths: [").evidence.state);
}

#[test]
fn every_version_is_read_from_both_forms() {
    let swagger = r#"{"swagger": "2.0", "info": {"title": "t", "version": "1"}, "basePath": "/v2/", "paths": {"/a/{x}": {
        "get": {"parameters": [{"name": "x", "in": "path", "required": true, "type": "string"}],
        "responses": {"200": {"description": "d"}}}}}}"#;
    for (file, text, version, path) in [
        ("docs/swagger.json", swagger.to_owned(), "2.0", "/v2/a/{x}"),
        ("openapi.yaml", spec("", &["GET /a/{x}"]), "3.0.3", "/a/{x}"),
        ("api.yml", spec("", &["GET /a/{x}"]).replace("3.0.3", "3.1.0"), "3.1.0", "/a/{x}"),
        ("static/openapi.yaml", spec("", &["GET /a/{x}"]).replace("3.0.3", "3.2.0"), "3.2.0", "/a/{x}"),
    ] {
        let area = read(&[(file, &text)]);
        assert_eq!(State::Found, area.evidence.state, "{file}: {:?}", area.evidence.problems);
        let facts = area.facts.expect("facts");
        assert!(facts.errors.is_empty(), "{file}: {:?}", facts.errors);
        assert_eq!(version, facts.documents[0].version);
        assert_eq!(vec![format!("GET {path}")], names(&facts.operations), "{file}");
    }
}

#[test]
fn what_is_no_document_is_none() {
    for (file, text) in [
        ("package.json", r#"{"dependencies": {"swagger": "2.0.0"}}"#),
        ("docs/notes.yaml", "title: openapi\n"),
        ("node_modules/x/openapi.yaml", "openapi: 3.0.0\n"),
        ("tests/openapi.yaml", "openapi: 3.0.0\n"),
        ("config.yaml", "openapi:\n  path: /docs\n"),
    ] {
        assert_eq!(State::Absent, read(&[(file, text)]).evidence.state, "{file}");
    }
    assert_eq!(State::Unsupported, read(&[("swagger.json", r#"{"swagger": "1.2"}"#)]).evidence.state);
    assert_eq!(
        State::Empty,
        read(&[("openapi.yaml", "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nwebhooks: {}\n")]).evidence.state
    );
    let named = vec!["spec.yaml".to_owned()];
    let repo = Repo::in_memory(&[("spec.yaml", "title: x\n"), ("openapi.yaml", &spec("", &["GET /a"]))]);
    assert_eq!(
        State::Unreadable,
        collect(&repo, Some(&named), Some(&[]), &[]).evidence.state,
        "what is named must be one"
    );
}

#[test]
fn a_document_cut_at_any_byte_is_never_taken_for_whole() {
    let whole = r#"{"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {"200": {"description": "é"}}}}}}"#;
    assert_eq!(State::Found, read(&[("openapi.json", whole)]).evidence.state);
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        assert_ne!(State::Found, read(&[("openapi.json", &whole[..end])]).evidence.state, "{end}");
    }
}

#[test]
fn mistakes_have_their_places() {
    let base = spec("", &["GET /a/{x}"]);
    let wrong = |text: &str| {
        let facts = read(&[("openapi.yaml", text)]).facts.expect("facts");
        facts.errors.iter().map(|error| format!("{}:{} {}", error.line, error.column, error.why)).collect::<Vec<_>>()
    };
    assert!(wrong(&base).is_empty(), "{:?}", wrong(&base));
    for (from, to, expected) in [
        ("openapi: 3.0.3", "openapi: 3.0", "1:10 `openapi` is a string, not a number: put it in quotes"),
        ("title: t, ", "", "2:7 the info lacks `title`"),
        ("version: '1'", "version: '1', titel: x", "2:33 the info has no `titel` (did you mean `title`?)"),
        ("  /a/{x}:", "  a/{x}:", "4:3 the path `a/{x}` does not start with `/`"),
        ("    get:", "    fetch:", "5:5 `fetch` is no method"),
        ("required: true, ", "", "6:20 the path parameter `x` wants `required: true`"),
        ("name: x,", "name: y,", "6:20 the path parameter `y` is not in the path `/a/{x}`"),
        ("in: path, required: true", "in: query", "6:7 the path's parameter `x` is not declared"),
        ("{ type: string }", "{ $ref: '#/components/schemas/X' }", "6:73 `#/components/schemas/X` names nothing"),
        ("{ type: string }", "{ type: 3 }", "6:73 `type` is a string, not a number: put it in quotes"),
        ("'200'", "'2000'", "7:20 `2000` is no status code"),
        ("{ description: d }", "{}", "7:27 a response lacks `description`"),
    ] {
        assert!(base.contains(from), "{from}");
        let found = wrong(&base.replace(from, to));
        assert!(found.iter().any(|error| error == expected), "{to}: {found:#?}");
    }
}

#[test]
fn paths_and_ids_stand_once() {
    let text =
        spec("", &["GET /a/{x}", "GET /a/{y}"]).replace("      responses", "      operationId: one\n      responses");
    let facts = read(&[("openapi.yaml", &text)]).facts.expect("facts");
    let whys: Vec<&str> = facts.errors.iter().map(|error| error.why.as_str()).collect();
    assert!(whys.iter().any(|why| why.contains("is the same path as `/a/{x}`")), "{whys:?}");
    assert!(whys.iter().any(|why| why.contains("the operationId `one` stands at line 7 too")), "{whys:?}");
}

#[test]
fn references_cross_files_and_stay_inside() {
    let root = |reference: &str| {
        format!("openapi: 3.0.3\ninfo: {{ title: t, version: '1' }}\npaths:\n  /a:\n    $ref: '{reference}'\n")
    };
    let item = "get:\n  responses: { '200': { $ref: '../common/r.yaml#/ok~1fine' } }\n";
    let responses = "ok/fine: { description: d }\n";
    let files = |reference: &str| {
        let text = root(reference);
        let repo = Repo::in_memory(&[
            ("openapi.yaml", &text),
            ("paths/a.yaml", item),
            ("common/r.yaml", responses),
            ("c.yaml", "$ref: c.yaml\n"),
        ]);
        collect(&repo, None, Some(&[]), &[])
    };
    let area = files("./paths/a.yaml");
    let facts = area.facts.expect("facts");
    assert!(facts.errors.is_empty(), "{:?}", facts.errors);
    assert_eq!(vec!["GET /a"], names(&facts.operations));
    assert_eq!("paths/a.yaml", facts.operations[0].file);
    assert_eq!(3, area.evidence.reports.len(), "each file is evidence");
    for (reference, why) in [
        ("../outside.yaml", "leaves the repository"),
        ("/etc/passwd", "leaves the repository"),
        ("paths/../../../etc/passwd", "leaves the repository"),
        ("https://example.com/a.yaml", "lies outside of the repository"),
        ("paths/b.yaml", "there is no file `paths/b.yaml`"),
        ("c.yaml", "leads in a circle"),
        ("#/paths/~1a", "leads in a circle"),
    ] {
        let facts = files(reference).facts.expect("facts");
        assert!(
            facts.errors.iter().any(|error| error.line > 0 && error.why.contains(why)),
            "{reference}: {:?}",
            facts.errors
        );
        assert!(facts.operations.is_empty(), "{reference}");
    }
}

#[test]
fn schemas_may_go_in_circles() {
    let text = spec("", &["GET /a"])
        .replace("description: d", "description: d, content: { a/b: { schema: { $ref: '#/components/schemas/T' } } }")
        + "components:\n  schemas:\n    T: { type: object, properties: { $ref: { type: string }, t: { $ref: '#/components/schemas/T' } } }\n";
    let facts = read(&[("openapi.yaml", &text)]).facts.expect("facts");
    assert!(facts.errors.is_empty(), "{:?}", facts.errors);
}

#[test]
fn both_directions_are_told() {
    let text =
        spec("servers: [{ url: 'https://x.org/api' }]\n", &["GET /a/{id}", "POST /b", "HEAD /h", "GET /files/{path}"]);
    let facts = held(
        &[("openapi.yaml", &text)],
        &["GET /api/a/{userId}", "ANY /api/c", "GET /api/files/{*rest}", "GET /{*all}", "RPC /x.Y/Z", "OPTIONS /api/a"],
    );
    assert_eq!(vec!["ANY /api/c"], names(&facts.undocumented));
    assert_eq!(vec!["POST /api/b"], names(&facts.unimplemented));
    assert_eq!(3, facts.held.len(), "{:?}", facts.held);
    let all = held(&[("openapi.yaml", &spec("", &["GET /a"]))], &["ANY /a"]);
    assert!(all.undocumented.is_empty() && all.unimplemented.is_empty());
}

#[test]
fn a_version_may_be_written_on_one_side_and_open_on_the_other() {
    let open = spec("", &["GET /api/{version}/a", "GET /api/{id}/b", "GET /api/{v}/c"]);
    let facts = held(&[("openapi.yaml", &open)], &["GET /api/v1/a", "GET /api/v1/b"]);
    assert_eq!(vec!["GET /api/v1/b"], names(&facts.undocumented));
    assert_eq!(vec!["GET /api/{id}/b", "GET /api/{v}/c"], names(&facts.unimplemented));
    let written = spec("", &["GET /api/v1/a", "GET /api/v2/b"]);
    let facts = held(&[("openapi.yaml", &written)], &["GET /api/{apiVersion}/a", "GET /api/v3/b"]);
    assert_eq!(vec!["GET /api/v3/b"], names(&facts.undocumented));
    assert_eq!(vec!["GET /api/v2/b"], names(&facts.unimplemented));
}

#[test]
fn a_parameter_of_several_segments_is_those() {
    let text = "swagger: '2.0'\ninfo: { title: t, version: '1' }\npaths:\n  /v1/{name}:\n    get:\n      parameters:\n        - { name: name, in: path, required: true, type: string, pattern: 'shelves/[^/]+/books/[^/]+' }\n      responses: { '200': { description: d } }\n  /v1/keys/{key}:\n    get:\n      parameters:\n        - { name: key, in: path, required: true, type: string, pattern: '[a-z]+' }\n      responses: { '200': { description: d } }\n";
    let facts = held(&[("openapi.yaml", text)], &["GET /v1/shelves/{a}/books/{b}", "GET /v1/keys/{key}"]);
    assert_eq!(vec!["GET /v1/keys/{key}", "GET /v1/shelves/{name}/books/{name}"], names(&facts.operations));
    assert!(facts.undocumented.is_empty() && facts.unimplemented.is_empty(), "{facts:?}");
}

#[test]
fn routes_that_are_not_known_are_held_against_nothing() {
    let text = spec("", &["GET /a"]);
    let repo = Repo::in_memory(&[("openapi.yaml", &text)]);
    let facts = collect(&repo, None, None, &[]).facts.expect("a document");
    assert_eq!((1, 0, 0, 1), (facts.operations.len(), facts.unimplemented.len(), facts.held.len(), facts.notes.len()));
    // A document whose keys are all indented is one too.
    let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
    let repo = Repo::in_memory(&[("openapi.yaml", &indented)]);
    assert_eq!(State::Found, collect(&repo, None, None, &[]).evidence.state);
}

#[test]
fn a_base_is_found_where_the_document_leaves_it_out() {
    let operations = ["GET /users", "GET /users/{id}", "POST /orders", "GET /"];
    let code = ["GET /api/v1/users", "GET /api/v1/users/{id}", "POST /api/v1/orders", "GET /api/v1", "GET /health"];
    let base = |head: &str, routes: &[&str]| {
        let facts = held(&[("openapi.yaml", &spec(head, &operations))], routes);
        (facts.documents[0].base.clone(), facts.unimplemented.len(), facts.notes.len())
    };
    assert_eq!(("/api/v1".to_owned(), 0, 1), base("", &code));
    let without: Vec<String> = code.iter().map(|route| route.replace("/api/v1", "")).collect();
    let without: Vec<&str> = without.iter().map(|route| if *route == "GET " { "GET /" } else { route }).collect();
    assert_eq!(("/".to_owned(), 0, 1), base("servers: [{ url: /api/v1 }]\n", &without));
    assert_eq!(("/".to_owned(), 0, 0), base("", &without));
    let servers = "servers: [{ url: 'http://localhost:3000' }, { url: 'https://{h}/api/{v}', variables: { h: { default: x }, v: { default: v1 } } }]\n";
    assert_eq!(("/api/v1".to_owned(), 0, 0), base(servers, &code));
    // One operation that happens to fit moves nothing, and neither do parameters alone.
    assert_eq!(("/".to_owned(), 4, 0), base("", &["GET /x/users", "GET /y/{a}", "GET /z"]));
    let bare = held(&[("openapi.yaml", &spec("", &["GET /{a}", "GET /{a}/{b}"]))], &["GET /x/{a}", "GET /x/{a}/{b}"]);
    assert_eq!(("/", 2), (bare.documents[0].base.as_str(), bare.unimplemented.len()));
}

#[test]
fn an_operation_stands_below_each_base_that_the_code_has_it_below() {
    let code = ["GET /v1/users", "GET /v2/users", "GET /v2/orders"];
    for head in [
        "servers: [{ url: /v1 }, { url: 'https://x.org/v2' }, { url: /shop/v2 }]\n",
        "servers: [{ url: '/{v}', variables: { v: { default: v1, enum: [v1, v2, v3] } } }]\n",
    ] {
        let facts = held(&[("openapi.yaml", &spec(head, &["GET /users", "GET /orders", "GET /gone"]))], &code);
        assert!(facts.undocumented.is_empty(), "{:?}", facts.undocumented);
        assert_eq!(vec!["GET /v2/gone"], names(&facts.unimplemented), "{head}");
    }
}

#[test]
fn of_bases_that_fit_alike_one_has_a_word_of_the_document() {
    let bases = |documents: &[(&str, &str)], routes: &[&str]| {
        let files: Vec<(&str, String)> = documents
            .iter()
            .map(|(path, version)| {
                let text =
                    spec("", &["GET /users", "GET /orders"]).replace("version: '1'", &format!("version: '{version}'"));
                (*path, text)
            })
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let facts = held(&files, routes);
        facts.documents.iter().map(|document| document.base.clone()).collect::<Vec<_>>()
    };
    let code = ["GET /api/v1/users", "GET /api/v1/orders", "GET /api/v2/users", "GET /api/v2/orders"];
    assert_eq!(["/api/v1", "/api/v2"], bases(&[("docs/v1.yaml", "1"), ("docs/v2.yaml", "1")], &code).as_slice());
    assert_eq!(["/api/v2"], bases(&[("openapi.yaml", "2.1.0")], &code).as_slice());
    assert_eq!(["/api/v1", "/api/v2"], bases(&[("docs/one.yaml", "x"), ("docs/two.yaml", "x")], &code).as_slice());
    let copies = [("docs/swagger.json.yaml", "1"), ("static/swagger.json.yaml", "1")];
    assert_eq!(["/api/v1", "/api/v1"], bases(&copies, &code).as_slice(), "one document in two places");
    let words = ["GET /a/users", "GET /a/orders", "GET /b/users", "GET /b/orders"];
    assert_eq!(["/b"], bases(&[("docs/b.yaml", "1")], &words).as_slice());
}

#[test]
fn a_file_that_is_called_a_document_must_be_read() {
    let own = spec("", &["GET /a"]);
    let state = |path: &str, bytes: &[u8]| {
        let repo = Repo::in_memory_bytes(&[("docs/openapi.yaml", own.as_bytes()), (path, bytes)]);
        collect(&repo, None, Some(&[route("GET /a")]), &[]).evidence.state
    };
    for path in ["openapi.yaml", "swagger.yml", "users.openapi.yaml", "docs/users-swagger.yaml"] {
        assert_eq!(State::Unreadable, state(path, b"openapi: 3.0.3\ninfo: { title: caf\xe9 }\n"), "{path}");
        assert_eq!(State::Unreadable, state(path, b"a: [\n"), "{path}");
        assert_eq!(State::Found, state(path, b"title: x\n"), "{path} is another thing");
    }
    for path in ["openapi-generator.yaml", "swaggerish.yaml", "docs/notes.yaml"] {
        assert_eq!(State::Found, state(path, b"\xe9: [\n"), "{path}");
    }
    let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(own.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let repo = Repo::in_memory_bytes(&[("openapi.yaml", &wide)]);
    let area = collect(&repo, None, Some(&[route("GET /a")]), &[]);
    assert_eq!((State::Found, 1), (area.evidence.state, area.facts.expect("facts").operations.len()));
    assert_eq!(State::Unreadable, state("openapi.yaml", &wide[..wide.len() - 1]));
}

#[test]
fn paths_may_stand_in_a_file_of_their_own() {
    let root = "openapi: 3.0.3\ninfo: { title: t, version: '1' }\npaths: { $ref: paths/all.yaml }\n";
    let paths = "/a/:\n  get: { responses: { '200': { description: d } } }\n/a:\n  get: { responses: { '200': { description: d } } }\n";
    let facts = read(&[("openapi.yaml", root), ("paths/all.yaml", paths)]).facts.expect("facts");
    assert!(facts.errors.is_empty(), "a slash at the end makes another path: {:?}", facts.errors);
    assert_eq!(vec!["GET /a"], names(&facts.operations));
    let missing = read(&[("openapi.yaml", root)]).facts.expect("facts");
    assert!(missing.errors[0].why.contains("there is no file"), "{:?}", missing.errors);
}

#[test]
fn another_version_is_no_base() {
    let operations = ["GET /users", "POST /orders"];
    let base = |head: &str, routes: &[&str]| {
        let facts = held(&[("openapi.yaml", &spec(head, &operations))], routes);
        (facts.documents[0].base.clone(), facts.unimplemented.len())
    };
    let first = ["GET /api/v1/users", "POST /api/v1/orders"];
    assert_eq!(("/api/v2".to_owned(), 2), base("servers: [{ url: /api/v2 }]\n", &first), "another interface answers");
    assert_eq!(("/api/v1".to_owned(), 0), base("servers: [{ url: /api/v1 }]\n", &first));
    assert_eq!(("/api/v1".to_owned(), 0), base("servers: [{ url: /gateway }]\n", &first));
    assert_eq!(
        ("/shop/v2".to_owned(), 2),
        base("servers: [{ url: /shop/v2 }]\n", &["GET /v1/users", "POST /v1/orders"])
    );
    assert_eq!(("/v2".to_owned(), 2), base("servers: [{ url: /v2 }]\n", &first), "wherever the version stands");
    assert_eq!(("/v1".to_owned(), 0), base("servers: [{ url: /shop/v1 }]\n", &["GET /v1/users", "POST /v1/orders"]));
    let open = ["GET /api/{version}/users", "POST /api/{version}/orders"];
    assert_eq!(("/api/v2".to_owned(), 0), base("servers: [{ url: /api/v2 }]\n", &open));
}

/// A route in a file.
fn route_in(file: &str, text: &str) -> Route {
    Route { file: file.to_owned(), ..route(text) }
}

#[test]
fn a_document_tells_of_its_own_service() {
    let (orders, users) = (spec("", &["GET /orders", "GET /health"]), spec("", &["GET /users"]));
    let routes = [
        route_in("orders/src/app.js", "GET /orders"),
        route_in("orders/src/app.js", "GET /health"),
        route_in("users/src/app.js", "GET /users"),
        route_in("users/src/app.js", "GET /health"),
        route_in("shared/src/version.js", "GET /version"),
    ];
    let came_to = |files: &[(&str, &str)], routes: &[Route]| {
        let manifests = [("orders/package.json", "{}"), ("users/package.json", "{}")];
        let repo = Repo::in_memory(&[files, &manifests].concat());
        let facts = collect(&repo, None, Some(routes), &[]).facts.expect("a document");
        let undocumented =
            facts.undocumented.iter().map(|one| format!("{} {}", one.file, one.path)).collect::<Vec<_>>();
        (undocumented, names(&facts.unimplemented), facts.held.len())
    };
    let both = [("orders/openapi.yaml", orders.as_str()), ("users/docs/openapi.yaml", users.as_str())];
    assert_eq!(
        (vec!["users/src/app.js /health".to_owned(), "shared/src/version.js /version".to_owned()], vec![], 5),
        came_to(&both, &routes),
        "another service's document says nothing of it"
    );
    let moved = [route_in("users/src/app.js", "GET /orders"), routes[1].clone(), routes[2].clone()];
    assert_eq!(
        (vec!["users/src/app.js /orders".to_owned()], vec![], 3),
        came_to(&both, &moved),
        "another service's route does not document or answer it"
    );
    let shared = spec("", &["GET /health", "GET /version"]);
    let with_shared = [both[0], both[1], ("docs/openapi.yaml", shared.as_str())];
    assert_eq!((vec![], vec![], 5), came_to(&with_shared, &routes), "what lies in no service goes with all");
    // A document in a service tells of nothing else, and what lies in none of everything.
    let whole = spec("", &["GET /orders", "GET /users", "GET /health", "GET /version"]);
    assert_eq!(
        (vec!["users/src/app.js /health".to_owned()], vec![], 4),
        came_to(&[("orders/openapi.yaml", &spec("", &["GET /orders", "GET /health", "GET /users"]))], &routes[..4]),
        "of /users nothing is known"
    );
    assert_eq!((vec![], vec![], 4), came_to(&[("docs/openapi.yaml", &whole)], &routes));
    // Documents of parts that are no projects tell of all, too.
    let parts = [("src/orders/openapi.yaml", orders.as_str()), ("src/users/openapi.yaml", users.as_str())];
    let of_parts =
        [route_in("src/users/a.js", "GET /orders"), route_in("src/orders/a.js", "GET /users"), routes[1].clone()];
    assert_eq!((vec![], vec![], 3), came_to(&parts, &of_parts));
}

/// Services with a route each: `a` has /users, `b` /orders, `c` /jobs, and each of them /health.
fn three(documents: &[(&str, &[&str])], named: bool) -> OpenApi {
    let files: Vec<(&str, String)> = documents.iter().map(|(path, operations)| (*path, spec("", operations))).collect();
    let manifests =
        [("package.json", "{}"), ("a/package.json", "{}"), ("b/package.json", "{}"), ("c/package.json", "{}")];
    let all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).chain(manifests).collect();
    let routes: Vec<Route> = [("a", "/users"), ("b", "/orders"), ("c", "/jobs")]
        .iter()
        .flat_map(|(folder, path)| ["/health", path].map(|path| (folder, path)))
        .map(|(folder, path)| route_in(&format!("{folder}/app.js"), &format!("GET {path}")))
        .collect();
    let given: Vec<String> = documents.iter().map(|(path, _)| (*path).to_owned()).collect();
    collect(&Repo::in_memory(&all), named.then_some(given.as_slice()), Some(&routes), &[]).facts.expect("a document")
}

fn places(operations: &[Operation]) -> Vec<String> {
    operations.iter().map(|one| format!("{} {}", one.file, one.path)).collect()
}

#[test]
fn a_service_without_a_document_has_none() {
    let (a, b) =
        (("a/openapi.yaml", ["GET /users", "GET /health"]), ("b/openapi.yaml", ["GET /orders", "GET /health"]));
    let facts = three(&[(a.0, &a.1), (b.0, &b.1)], false);
    assert_eq!(vec!["c/app.js /health", "c/app.js /jobs"], places(&facts.undocumented));
    assert_eq!(vec!["a", "b", "c"], facts.services);
    let with_all = three(&[(a.0, &a.1), (b.0, &b.1), ("docs/openapi.yaml", &["GET /jobs", "GET /health"])], false);
    assert_eq!((0, 0, 0), (with_all.undocumented.len(), with_all.unimplemented.len(), with_all.elsewhere.len()));
    let named = three(&[("a/openapi.yaml", &["GET /users", "GET /orders", "GET /jobs", "GET /health"])], true);
    assert!(named.undocumented.is_empty() && named.services.is_empty(), "what is named alone tells of all");
}

#[test]
fn what_another_service_has_is_neither_here_nor_there() {
    let facts = three(
        &[
            ("a/openapi.yaml", &["GET /users", "GET /health", "GET /orders", "GET /jobs", "GET /gone"]),
            ("b/openapi.yaml", &["GET /orders", "GET /health"]),
        ],
        false,
    );
    assert_eq!(vec!["GET /gone"], names(&facts.unimplemented));
    let elsewhere: Vec<(&str, &str, bool)> =
        facts.elsewhere.iter().map(|one| (&*one.operation.path, &*one.route.file, one.alone)).collect();
    assert_eq!(vec![("/jobs", "c/app.js", true), ("/orders", "b/app.js", false)], elsewhere);
    assert_eq!(vec!["c/app.js /health"], places(&facts.undocumented), "of /jobs nothing is known");
}

#[test]
fn a_copy_for_clients_tells_of_the_service_that_it_fits() {
    let facts = three(
        &[
            ("a/openapi.yaml", &["GET /users", "GET /health"]),
            ("a/clients/b-openapi.yaml", &["GET /orders"]),
            ("b/openapi.yaml", &["GET /orders", "GET /health"]),
            ("c/src/api/openapi.yaml", &["GET /users"]),
        ],
        false,
    );
    assert_eq!((0, 0), (facts.unimplemented.len(), facts.elsewhere.len()));
    assert_eq!(vec!["c/app.js /health", "c/app.js /jobs"], places(&facts.undocumented));
    let foreign = three(&[("a/openapi.yaml", &["GET /charges"]), ("b/openapi.yaml", &["GET /orders"])], false);
    assert_eq!(vec!["GET /charges"], names(&foreign.unimplemented), "it is of no other");
}

#[test]
fn the_root_is_a_service_where_both_have_documents() {
    let (root, worker) = (spec("", &["GET /users", "GET /jobs"]), spec("", &["GET /jobs", "GET /health"]));
    let routes = [
        route_in("src/app.js", "GET /users"),
        route_in("src/app.js", "GET /health"),
        route_in("worker/app.js", "GET /jobs"),
        route_in("worker/app.js", "GET /health"),
    ];
    let came_to = |documents: &[(&str, &str)]| {
        let repo = Repo::in_memory(&[documents, &[("package.json", "{}"), ("worker/package.json", "{}")]].concat());
        let facts = collect(&repo, None, Some(&routes), &[]).facts.expect("a document");
        (places(&facts.undocumented), facts.elsewhere.len(), facts.services)
    };
    let health = "src/app.js /health".to_owned();
    assert_eq!(
        (vec![health.clone()], 1, vec![".".to_owned(), "worker".to_owned()]),
        came_to(&[("openapi.yaml", &root), ("worker/openapi.yaml", &worker)])
    );
    assert_eq!((vec![health], 0, vec![]), came_to(&[("openapi.yaml", &root)]), "all goes with all");
}

#[test]
fn what_libraries_register_need_not_be_told() {
    let library = |text: &str| Route { library: Some("prometheus".to_owned()), ..route(text) };
    let routes = [route("GET /a"), library("GET /metrics"), library("GET /docs")];
    let came_to = |operations: &[&str]| {
        let repo = Repo::in_memory(&[("openapi.yaml", &spec("", operations))]);
        let facts = collect(&repo, None, Some(&routes), &[]).facts.expect("a document");
        (names(&facts.undocumented), names(&facts.unimplemented), facts.held.len(), facts.notes.len())
    };
    assert_eq!((vec![], vec![], 1, 1), came_to(&["GET /a"]));
    assert_eq!((vec![], vec![], 2, 1), came_to(&["GET /a", "GET /metrics"]), "it may be told");
}

#[test]
fn a_document_of_another_service_is_pointed_at() {
    let (own, other) = (spec("", &["GET /a"]), spec("", &["GET /charges", "POST /refunds"]));
    let facts = held(&[("openapi.yaml", &own), ("docs/payments.yaml", &other)], &["GET /a"]);
    assert_eq!(2, facts.unimplemented.len(), "it is held against the code all the same");
    assert!(facts.notes[0].starts_with("docs/payments.yaml: the code has none of its operations"), "{:?}", facts.notes);
    let alone = held(&[("openapi.yaml", &other)], &["GET /a"]);
    assert!(alone.notes.is_empty(), "{:?}", alone.notes);
}

#[test]
fn what_is_made_at_run_time_says_how_to_export_it() {
    let area = read(&[("requirements.txt", "fastapi==0.115\n")]);
    assert_eq!(State::Absent, area.evidence.state);
    assert!(area.evidence.problems[0].why.contains("app.openapi()"), "{:?}", area.evidence.problems);
    for generator in GENERATORS.iter() {
        assert!(!generator.dependency.is_empty() && !generator.export.is_empty(), "{}", generator.name);
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(text in "(\\PC|[{}\\[\\]:\"\\n ])*") {
        read(&[("openapi.json", &format!("{{\"openapi\": \"3.0.0\", {text}")), ("openapi.yaml", &format!("openapi: 3.0.0\n{text}"))]);
    }
}
