//! `paste!`: names that are put together of others, as macros write them: `[<get_ $name:snake>]`.

use super::tokens::Token;

/// How deep groups may be nested.
const DEPTH: usize = 64;

/// Tokens in which what `paste!` is given stands in its place, with its names put together.
pub(super) fn pasted(all: Vec<Token>, depth: usize) -> Vec<Token> {
    if depth > DEPTH {
        return all;
    }
    let mut out: Vec<Token> = Vec::new();
    for token in all {
        let Token::Group(open, inner) = token else {
            out.push(token);
            continue;
        };
        let inner = pasted(inner, depth + 1);
        if !ends_with_paste(&out) {
            out.push(Token::Group(open, inner));
            continue;
        }
        out.truncate(out.len() - 2);
        // `paste::paste!`: the path before the name goes with it.
        while matches!(out.as_slice(), [.., Token::Word(_), Token::Sign(sign)] if sign == "::") {
            out.truncate(out.len() - 2);
        }
        let joined = together(inner, 0);
        match open {
            '{' => out.extend(joined),
            _ => out.push(Token::Group('(', joined)),
        }
    }
    out
}

fn ends_with_paste(all: &[Token]) -> bool {
    matches!(all, [.., Token::Word(name), Token::Sign(sign)] if name == "paste" && sign == "!")
}

/// Tokens with one name for each `[< … >]`.
fn together(all: Vec<Token>, depth: usize) -> Vec<Token> {
    if depth > DEPTH {
        return all;
    }
    all.into_iter()
        .map(|token| match token {
            Token::Group('[', inner) => match one_name(&inner) {
                Some(name) => Token::Word(name),
                None => Token::Group('[', together(inner, depth + 1)),
            },
            Token::Group(open, inner) => Token::Group(open, together(inner, depth + 1)),
            token => token,
        })
        .collect()
}

/// The name that pieces between `<` and `>` come to.
fn one_name(inner: &[Token]) -> Option<String> {
    let [Token::Sign(first), pieces @ .., Token::Sign(last)] = inner else { return None };
    if first != "<" || last != ">" {
        return None;
    }
    let mut name = String::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let mut text = match piece {
            Token::Word(text) => text.trim_start_matches("r#").to_owned(),
            Token::Text(text) => text.trim_matches('"').to_owned(),
            Token::Sign(_) | Token::Group(..) => return None,
        };
        at += 1;
        while let (Some(Token::Sign(colon)), Some(Token::Word(how))) = (pieces.get(at), pieces.get(at + 1)) {
            if colon != ":" {
                break;
            }
            text = changed(&text, how)?;
            at += 2;
        }
        name.push_str(&text);
    }
    (!name.is_empty()).then_some(name)
}

fn changed(text: &str, how: &str) -> Option<String> {
    match how {
        "upper" => Some(text.to_uppercase()),
        "lower" => Some(text.to_lowercase()),
        "camel" => Some(
            text.split('_')
                .map(|word| {
                    let mut characters = word.chars();
                    characters.next().map_or_else(String::new, |first| {
                        first.to_uppercase().chain(characters.flat_map(char::to_lowercase)).collect()
                    })
                })
                .collect(),
        ),
        "snake" => {
            let mut out = String::new();
            for c in text.chars() {
                if c.is_uppercase() && !out.is_empty() && !out.ends_with('_') {
                    out.push('_');
                }
                out.extend(c.to_lowercase());
            }
            Some(out)
        }
        _ => None,
    }
}
