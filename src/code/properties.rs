//! Files of settings that name variables or may be given by them: placeholders in the settings of Java's frameworks, their
//! keys, whose upper case is a variable of its own (relaxed binding), and node-config's table of variables, and what Strapi
//! hands to its settings.

use std::collections::{BTreeMap, BTreeSet};

use super::logging::Logging;
use super::{Analysis, EnvRead, select};
use crate::repo::{MAX_SOURCE_BYTES, Repo};

/// What stands before a variable's name in a tag.
const TAG: &str = "env:\"";

/// So many keys are kept.
const MOST: usize = 20_000;

/// Reads the files of settings of a repository.
pub(super) fn read(repo: &Repo, analysis: &mut Analysis) {
    let mut settings = BTreeMap::new();
    let mut strapi = None;
    for entry in repo.files().iter().filter(|entry| !entry.link) {
        let path = &*entry.path;
        let (holds, table) = (is_settings(path), is_table(path));
        let bound = (path.ends_with(".java") || path.ends_with(".kt")) && select::is_own_source(path);
        let schema = path.ends_with(".prisma");
        let rendered = !holds && !table && is_rendered(path);
        let handed = !table && is_handed(path) && *strapi.get_or_insert_with(|| is_strapi(repo));
        if !holds && !table && !bound && !schema && !rendered && !handed {
            continue;
        }
        let Ok(content) = repo.read(path, MAX_SOURCE_BYTES) else { continue };
        let text = String::from_utf8_lossy(&content.bytes);
        if bound {
            bound_keys(path, &text, &mut settings);
        } else if schema {
            asked(path, &text, analysis);
        } else if handed {
            asked_of(path, &text, analysis);
        } else if rendered {
            rendered_with(path, &text, analysis);
        } else if table {
            named_in(path, &text, analysis);
        } else {
            placeholders(path, &text, analysis);
            for (key, line) in keys(path, &text) {
                put(&mut settings, &key, path, line);
            }
        }
    }
    analysis.env_settings = settings;
}

/// The variables that build scripts of Rust give to `env!` themselves: `cargo:rustc-env=NAME=…`.
pub(super) fn given_by_builds(repo: &Repo) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in repo.files().iter().filter(|entry| entry.path.ends_with("build.rs")) {
        let Ok(content) = repo.read(&entry.path, MAX_SOURCE_BYTES) else { continue };
        for piece in String::from_utf8_lossy(&content.bytes).split("rustc-env=").skip(1) {
            let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.len());
            names.extend(piece.get(..end).filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    names
}

fn placeholders(path: &str, text: &str, analysis: &mut Analysis) {
    let markup = path.ends_with(".xml");
    let logging = Logging::of(path, text);
    let ktor = !markup && text.lines().any(|line| line.starts_with("ktor:"));
    for (line, at) in text.lines().zip(1..) {
        if !markup && line.trim_start().starts_with(['#', '!']) {
            continue;
        }
        for (name, place, has_default) in variables(line, false) {
            let says = line.get(place + 2..).is_some_and(|rest| rest.starts_with("env:") || rest.starts_with("env."));
            if logging.as_ref().is_none_or(|logging| logging.is_variable(&name, says)) {
                insert(analysis, name, path, at, !has_default);
            }
        }
        if ktor && let Some((name, has_default)) = bare_value(line) {
            insert(analysis, name, path, at, !has_default);
        }
    }
}

/// The variables that placeholders in a line of any settings name, and whether each has a default: `${X}`, `${X:1}`, `$X`.
pub(crate) fn filled_in(line: &str) -> Vec<(String, bool)> {
    let code = if line.trim_start().starts_with('#') { "" } else { line };
    let mut out: Vec<(String, bool)> =
        variables(code, false).into_iter().map(|(name, _, given)| (name, given)).collect();
    for piece in code.split('$').skip(1).filter(|piece| !piece.starts_with('{')) {
        let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(piece.len());
        out.extend(piece.get(..end).filter(|name| is_variable(name)).map(|name| (name.to_owned(), false)));
    }
    out
}

/// The variable that a value of Ktor's YAML is: `port: $PORT`, `"$PORT:8080"`, `$?PORT` where it may be absent.
fn bare_value(line: &str) -> Option<(String, bool)> {
    let code = line.split(" #").next().unwrap_or_default();
    let value = code.split_once(": ").map_or(code.trim().strip_prefix("- "), |(_, value)| Some(value))?;
    let name = value.trim().trim_matches(['"', '\'']).strip_prefix('$')?;
    let optional = name.starts_with('?');
    let (name, default) =
        name.strip_prefix('?').unwrap_or(name).split_once(':').map_or((name, None), |(a, b)| (a, Some(b)));
    let name = name.strip_prefix('?').unwrap_or(name);
    is_variable(name).then(|| (name.to_owned(), optional || default.is_some()))
}

fn insert(analysis: &mut Analysis, name: String, path: &str, line: u32, required: bool) {
    let (supposed, peers) = (None, Vec::new());
    analysis.env_reads.insert(EnvRead { name, file: path.to_owned(), line, required, supposed, peers });
}

/// Whether a file holds settings of Java's frameworks or of their logging.
fn is_settings(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let of = |prefix: &str| stem == prefix || stem.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-'));
    let settings = of("application") || of("bootstrap") || stem == "microprofile-config";
    let logging = stem.starts_with("logback") || stem.starts_with("log4j2");
    let fits = (settings && matches!(ending, "yml" | "yaml" | "properties"))
        || (logging && ending == "xml")
        // HOCON's files have any name: one includes the other.
        || ending == "conf";
    fits && folder.contains("src/main/resources")
}

/// node-config's `custom-environment-variables`.
fn is_table(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_prefix("custom-environment-variables.")
        .is_some_and(|end| matches!(end, "json" | "json5" | "yml" | "yaml"))
}

/// Prisma's `env("X")` in a schema.
fn asked(path: &str, text: &str, analysis: &mut Analysis) {
    for (line, at) in text.lines().zip(1..) {
        let code = line.split("//").next().unwrap_or_default();
        for piece in code.split("env(\"").skip(1) {
            let name = piece.split('"').next().unwrap_or_default();
            if is_variable(name) {
                insert(analysis, name.to_owned(), path, at, true);
            }
        }
    }
}

/// Whether a file may be settings of Strapi, which hands them a function that reads variables.
fn is_handed(path: &str) -> bool {
    let script = [".js", ".ts", ".mjs", ".cjs"].iter().any(|end| path.ends_with(end));
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    script && folders.split('/').any(|folder| folder == "config") && select::is_own_source(path)
}

/// Whether a package of the repository is an application of Strapi.
fn is_strapi(repo: &Repo) -> bool {
    let manifests = repo.files().iter().filter(|entry| entry.path.rsplit('/').next() == Some("package.json"));
    manifests.filter_map(|entry| repo.read(&entry.path, MAX_SOURCE_BYTES).ok()).any(|content| {
        let text = String::from_utf8_lossy(&content.bytes);
        text.contains("\"@strapi/strapi\"") || text.contains("\"strapi\"")
    })
}

/// Strapi's `env('X')`, `env.int('X', 1)` in a file that is handed `env`.
fn asked_of(path: &str, text: &str, analysis: &mut Analysis) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '$';
    if !text.contains("({ env") && !text.contains("({env") {
        return;
    }
    for (line, at) in text.lines().zip(1..) {
        let code = line.split("//").next().unwrap_or_default();
        for (start, _) in code.match_indices("env") {
            let rest = &code[start + "env".len()..];
            let call = match rest.strip_prefix('.') {
                Some(typed) => typed.trim_start_matches(|c: char| c.is_ascii_alphabetic()),
                None => rest,
            };
            let Some(given) = call.strip_prefix('(').filter(|_| !code[..start].ends_with(is_word)) else { continue };
            let mut quoted = given.trim_start().split(['"', '\'']);
            let (before, name) = (quoted.next(), quoted.next().unwrap_or_default());
            if before == Some("") && is_variable(name) {
                let alone = quoted.next().is_some_and(|behind| behind.trim_start().starts_with(')'));
                insert(analysis, name.to_owned(), path, at, alone);
            }
        }
    }
}

/// Whether a file may be settings that are rendered before they are read: Loco's `config/development.yaml`.
fn is_rendered(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (name.ends_with(".yaml") || name.ends_with(".yml")) && folder.rsplit('/').next() == Some("config")
}

/// Tera's `get_env(name="X", default="…")`.
fn rendered_with(path: &str, text: &str, analysis: &mut Analysis) {
    for (line, at) in text.lines().zip(1..) {
        let code = line.split_once('#').map_or(line, |(code, _)| code);
        for piece in code.split("get_env(").skip(1) {
            let call = piece.split(')').next().unwrap_or_default();
            let named = call.split_once("name").and_then(|(_, rest)| rest.trim_start().strip_prefix('='));
            let name = named.unwrap_or(call).trim_start().trim_start_matches(['"', '\'']);
            let name = name.split(['"', '\'']).next().unwrap_or_default();
            if is_variable(name) {
                insert(analysis, name.to_owned(), path, at, !call.contains("default"));
            }
        }
    }
}

/// The values of a table of variables are their names.
fn named_in(path: &str, text: &str, analysis: &mut Analysis) {
    for (line, at) in text.lines().zip(1..) {
        for piece in line.split([',', '{', '}']) {
            let Some((key, value)) = piece.split_once(':') else { continue };
            let value = value.trim().trim_matches(['"', '\'']);
            if is_variable(value) && key.trim().trim_matches(['"', '\'']) != "__format" {
                insert(analysis, value.to_owned(), path, at, false);
            }
        }
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// The variables that a text's placeholders name, with where they stand in it and whether each has a default: names in upper
/// case are variables, others are settings. A bare text is a name itself.
pub(crate) fn variables(text: &str, bare: bool) -> Vec<(String, usize, bool)> {
    if bare {
        return if is_variable(text) { vec![(text.to_owned(), 0, false)] } else { Vec::new() };
    }
    let mut out = Vec::new();
    for (at, _) in text.match_indices("${") {
        let rest = text.get(at + 2..).unwrap_or_default();
        // HOCON's `${?X}` may be absent; Log4j says where `${env:X}` is looked for.
        let optional = rest.starts_with('?');
        let rest = rest.strip_prefix('?').unwrap_or(rest);
        let rest = rest.strip_prefix("env:").or_else(|| rest.strip_prefix("env.")).unwrap_or(rest);
        let end = rest.find([':', '}']).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().trim();
        if is_variable(name) && end < rest.len() {
            // What stands inside another placeholder's default is wanted only where that one is absent.
            let before = text.get(..at).unwrap_or_default();
            let inside = before.matches("${").count() > before.matches('}').count();
            let given = rest.get(end..).is_some_and(|rest| rest.starts_with(':'));
            out.push((name.to_owned(), at, optional || inside || given));
        }
    }
    out
}

/// The keys of a file of settings with their lines: dotted ones, and those that indentation puts together.
fn keys(path: &str, text: &str) -> Vec<(String, u32)> {
    let mut out = Vec::new();
    let yaml = path.ends_with(".yml") || path.ends_with(".yaml");
    let mut above: Vec<(usize, String)> = Vec::new();
    for (line, at) in text.lines().zip(1..) {
        let code = line.trim_start();
        if code.is_empty() || code.starts_with(['#', '!', '-']) {
            if code.starts_with("---") {
                above.clear();
            }
            continue;
        }
        let Some(end) = code.find(if yaml { &[':'][..] } else { &['=', ':'][..] }) else { continue };
        let key = code[..end].trim().trim_matches(['"', '\'']);
        if !is_key(key) {
            continue;
        }
        if !yaml {
            out.push((key.to_owned(), at));
            continue;
        }
        let indent = line.len() - code.len();
        above.retain(|(other, _)| *other < indent);
        let whole = above.last().map_or_else(|| key.to_owned(), |(_, before)| format!("{before}.{key}"));
        out.push((whole.clone(), at));
        above.push((indent, whole));
    }
    out
}

/// The variables that tags of Go's fields name where nothing that is known reads the field: whatever library fills it, it may
/// be by that name.
pub(super) fn tagged(repo: &Repo, analysis: &mut Analysis) {
    let mut named = BTreeMap::new();
    for entry in repo.files().iter().filter(|entry| !entry.link && entry.path.ends_with(".go")) {
        if !select::is_own_source(&entry.path) {
            continue;
        }
        let Ok(content) = repo.read(&entry.path, MAX_SOURCE_BYTES) else { continue };
        if memchr::memmem::find(&content.bytes, TAG.as_bytes()).is_some() {
            tags(&entry.path, &String::from_utf8_lossy(&content.bytes), &mut named);
        }
    }
    let read: BTreeSet<(&str, u32)> = analysis.env_reads.iter().map(|read| (read.file.as_str(), read.line)).collect();
    named.retain(|_, (file, line)| !read.contains(&(file.as_str(), *line)));
    for (name, place) in named {
        analysis.env_settings.entry(name).or_insert(place);
    }
}

fn tags(path: &str, text: &str, out: &mut BTreeMap<String, (String, u32)>) {
    for (line, at) in text.lines().zip(1..) {
        let code = line.split_once('`').map_or("", |(_, tag)| tag);
        for (start, _) in code.match_indices(TAG) {
            let inner = code.get(start + TAG.len()..).unwrap_or_default();
            let name = inner.split(['"', ',']).next().unwrap_or_default();
            if is_variable(name) && out.len() < MOST {
                out.entry(name.to_owned()).or_insert_with(|| (path.to_owned(), at));
            }
        }
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// The settings that Java and Kotlin ask for: `@Value("${a.b}")`, and the fields of classes of `@ConfigurationProperties`.
fn bound_keys(path: &str, text: &str, out: &mut BTreeMap<String, (String, u32)>) {
    if !text.contains("@Value") && !text.contains("@ConfigurationProperties") && !text.contains("@ConfigProperty") {
        return;
    }
    let mut prefix: Option<String> = None;
    for (line, at) in text.lines().zip(1..) {
        for (start, _) in line.match_indices("${") {
            let inner = line.get(start + 2..).unwrap_or_default();
            let key = inner.split([':', '}']).next().unwrap_or_default();
            if is_key(key) {
                put(out, key, path, at);
            }
        }
        if line.contains("@ConfigProperty(")
            && let Some(key) = quoted(line).filter(|key| is_key(key))
        {
            put(out, key, path, at);
        }
        if line.contains("@ConfigurationProperties") {
            prefix = Some(quoted(line).unwrap_or_default().to_owned());
            continue;
        }
        if let Some(prefix) = &prefix {
            for name in fields(line) {
                let own = if prefix.is_empty() { dashed(&name) } else { format!("{prefix}.{}", dashed(&name)) };
                put(out, &own, path, at);
            }
        }
    }
}

/// The first text in quotes on a line.
fn quoted(line: &str) -> Option<&str> {
    line.split('"').nth(1)
}

/// The names of fields that a line declares: `private String clientId;`, `val clientId: String`, `String clientId,`.
fn fields(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default().trim();
    if code.contains("static ") || code.starts_with(['@', '*', '/']) || code.starts_with("return") {
        return Vec::new();
    }
    // Of a class or record its parameters are fields.
    let declares = [" class ", " record "].iter().any(|word| format!(" {code}").contains(word));
    let code = if declares { code.split_once('(').map_or("", |(_, parameters)| parameters) } else { code };
    let mut out = Vec::new();
    for piece in code.split(['(', ',', ';', ')', '{']) {
        let piece = piece.split('=').next().unwrap_or_default();
        let words: Vec<&str> = piece.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| matches!(*word, "val" | "var")) {
            out.extend(words.get(at + 1).map(|name| name.trim_end_matches(':').to_owned()));
        } else if words.len() >= 2 {
            out.extend(words.last().map(|&name| name.to_owned()));
        }
    }
    out.retain(|name| is_key(name) && name.starts_with(|c: char| c.is_ascii_lowercase()));
    out
}

/// `clientId` as `client-id`.
fn dashed(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A setting by the names of its variables: dots are `_`; dashes are left out, or are `_` too.
fn put(out: &mut BTreeMap<String, (String, u32)>, key: &str, path: &str, line: u32) {
    if out.len() >= MOST {
        return;
    }
    let whole = key.replace(['.', '-'], "_").to_ascii_uppercase();
    let short = key.replace('-', "").replace('.', "_").to_ascii_uppercase();
    for name in [whole, short] {
        out.entry(name).or_insert_with(|| (path.to_owned(), line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn analysed(files: &[(&str, &str)]) -> Analysis {
        let mut analysis = Analysis::default();
        read(&Repo::in_memory(files), &mut analysis);
        tagged(&Repo::in_memory(files), &mut analysis);
        analysis
    }

    #[test]
    fn strapi_hands_its_settings_what_reads_variables() {
        let server = "export default ({ env }) => ({\n  host: env('A_HOST', 'x'), port: env.int(\"A_PORT\"), // env('NO')\n  other: myenv('NO'), key: process.env('NO'),\n});\n";
        let read = |manifest: &str| {
            let analysis =
                analysed(&[("package.json", manifest), ("config/server.ts", server), ("src/app.ts", server)]);
            analysis.env_reads.iter().map(|read| (read.name.clone(), read.required)).collect::<Vec<_>>()
        };
        assert_eq!(
            vec![("A_HOST".to_owned(), false), ("A_PORT".to_owned(), true)],
            read(r#"{"dependencies": {"@strapi/strapi": "5"}}"#)
        );
        assert!(read("{}").is_empty(), "no application of Strapi");
    }

    #[test]
    fn settings_may_be_given_by_variables() {
        let analysis = analysed(&[
            (
                "src/main/resources/application.yml",
                "facebook:\n  client-id: x\n  page:\n    size: 1\nspring.datasource.url: y\n---\nmail:\n  from: a\n",
            ),
            ("src/main/resources/application-dev.properties", "jwt.secret=x\n# no.key=1\n"),
            (
                "src/main/java/a/Config.java",
                "@ConfigurationProperties(prefix = \"payment\")\nclass Config {\n  private String apiKey;\n  static final int NO = 1;\n}\n",
            ),
            (
                "src/main/kotlin/a/Mail.kt",
                "@ConfigurationProperties(\"smtp\")\ndata class Mail(val hostName: String, var port: Int = 25)\n",
            ),
            ("src/main/java/a/Use.java", "class Use { @Value(\"${search.max-hits:10}\") int hits; }\n"),
        ]);
        for name in [
            "FACEBOOK_CLIENT_ID",
            "FACEBOOK_CLIENTID",
            "FACEBOOK_PAGE_SIZE",
            "SPRING_DATASOURCE_URL",
            "MAIL_FROM",
            "JWT_SECRET",
            "PAYMENT_API_KEY",
            "SMTP_HOST_NAME",
            "SMTP_PORT",
            "SEARCH_MAX_HITS",
        ] {
            assert!(analysis.env_settings.contains_key(name), "{name}: {:?}", analysis.env_settings);
        }
        for name in ["NO_KEY", "FACEBOOK_SIZE", "PAYMENT_NO"] {
            assert!(!analysis.env_settings.contains_key(name), "{name}");
        }
    }

    #[test]
    fn what_tags_name_may_be_read_by_any_library() {
        let go = "type C struct {\n\tA string `yaml:\"a\" env:\"DB_DSN,required\"`\n\tB string `env:\"lower\"`\n\t// env:\"NO\"\n}\n";
        let analysis = analysed(&[("config/config.go", go), ("config/config_test.go", "\tX int `env:\"IN_TEST\"`\n")]);
        let expected = BTreeMap::from([("DB_DSN".to_owned(), ("config/config.go".to_owned(), 2))]);
        assert_eq!(expected, analysis.env_settings);
    }

    #[test]
    fn a_table_of_variables_names_them() {
        let table = "{\n  \"db\": { \"url\": \"DATABASE_URL\" },\n  \"port\": { \"__name\": \"PORT\", \"__format\": \"JSON\" }\n}\n";
        let analysis = analysed(&[
            ("config/custom-environment-variables.json", table),
            ("src/main/resources/application.conf", "port = 80\nport = ${?PORT_OVERRIDE}\nurl = ${DB_URL}\n"),
            ("prisma/schema.prisma", "datasource db {\n  url = env(\"PRISMA_DB\") // env(\"NO\")\n}\n"),
            (
                "config/production.yaml",
                "uri: {{ get_env(name=\"LOCO_DB\") }}\nport: {{get_env(name='LOCO_PORT', default='1')}}\n",
            ),
            (
                "src/main/resources/log4j2.xml",
                "<Property name=\"OWN\"/><File name=\"${env:LOG_DIR:-x}${OWN}${NO}\"/>\n",
            ),
            (
                "src/main/resources/logback-spring.xml",
                "<springProperty scope=\"context\" name=\"APP\" source=\"a\"/>\n<property name='DIR' value='${LOG_ROOT:-x}'/>\n<file>${DIR}/${APP}.${LOG_FILE}</file>\n",
            ),
            ("src/main/resources/reference.conf", "mailer.token = ${?MAILER_TOKEN}\n"),
            (
                "src/main/resources/application.yaml",
                "ktor:\n  port: \"$KTOR_PORT:8080\"\n  key: $KTOR_KEY\n  may: $?KTOR_MAY\n",
            ),
        ]);
        let names: Vec<(&str, bool)> = analysis.env_reads.iter().map(|it| (it.name.as_str(), it.required)).collect();
        let expected = vec![
            ("DATABASE_URL", false),
            ("DB_URL", true),
            ("KTOR_KEY", true),
            ("KTOR_MAY", false),
            ("KTOR_PORT", false),
            ("LOCO_DB", true),
            ("LOCO_PORT", false),
            ("LOG_DIR", false),
            ("LOG_ROOT", false),
            ("MAILER_TOKEN", false),
            ("PORT", false),
            ("PORT_OVERRIDE", false),
            ("PRISMA_DB", true),
        ];
        assert_eq!(expected, names);
    }
}
