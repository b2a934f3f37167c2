//! The arms of `select!` as statements of a block: `pattern = what is waited for, if condition => what is done then`.

use super::tokens::literal;

/// What a scan of the arms stands in.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    /// Before the `=`: what is bound.
    Pattern,
    /// What is waited for, and its condition.
    Waited,
    /// What is done then; whether it is a block.
    Done { block: bool },
}

/// The arms as statements, every sign at its place: what is bound is blank, and `=>` and the ends of arms are `;`. Nothing
/// where the brackets do not match.
pub(super) fn arms(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let (mut part, mut from, mut at) = (Part::Pattern, 0, 0);
    let mut open: Vec<u8> = Vec::new();
    while at < bytes.len() {
        let rest = text.get(at..)?;
        if let Some(length) = literal(rest) {
            at += length;
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let top = open.is_empty();
        let sign = bytes[at];
        match (sign, part) {
            (b'(' | b'[' | b'{', _) => {
                if let (true, Part::Done { block: false }) = (top && sign == b'{', part)
                    && text[from..at].trim().is_empty()
                {
                    part = Part::Done { block: true };
                }
                open.push(sign);
            }
            (b')' | b']' | b'}', _) => {
                open.pop()?;
                if open.is_empty() && sign == b'}' && part == (Part::Done { block: true }) {
                    let next = rest[1..].trim_start();
                    if next.starts_with(',') {
                        at = text.len() - next.len();
                        out[at] = b';';
                    }
                    (part, from) = (Part::Pattern, at + 1);
                }
            }
            (b'=', Part::Pattern | Part::Waited) if top && rest.starts_with("=>") => {
                if part == Part::Pattern {
                    blank(&mut out[from..at]);
                }
                out[at..at + 2].copy_from_slice(b"; ");
                (part, from) = (Part::Done { block: false }, at + 2);
                at += 1;
            }
            (b'=', Part::Pattern) if top => {
                blank(&mut out[from..=at]);
                part = Part::Waited;
            }
            // `biased;`
            (b';', Part::Pattern) if top => from = at + 1,
            (b',', Part::Waited) if top => {
                out[at] = b';';
                let behind = rest[1..].trim_start();
                if behind.starts_with("if ") {
                    let word = text.len() - behind.len();
                    blank(&mut out[word..word + 2]);
                }
            }
            (b',', Part::Done { .. }) if top => {
                out[at] = b';';
                (part, from) = (Part::Pattern, at + 1);
            }
            _ => {}
        }
        at += if sign.is_ascii() { 1 } else { rest.chars().next().map_or(1, char::len_utf8) };
    }
    open.is_empty().then(|| String::from_utf8(out).ok()).flatten()
}

/// Puts blanks for everything but the ends of lines.
fn blank(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_and_what_is_done_are_statements() {
        let text = "biased;\n_ = stop() => { halt() }\nSome(x) = rx.recv(), if open => work(x, 1),\nr = serve(a, b) => r?,\nelse => done(),";
        let expected = "biased;\n    stop() ;  { halt() }\n          rx.recv();    open ;  work(x, 1);\n    serve(a, b) ;  r?;\n     ;  done();";
        assert_eq!(Some(expected), arms(text).as_deref());
        assert_eq!(None, arms("a = b( => c"));
        assert_eq!(Some("         \"é=>\" ;  x"), arms("Ok(é) = \"é=>\" => x").as_deref());
    }
}
