//! Files that list what a framework answers: Struts' configuration, in both of its generations, and Play's routes.

use std::collections::BTreeMap;

use crate::domain::method::is_method;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The most entries that are read of one file.
const MOST: usize = 4_000;
/// The setting of what the paths of Struts 2 end with.
const ENDINGS: &str = "struts.action.extension";
/// What a file names that is written for a Struts in which methods have to be allowed.
const STRICT: [&str; 4] = ["struts-2.5.dtd", "Struts Configuration 2.5", "struts-6.0.dtd", "Struts Configuration 6.0"];

/// What a file lists.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Actions {
    /// The entries.
    pub(crate) actions: Vec<Action>,
    /// Other files that belong to it, as it names them.
    pub(crate) includes: Vec<Include>,
    /// The settings of Struts 2 that the file says.
    pub(crate) constants: BTreeMap<String, String>,
    /// The packages of Struts 2.
    pub(crate) packages: Vec<Package>,
    /// The file is written for a Struts that asks which methods may be called.
    pub(crate) strict: bool,
}

/// A package of Struts 2.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// The packages that it extends.
    pub(crate) extends: Vec<String>,
    /// Whether only methods that are allowed may be called, where it says so.
    pub(crate) strict: Option<bool>,
    /// The methods that it allows for all of its actions.
    pub(crate) allowed: Vec<String>,
}

/// What the name of an action with stars chooses.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The class, in which `{1}` stands for what the first star is.
    pub(crate) class: String,
    /// The method likewise.
    pub(crate) method: String,
    /// The methods that are allowed, where it says which; patterns among them have `regex:` before them.
    pub(crate) allowed: Option<Vec<String>>,
    /// Its package's place among the file's.
    pub(crate) package: usize,
}

/// Another file that belongs to one, what stands before its paths, and the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Include {
    /// As it is named.
    pub(crate) name: String,
    /// What stands before its paths.
    pub(crate) prefix: String,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    /// The method; `ANY` for all.
    pub(crate) method: String,
    /// The path as it is written.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: u32,
    /// It answers with files.
    pub(crate) asset: bool,
    /// What its stars choose.
    pub(crate) choice: Option<Box<Choice>>,
}

/// The actions of Struts' configuration, of either generation; else the line and why it cannot be read.
pub(super) fn struts(text: &str) -> Result<Actions, (u32, String)> {
    let mut reader = Reader::from_str(text);
    let strict = STRICT.iter().any(|mark| text.contains(mark));
    let mut out = Actions { strict, ..Actions::default() };
    let mut namespace = String::new();
    // What lists methods that are allowed: those of an action, or those of all of a package.
    let mut allowing: Option<bool> = None;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let line = u32::try_from(text.get(..at).unwrap_or_default().matches('\n').count() + 1).unwrap_or(u32::MAX);
        let event = reader.read_event();
        match &event {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                let line = line + leading(text.get(at..).unwrap_or_default());
                let get = |name: &str| attribute(tag, name);
                match tag.local_name().as_ref() {
                    "package" => {
                        namespace = get("namespace").unwrap_or_default();
                        out.packages.push(Package {
                            name: get("name").unwrap_or_default(),
                            extends: listed(&get("extends").unwrap_or_default()),
                            strict: get("strict-method-invocation").map(|said| said == "true"),
                            allowed: Vec::new(),
                        });
                    }
                    "constant" => {
                        let (name, value) = (get("name").unwrap_or_default(), get("value").unwrap_or_default());
                        out.constants.insert(name, value);
                    }
                    "include" => {
                        let name = get("file").unwrap_or_default();
                        out.includes.push(Include { name, prefix: String::new(), line });
                    }
                    "action" => {
                        // The first generation tells a path, the second one a name.
                        let path = get("path").or_else(|| get("name").map(|name| format!("{namespace}/{name}")));
                        let Some(path) = path else { continue };
                        let (class, method) = (get("class").unwrap_or_default(), get("method").unwrap_or_default());
                        let chooses = path.contains('*') && (class.contains('{') || method.contains('{'));
                        let package = out.packages.len().saturating_sub(1);
                        let choice = Choice { class, method, allowed: None, package };
                        let choice = chooses.then(|| Box::new(choice));
                        out.actions.push(Action { choice, ..any(path, line) });
                    }
                    "allowed-methods" => allowing = Some(false),
                    "global-allowed-methods" => allowing = Some(true),
                    _ => {}
                }
            }
            Ok(Event::Text(written)) => {
                let names = listed(written);
                match allowing {
                    Some(true) => out.packages.last_mut().into_iter().for_each(|it| it.allowed.extend(names.clone())),
                    Some(false) => {
                        if let Some(choice) = out.actions.last_mut().and_then(|action| action.choice.as_mut()) {
                            choice.allowed.get_or_insert_with(Vec::new).extend(names);
                        }
                    }
                    None => {}
                }
            }
            Ok(Event::End(_)) => allowing = None,
            Ok(Event::Eof) => return Ok(out),
            Ok(_) => {}
            Err(error) => return Err((line, format!("broken XML: {error}"))),
        }
        if out.actions.len() > MOST {
            return Err((line, "it is too large".to_owned()));
        }
    }
}

/// What a text lists between commas.
fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// What the paths of Struts 2 end with, where settings say so: each with its dot; an ending that may be left out is not asked
/// for.
pub(crate) fn endings(constants: &BTreeMap<String, String>) -> Option<Vec<String>> {
    let said = constants.get(ENDINGS)?.split(',').map(str::trim);
    let told: Vec<String> = said.filter(|one| !one.is_empty()).map(|one| format!(".{one}")).collect();
    Some(if told.is_empty() { vec![String::new()] } else { told })
}

/// The routes that a file of Play's lists.
pub(super) fn play(text: &str) -> Actions {
    let mut out = Actions::default();
    for (at, whole) in text.lines().enumerate().take(MOST) {
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let mut words = whole.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("->"), Some(prefix), Some(name)) => {
                let (name, prefix) = (name.to_owned(), prefix.to_owned());
                out.includes.push(Include { name, prefix, line });
            }
            (Some(method), Some(path), Some(handler)) if is_verb(method) && path.starts_with('/') => {
                let asset = handler.starts_with("controllers.Assets.") || handler.starts_with("@controllers.Assets.");
                let method = if method == "*" { "ANY".to_owned() } else { method.to_owned() };
                out.actions.push(Action { method, path: spelled(path), line, asset, choice: None });
            }
            _ => {}
        }
    }
    out
}

fn is_verb(word: &str) -> bool {
    is_method(word) || word == "*"
}

/// Play's paths in braces: `:id`, `*rest`, `$id<[0-9]+>`.
fn spelled(path: &str) -> String {
    let mut out = String::new();
    for segment in path.split('/').skip(1) {
        out.push('/');
        let name =
            |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned();
        match (segment.strip_prefix(':'), segment.strip_prefix('*'), segment.strip_prefix('$')) {
            (Some(rest), _, _) | (_, _, Some(rest)) => {
                let name = name(rest);
                let behind = match rest.split_once('<') {
                    Some((_, pattern)) => pattern.rsplit_once('>').map_or("", |(_, behind)| behind),
                    None => rest.get(name.len()..).unwrap_or_default(),
                };
                out.extend(["{", &name, "}", behind]);
            }
            (_, Some(rest), _) => out.extend(["{*", &name(rest), "}"]),
            _ => out.push_str(segment),
        }
    }
    out
}

fn any(path: String, line: u32) -> Action {
    Action { method: "ANY".to_owned(), path, line, asset: false, choice: None }
}

/// The lines before a tag's first sign.
fn leading(text: &str) -> u32 {
    let blank = text.len() - text.trim_start().len();
    u32::try_from(text.get(..blank).unwrap_or_default().matches('\n').count()).unwrap_or(0)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|one| one.key.as_ref() == name)?;
    Some(found.value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(listed: &Actions) -> Vec<String> {
        listed.actions.iter().map(|one| format!("{} {}:{}", one.method, one.path, one.line)).collect()
    }

    #[test]
    fn actions_have_the_path_of_their_package_and_their_methods() {
        let text = "<struts>\n <constant name=\"struts.action.extension\" value=\"do,,json\"/>\n <include file=\"struts-b.xml\"/>\n <package name=\"a\" namespace=\"/admin\">\n  <action name=\"home\"><result>/a.jsp</result></action>\n  <action name=\"user_*\" class=\"u\" method=\"{1}\">\n   <allowed-methods>list, save</allowed-methods>\n  </action>\n  <action name=\"all_*\" method=\"{1}\"></action>\n </package>\n <package name=\"b\"><action name=\"x\"/></package>\n</struts>";
        let listed = struts(text).expect("it reads");
        let expected = ["ANY /admin/home:5", "ANY /admin/user_*:6", "ANY /admin/all_*:9", "ANY /x:11"];
        assert_eq!(shown(&listed), expected);
        let choice = listed.actions[1].choice.as_ref().expect("its star chooses");
        assert_eq!((choice.class.as_str(), choice.method.as_str(), choice.package), ("u", "{1}", 0));
        assert_eq!(choice.allowed, Some(vec!["list".to_owned(), "save".to_owned()]));
        assert!(listed.actions[0].choice.is_none() && listed.actions[3].choice.is_none() && !listed.strict);
        assert_eq!(listed.includes.len(), 1);
        assert_eq!(endings(&listed.constants), Some(vec![".do".to_owned(), ".json".to_owned()]));
        assert_eq!(endings(&BTreeMap::new()), None);
        let first = struts(
            "<struts-config><action-mappings><action path=\"/login\" type=\"a.B\"/></action-mappings></struts-config>",
        );
        assert_eq!(shown(&first.expect("it reads")), ["ANY /login:1"]);
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let _ = struts(&text[..end]);
        }
    }

    #[test]
    fn plays_routes_are_read() {
        let text = "# comment\nGET   /users/:id/x   controllers.Users.one(id: Long)\n+ nocsrf\nPOST /a/$n<[0-9]+>.json c.A.b(n)\nGET /assets/*file controllers.Assets.at(file)\n->  /admin admin.Routes\n";
        let listed = play(text);
        assert_eq!(shown(&listed), ["GET /users/{id}/x:2", "POST /a/{n}.json:4", "GET /assets/{*file}:5"]);
        assert_eq!(listed.includes[0].prefix, "/admin");
        assert!(listed.actions[2].asset);
    }
}
