//! `google.api.http`'s templates.

/// The segments that a variable takes up stand for it, each star among them a parameter.
pub(super) fn http_rule(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('{') {
        let (variable, tail) = after.split_once('}').unwrap_or((after, ""));
        let (field, taken) = variable.split_once('=').unwrap_or((variable, "*"));
        out.push_str(&starred(before, ""));
        out.push_str(&starred(taken, field.trim()));
        rest = tail;
    }
    out + &starred(rest, "")
}

/// Segments with parameters for stars: `*` is one segment, `**` any number.
fn starred(segments: &str, field: &str) -> String {
    let mut stars = 0;
    let mut spelt = |segment: &str| match segment {
        "*" if field.is_empty() => "{*}".to_owned(),
        "*" => {
            stars += 1;
            if stars == 1 { format!("{{{field}}}") } else { format!("{{{field}_{stars}}}") }
        }
        "**" => format!("{{*{field}}}"),
        literal => literal.to_owned(),
    };
    segments.split('/').map(&mut spelt).collect::<Vec<_>>().join("/")
}
