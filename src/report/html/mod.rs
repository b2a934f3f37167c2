//! `--format html`: one page that holds everything it needs and asks nobody for anything: styles and script stand in it, and
//! its own policy forbids whatever else a browser might be talked into. Without a script it shows all; with one it filters.
//!
//! The template gets plain data and is escaped as HTML by its name; what turns the line around or controls a terminal is
//! made visible before that.

mod view;

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, escape_formatter};
use sha2::{Digest, Sha256};

use crate::verdict::Report;

use super::{NotJudged, printable};
use view::{Page, Unjudged};

/// The templates. Their names end in `.html`, which is what turns the escaping on.
const TEMPLATES: &[(&str, &str)] = &[
    ("frame.html", include_str!("frame.html")),
    ("page.html", include_str!("page.html")),
    ("rules.html", include_str!("rules.html")),
    ("exhibits.html", include_str!("exhibits.html")),
    ("unjudged.html", include_str!("unjudged.html")),
];
const CSS: &str = include_str!("page.css");
const JS: &str = include_str!("page.js");

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    render("page.html", Value::from(Serde(Page::of(report))), out)
}

pub(super) fn write_not_judged(why: NotJudged<'_>, out: &mut dyn Write) -> io::Result<()> {
    let page = Unjudged { message: why.message.trim_end(), at: why.at, exit_code: why.exit_code };
    render("unjudged.html", Value::from(Serde(page)), out)
}

fn render(name: &str, page: Value, out: &mut dyn Write) -> io::Result<()> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(io::Error::other)?;
    environment.set_syntax(syntax);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => escape_formatter(out, state, &Value::from(printable(text))),
        _ => escape_formatter(out, state, value),
    });
    for (name, text) in TEMPLATES {
        environment.add_template(name, text).map_err(io::Error::other)?;
    }
    let context = minijinja::context! {
        page,
        css => Value::from_safe_string(CSS.to_owned()),
        js => Value::from_safe_string(JS.to_owned()),
        css_hash => Value::from_safe_string(hash(CSS)),
        js_hash => Value::from_safe_string(hash(JS)),
    };
    let template = environment.get_template(name).map_err(io::Error::other)?;
    template.render_captured_to(context, &mut *out).map_err(io::Error::other)?;
    writeln!(out)
}

/// The source expression by which a policy permits one text: its digest in base 64 (RFC 4648).
fn hash(text: &str) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text.as_bytes());
    let mut written = String::from("sha256-");
    for three in digest.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let sign = SIGNS[(bits >> (18 - 6 * at) & 63) as usize];
            written.push(if at <= three.len() { char::from(sign) } else { '=' });
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_digest_as_openssl_does() {
        assert_eq!("sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", hash("abc"));
        assert_eq!("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", hash(""));
    }

    #[test]
    fn the_page_asks_nobody_for_anything() {
        for text in TEMPLATES.iter().map(|(_, text)| *text).chain([CSS, JS]) {
            for word in
                ["http:", "https:", "//cdn", "@import", "url(", "src=", "fetch(", "style=", "onclick", "innerHTML"]
            {
                assert!(!text.contains(word), "{word}");
            }
        }
    }
}
