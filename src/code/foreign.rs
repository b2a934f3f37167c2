//! What libraries without a model may register in Java and Kotlin: nothing is known of it but where it stands, which is told.
//! It knows texts alone: no code is evaluated for it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::form::Language;
use super::{Analysis, lower, models};

/// The most places of one file that are told.
const MOST_PLACES: usize = 400;
/// How many lines below an annotation its route may stand, where it has one.
const REACH: u32 = 4;

/// A place that is told.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Its line, from 1.
    line: u32,
    /// What is said of it.
    why: String,
    /// What is evaluated explains it, so that it is told of files alone that were not.
    evaluated: bool,
    /// The framework that is told of where no route of it is found anywhere.
    framework: Option<&'static str>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    places: Vec<String>,
    libraries: Vec<Library>,
    aside: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    name: String,
    imports: Vec<String>,
    #[serde(default)]
    places: Vec<String>,
    /// It has a model: it is told of where no route of that framework is found.
    #[serde(default)]
    framework: Option<String>,
}

struct Foreign {
    places: Vec<Regex>,
    libraries: Vec<(Library, Vec<Regex>)>,
    aside: Vec<String>,
}

static FOREIGN: LazyLock<Foreign> = LazyLock::new(|| {
    let node = crate::yaml::parse("rules/foreign.yaml", include_str!("../../rules/foreign.yaml"));
    let written: Written = node.and_then(|node| node.read()).expect("the list is valid: a test reads it");
    let compiled = |all: &[String]| -> Vec<Regex> {
        let one =
            |pattern: &String| Regex::new(&format!("(?m){pattern}")).expect("a valid pattern: a test compiles it");
        all.iter().map(one).collect()
    };
    let libraries = written.libraries.into_iter().map(|library| {
        let places = compiled(&library.places);
        (library, places)
    });
    Foreign { places: compiled(&written.places), libraries: libraries.collect(), aside: written.aside }
});

/// An annotation that is called like a method and has a path.
static ANNOTATION: LazyLock<Regex> = LazyLock::new(|| {
    let names = "[A-Za-z]*(?:Get|Post|Put|Delete|Patch|Mapping|Route)|GET|POST|PUT|DELETE|PATCH";
    let pattern = format!(r#"@({names})\s*\(\s*(?:(?:value|path|url|uri|route)\s*=\s*)?[\[{{]?\s*"/"#);
    Regex::new(&pattern).expect("a valid pattern: a test uses it")
});

/// A path that is given to what is called a router.
static ROUTER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"\b\w*[rR]outer\s*\.(get|post|put|delete|patch|route)\s*\(\s*"/"#;
    Regex::new(pattern).expect("a valid pattern: a test uses it")
});

/// The places of a file that are told unless something is found there.
pub(super) fn places(path: &str, bytes: &[u8]) -> Vec<Place> {
    if Language::of(path) != Some(Language::Java) {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(bytes);
    let text = &*lower::with_lines(&text);
    let imports: Vec<&str> = text.lines().filter_map(imported).collect();
    let foreign = &*FOREIGN;
    let imports_one =
        |library: &Library| library.imports.iter().any(|own| imports.iter().any(|one| one.starts_with(own)));
    let mut out: Vec<Place> = Vec::new();
    let mut seen = BTreeSet::new();
    if let Some((library, own)) = foreign.libraries.iter().find(|(library, _)| imports_one(library)) {
        let patterns = if own.is_empty() { &foreign.places } else { own };
        for at in patterns.iter().flat_map(|pattern| pattern.find_iter(text)) {
            let line = line_of(text, at.start() + at.as_str().len() - at.as_str().trim_start().len());
            if is_code(text, at.start(), at.as_str()) && seen.insert(line) {
                let framework = library.framework.as_deref();
                let reason = if framework.is_some() { "" } else { ": it has no model" };
                let why = format!("what {} registers here is not known{reason}", library.name);
                out.push(Place { line, why, evaluated: false, framework });
            }
        }
    }
    if !foreign.aside.iter().any(|mark| text.contains(mark.as_str())) {
        for found in ANNOTATION.captures_iter(text) {
            let (Some(at), Some(name)) = (found.get(0), found.get(1)) else { continue };
            let line = line_of(text, at.start());
            let told = is_code(text, at.start(), at.as_str())
                && !is_of_interface(text, at.start())
                && !is_known(text, &imports, name.as_str());
            if told && seen.insert(line) {
                let why = format!("whether `@{}` registers a route is not known: it has no model", name.as_str());
                out.push(Place { line, why, evaluated: false, framework: None });
            }
        }
        for at in ROUTER.find_iter(text).filter(|at| is_code(text, at.start(), at.as_str())) {
            let line = line_of(text, at.end());
            if seen.insert(line) {
                let why = "the router that this registers on is not known".to_owned();
                out.push(Place { line, why, evaluated: true, framework: None });
            }
        }
    }
    out.truncate(MOST_PLACES);
    out
}

/// Tells of places where nothing was found; whether the file was evaluated.
pub(super) fn tell(analysis: &mut Analysis, file: &str, places: Vec<Place>, evaluated: bool) {
    for place in places.into_iter().filter(|place| !(evaluated && place.evaluated)) {
        let near = place.line..=place.line.saturating_add(REACH);
        let found = analysis.routes.iter().any(|route| route.file == file && near.contains(&route.line))
            || analysis.unresolved.iter().any(|(of, at, _)| of == file && *at == place.line);
        let known = place.framework.is_some_and(|name| analysis.routes.iter().any(|route| route.framework == name));
        if !found && !known {
            analysis.unresolved.insert((file.to_owned(), place.line, place.why));
        }
    }
}

/// What a line imports.
fn imported(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("import ")?.trim_start();
    let rest = rest.strip_prefix("static ").unwrap_or(rest);
    rest.split([' ', ';', '\r']).next()
}

/// Whether a model says what an annotation means that has this name in a file.
fn is_known(text: &str, imports: &[&str], name: &str) -> bool {
    let annotations = &models::builtin().annotations;
    let package = text.lines().find_map(|line| line.trim_start().strip_prefix("package ")).unwrap_or_default();
    let package = package.trim().trim_end_matches(';');
    let ends = format!(".{name}");
    let explicit = imports.iter().find(|one| one.ends_with(&ends));
    match explicit {
        Some(full) => annotations.contains_key(*full),
        None => {
            let stars = imports.iter().filter_map(|one| one.strip_suffix(".*")).chain([package]);
            stars.into_iter().any(|of| annotations.contains_key(&format!("{of}.{name}")))
        }
    }
}

/// Whether what stands around a place is an interface: what sends requests is.
fn is_of_interface(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let last = |word: &str| before.rfind(word);
    let class = [" class ", "\nclass ", " object ", "\nobject ", " record "].iter().filter_map(|word| last(word)).max();
    let interface = ["interface ", "@interface "].iter().filter_map(|word| last(word)).max();
    interface.is_some() && interface > class
}

/// Whether a place is no comment: by how its line begins.
fn is_code(text: &str, at: usize, hit: &str) -> bool {
    let at = at + hit.len() - hit.trim_start().len();
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let before = text.get(start..at).unwrap_or_default();
    let begins = text.get(start..).unwrap_or_default().trim_start();
    let whole = begins.starts_with("//") || begins.starts_with('*') || begins.starts_with("/*");
    !whole && !before.contains("//") && !begins.starts_with("import ")
}

fn line_of(text: &str, at: usize) -> u32 {
    let lines = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
    u32::try_from(lines).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use crate::code::analyse;
    use crate::repo::Repo;

    fn told(path: &str, code: &str) -> Vec<u32> {
        let found = analyse(&Repo::in_memory(&[(path, code)]));
        assert!(found.routes.is_empty(), "{:?}", found.routes);
        found.unresolved.iter().map(|(_, line, _)| *line).collect()
    }

    #[test]
    fn what_a_library_without_a_model_registers_is_told() {
        let blade = "package a;\nimport com.hellokaton.blade.Blade;\nclass App extends Blade {\n {\n  get(\"/\", ctx -> \"\");\n  // post(\"/no\", ctx -> 1);\n  path(\"/a\", () -> {});\n  map.put(\"k\", 1);\n }\n}\n";
        assert_eq!(told("src/main/java/a/App.java", blade), [5, 7]);
        let own = "package a\nimport x.colleen.*\n@Controller(\"/api\")\nclass Users {\n  @Get(\"/rooms\")\n  fun rooms() = 1\n  @Post(value = [\"/rooms\"])\n  fun make() = 1\n}\n";
        assert_eq!(told("src/main/kotlin/a/Users.kt", own), [5, 7]);
    }

    #[test]
    fn what_camel_and_kofu_register_is_told() {
        let camel = "package a;\nimport org.apache.camel.builder.RouteBuilder;\npublic class Api extends RouteBuilder {\n  public void configure() {\n    rest(\"/boats\")\n      .get(\"/{id}\").to(\"direct:one\")\n      .post()\n      .to(\"direct:make\");\n    from(\"platform-http:/crates\").to(\"direct:all\");\n    from(\"direct:one\").to(\"log:one\");\n    int a = map.get(\"/a\");\n  }\n}\n";
        assert_eq!(told("src/main/java/a/Api.java", camel), [5, 6, 7, 9]);
        let other = camel.replace("org.apache.camel", "org.example");
        assert!(told("src/main/java/a/Api.java", &other).is_empty());
        let kofu = "package a\nimport org.springframework.fu.kofu.webApplication\nval app = webApplication {\n  webMvc {\n    router {\n      GET(\"/boats\") { ok().build() }\n    }\n  }\n}\n";
        assert_eq!(told("src/main/kotlin/a/App.kt", kofu), [6]);
    }

    #[test]
    fn what_configures_routes_without_a_path_is_told() {
        let config = "package a;\nimport com.jfinal.config.*;\npublic class Config extends JFinalConfig {\n  public void configRoute(Routes me) {\n    me.add(new Found());\n    me.add(\"/a\", b.Users.class);\n  }\n}\n";
        assert_eq!(told("src/main/java/a/Config.java", config), [4, 5, 6]);
        let found = "package a;\nimport com.jfinal.config.Routes;\npublic class Found extends Routes {\n  public void config() {}\n}\n";
        assert_eq!(told("src/main/java/a/Found.java", found), [3]);
        let bound = "package a;\nimport com.jfinal.ext.route.ControllerBind;\n@ControllerBind(controllerKey = \"/users\")\npublic class Users extends Base {\n  public void list() {}\n}\n";
        assert_eq!(told("src/main/java/a/Users.java", bound), [3]);
    }

    #[test]
    fn what_is_called_a_router_is_told_where_it_is_not_evaluated() {
        let own = "package a;\nclass Logs extends Base {\n void start() {\n  final var router = super.getRouter();\n  router.get(\"/log\")\n    .handler(x);\n }\n}\n";
        assert_eq!(told("src/main/java/a/Logs.java", own), [5]);
        let named =
            format!("package a;\nimport io.vertx.ext.web.RoutingContext;\n{}", own.trim_start_matches("package a;\n"));
        assert_eq!(told("src/main/java/a/Logs.java", &named), [6]);
    }

    #[test]
    fn what_sends_requests_is_not() {
        let client = "package a\nimport x.http.GET\ninterface Api {\n  @GET(\"/rooms\")\n  fun rooms(): Int\n}\n";
        assert!(told("src/main/kotlin/a/Api.kt", client).is_empty());
        let retrofit =
            "package a;\nimport retrofit2.http.GET;\nabstract class Api {\n  @GET(\"/rooms\")\n  int rooms();\n}\n";
        assert!(told("src/main/java/a/Api.java", retrofit).is_empty());
    }

    #[test]
    fn what_a_model_knows_is_the_models() {
        let spring = "package a;\nimport org.springframework.web.bind.annotation.*;\n@RestController\nclass Users {\n  @GetMapping(\"/a\")\n  int a() { return 1; }\n}\n";
        let found = analyse(&Repo::in_memory(&[("src/main/java/a/Users.java", spring)]));
        assert!(found.unresolved.is_empty() && found.routes.len() == 1, "{found:?}");
    }
}
