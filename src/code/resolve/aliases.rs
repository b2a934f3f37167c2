//! Names that stand for folders of a JavaScript package, where no compiler's configuration says so: module-alias reads them
//! from the manifest, Babel's module-resolver from its own configuration; and the folders in which Node looks for names besides.

use serde_json::Value as Json;

use super::javascript::Config;
use super::under;

/// Folders of what a build makes of `src`.
const BUILT: &[&str] = &["dist", "build", "lib", "out"];

/// Whether a file may hold Babel's configuration.
pub(super) fn is_babel(name: &str) -> bool {
    matches!(
        name,
        ".babelrc" | ".babelrc.js" | ".babelrc.json" | "babel.config.js" | "babel.config.cjs" | "babel.config.json"
    )
}

/// What `_moduleAliases` says in a manifest, and AdonisJS's `autoload`.
pub(super) fn of_manifest(folder: &str, manifest: &Json) -> Option<Config> {
    let all = ["_moduleAliases", "autoload"].iter().filter_map(|key| manifest.get(*key)?.as_object()).flatten();
    let pairs = all.filter_map(|(name, target)| Some((name.clone(), target.as_str()?.to_owned())));
    config(folder, pairs.collect())
}

/// What module-resolver's `alias` and `root` say, in JSON or in JavaScript that merely lists them.
pub(super) fn of_babel(folder: &str, text: &str) -> Vec<Config> {
    let Some((_, options)) = text.split_once("module-resolver") else { return Vec::new() };
    let mut out = Vec::new();
    let within = |key: &str, open: char, close: char| {
        let (_, rest) = options.split_once(key)?;
        let (_, rest) = rest.split_once(open)?;
        Some(rest.split_once(close)?.0)
    };
    if let Some(listed) = within("alias", '{', '}') {
        let pairs = listed.split(',').filter_map(|pair| {
            let (name, target) = pair.split_once(':')?;
            let (name, target) = (bare(name), bare(target));
            (!name.is_empty() && (target.starts_with('.') || target.starts_with("src"))).then_some((name, target))
        });
        out.extend(config(folder, pairs.collect()));
    }
    let roots = within("root", '[', ']').unwrap_or_default();
    for root in roots.split(',').map(bare).filter(|root| root.starts_with('.')) {
        let base = under(folder, &root);
        out.push(Config { folder: folder.to_owned(), base, has_base: true, paths: Vec::new(), output: None });
    }
    out
}

/// The folders in which names are looked for besides: those that a manifest's scripts give as `NODE_PATH`, and module-alias's.
pub(super) fn roots(folder: &str, manifest: &Json) -> Vec<String> {
    let mut out = Vec::new();
    let scripts = manifest.get("scripts").and_then(Json::as_object);
    for script in scripts.iter().flat_map(|all| all.values()).filter_map(Json::as_str) {
        for rest in script.split("NODE_PATH=").skip(1) {
            let value = rest.split([' ', '&', ';']).next().unwrap_or_default().trim_matches(['"', '\'']);
            out.extend(value.split(':').map(str::to_owned));
        }
    }
    let listed = manifest.get("_moduleDirectories").and_then(Json::as_array);
    out.extend(listed.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned));
    out.retain(|root| !root.is_empty() && !root.starts_with('/') && !root.contains(['$', '%']));
    let mut out: Vec<String> = out.iter().map(|root| under(folder, root)).collect();
    out.retain(|root| !root.starts_with("..") && !root.ends_with("node_modules"));
    out.sort();
    out.dedup();
    out
}

/// A word without quotes and comments around it.
fn bare(text: &str) -> String {
    let last = text.trim().lines().last().unwrap_or("").trim();
    last.trim_matches(|c| matches!(c, '"' | '\'' | '`')).to_owned()
}

fn config(folder: &str, pairs: Vec<(String, String)>) -> Option<Config> {
    let mut paths = Vec::new();
    for (name, target) in pairs {
        // A pattern of module-resolver's own.
        if name.starts_with('^') {
            continue;
        }
        let mut targets = vec![target.trim_end_matches('/').to_owned()];
        let trimmed = targets[0].trim_start_matches("./").to_owned();
        let first = trimmed.split('/').next().unwrap_or("");
        if BUILT.contains(&first) {
            let rest = trimmed[first.len()..].trim_start_matches('/');
            targets.push(if rest.is_empty() { "src".to_owned() } else { format!("src/{rest}") });
            targets.push(if rest.is_empty() { ".".to_owned() } else { rest.to_owned() });
        }
        paths.push((format!("{name}/*"), targets.iter().map(|target| format!("{target}/*")).collect()));
        paths.push((name, targets));
    }
    paths.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
    (!paths.is_empty()).then(|| Config {
        folder: folder.to_owned(),
        base: if folder.is_empty() { ".".to_owned() } else { folder.to_owned() },
        has_base: false,
        paths,
        output: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_of_manifests_and_of_babel() {
        let manifest =
            serde_json::json!({"_moduleAliases": {"@": ".", "@libs": "dist/libs"}, "autoload": {"App": "./app"}});
        let shown = |config: &Config| format!("{} {:?}", config.base, config.paths);
        let found = of_manifest("api", &manifest).map(|config| shown(&config)).unwrap_or_default();
        assert!(found.contains("(\"App/*\", [\"./app/*\"])"), "{found}");
        assert!(found.contains("(\"@libs/*\", [\"dist/libs/*\", \"src/libs/*\", \"libs/*\"])"), "{found}");
        let babel = "module.exports = { plugins: [['module-resolver', { root: ['./src'], alias: {\n '@models': './src/models',\n jquery: 'zepto' } }]] };";
        let found: Vec<String> = of_babel("", babel).iter().map(shown).collect();
        assert_eq!(
            vec![
                ". [(\"@models/*\", [\"./src/models/*\"]), (\"@models\", [\"./src/models\"])]".to_owned(),
                "src []".to_owned()
            ],
            found
        );
        assert!(of_babel("", "alias: { a: './b' }").is_empty());
    }

    #[test]
    fn scripts_say_where_node_looks_besides() {
        let manifest = serde_json::json!({"scripts": {"start": "cross-env NODE_PATH=. node src/app.js",
            "dev": "NODE_PATH=./src:$PWD/x nodemon", "other": "NODE_PATH=/opt node a.js", "up": "NODE_PATH=../.. node a.js"},
            "_moduleDirectories": ["node_modules_custom", "node_modules"]});
        assert_eq!(roots("app", &manifest), ["app", "app/node_modules_custom", "app/src"]);
    }
}
