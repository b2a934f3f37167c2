//! Holes: the parts of a string that are not known, each with a hint of what stands there.

/// Opens a hole in a string: what stands between this and [`HOLE_END`] is a hint, not text.
pub(crate) const HOLE: char = '\u{e000}';
/// Closes a hole.
pub(crate) const HOLE_END: char = '\u{e001}';
/// The first byte of [`HOLE`] in UTF-8.
const HOLE_LEADS: u8 = 0xee;

/// Whether a string has holes.
pub(crate) fn has_hole(text: &str) -> bool {
    // Nearly every text has none, and few have a character of that plane at all.
    text.as_bytes().contains(&HOLE_LEADS) && text.contains(HOLE)
}

/// Whether a text has a part that is not known: a hole, or a character that was not UTF-8.
pub(crate) fn has_unknown(text: &str) -> bool {
    has_hole(text) || text.contains(char::REPLACEMENT_CHARACTER)
}

/// What is told of a path that has such a part.
pub(crate) fn partly_known(path: &str) -> String {
    format!("the path {} has a part that is not known", fill_holes(path, |hint| format!("<{hint}>")))
}

/// A hole with a hint of what it stands for.
pub(crate) fn hole(hint: &str) -> String {
    let hint: String = hint.chars().filter(|c| c.is_alphanumeric() || *c == '_').take(40).collect();
    format!("{HOLE}{}{HOLE_END}", if hint.is_empty() { "x" } else { &hint })
}

/// The string with each hole replaced.
pub(crate) fn fill_holes(text: &str, with: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(HOLE) {
        out.push_str(before);
        let (hint, tail) = after.split_once(HOLE_END).unwrap_or((after, ""));
        out.push_str(&with(hint));
        rest = tail;
    }
    out.push_str(rest);
    out
}
