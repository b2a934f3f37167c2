//! What containers call the classes of a repository: beans of Spring's configuration in XML, and components by their annotations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;

use super::url_beans::{attribute, names};
use super::{Tree, folder_of};
use crate::code::form::Name;
use crate::code::select::is_own;

/// The most files that are looked into.
const MOST: usize = 8_000;

/// The annotations that make a class a component, the name that one says, and the class below it.
static COMPONENT: LazyLock<Regex> = LazyLock::new(|| {
    let name = r#"(?:[ \t]*\([ \t]*(?:value[ \t]*=[ \t]*)?"(?<name>[^"\n]*)"[ \t]*\)|[ \t]*\([ \t]*\))?"#;
    let pattern = format!(r"(?m)^[ \t]*@(?:Component|Controller|Service|Repository|Named|ManagedBean){name}[ \t]*$");
    Regex::new(&pattern).expect("a valid pattern: a test uses it")
});

/// The full names of classes by what containers call them.
pub(super) fn read(tree: &Tree<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let configuration = |path: &&Name| path.ends_with(".xml") && is_own(path);
    for path in tree.files().filter(configuration).take(MOST) {
        let text = tree.text(path).or_else(|| tree.latin(path)).filter(|text| text.contains("<bean"));
        for (name, class) in text.iter().flat_map(|text| beans(text)) {
            out.entry(name).or_default().insert(class);
        }
    }
    for path in tree.classes().filter(|path| path.ends_with(".java")).take(MOST) {
        let text = tree.text(path).unwrap_or_default();
        if let Some((name, class)) = component(path, &text) {
            out.entry(name).or_default().insert(class);
        }
    }
    out
}

/// The beans of a file of Spring's configuration, as far as it can be read: their names and classes.
fn beans(text: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(text);
    let mut out = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start) | Event::Empty(start)) if start.local_name().as_ref() == "bean" => {
                let class = attribute(&start, "class").filter(|class| !class.is_empty());
                out.extend(class.iter().flat_map(|class| names(&start).into_iter().map(|name| (name, class.clone()))));
            }
            Ok(Event::Eof) | Err(_) => return out,
            Ok(_) => {}
        }
    }
}

/// The component that a file of Java is called after: its name and the full name of its class.
fn component(path: &str, text: &str) -> Option<(String, String)> {
    let found = COMPONENT.captures(text)?;
    let stem = path.rsplit('/').next()?.strip_suffix(".java")?;
    let package = text.lines().find_map(|line| line.trim_start().strip_prefix("package "));
    let package = package.map_or_else(|| folder_of(path).replace('/', "."), |name| name.replace(';', ""));
    let said = found.name("name").map(|name| name.as_str().to_owned()).filter(|name| !name.is_empty());
    Some((said.unwrap_or_else(|| decapitalized(stem)), format!("{}.{stem}", package.trim())))
}

/// A class's name as a bean's: a first letter before a small one is made small.
fn decapitalized(name: &str) -> String {
    let mut signs = name.chars();
    match (signs.next(), name.chars().nth(1)) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(signs).collect(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beans_and_components_have_names() {
        let text = "<beans>\n <bean id=\"a\" name=\"b,/c\" class=\"x.A\" scope=\"prototype\"/>\n <bean id=\"none\" parent=\"a\"/>\n <bean id=\"d\" class=\"x.D\">";
        let expected = [("b", "x.A"), ("/c", "x.A"), ("a", "x.A"), ("d", "x.D")];
        assert_eq!(beans(text), expected.map(|(name, class)| (name.to_owned(), class.to_owned())));
        let of = |text: &str| component("src/a/b/UserAction.java", text).map(|(name, class)| format!("{name} {class}"));
        assert_eq!(
            of("package a.b;\n@Component(\"u\")\n@Scope(\"x\")\nclass UserAction {}").as_deref(),
            Some("u a.b.UserAction")
        );
        assert_eq!(
            of("package a.b;\n\t@Controller\nclass UserAction {}").as_deref(),
            Some("userAction a.b.UserAction")
        );
        assert_eq!(of("package a.b;\n// @Controller\nclass UserAction {}"), None);
        assert_eq!(decapitalized("URLAction"), "URLAction");
    }
}
