//! Macros by example: a call is matched against the rules, and what the rule gives is parsed in the call's place.
//!
//! Fragments are told by their follow sets alone (an `expr` ends at `,`, `;` or `=>`), names are not hygienic.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::reader::{Reader, children, parse};
use super::Lowering;
use super::paste::pasted;
use super::tokens::{Token, tokens, tokens_and_docs, written};
use crate::code::form::{Block, Expr, MacroRules, StmtKind};

/// The most tokens that one expansion gives.
const MOST: usize = 120_000;
/// How deep repetitions and groups may be nested.
const DEPTH: usize = 32;

/// What a call of a macro comes to: the items of a module, or the statements of a block (its tail is the value); and how long
/// it is written. None where no rule fits or the result does not parse.
pub fn expand(rules: &MacroRules, given: &str, items: bool, line: u32) -> Option<(Block, usize)> {
    // A comment that documents something is an attribute to a macro.
    let given = tokens_and_docs(given)?;
    for (from, to) in &rules.rules {
        let pattern = pieces(&tokens(from)?, 0)?;
        let mut bound = Bindings::new();
        let Some(end) = fit(&pattern, &given, 0, &mut bound, 0) else { continue };
        if end != given.len() {
            continue;
        }
        let mut out = Vec::new();
        transcribe(&pieces(&tokens(to)?, 0)?, &bound, &mut out, 0)?;
        let text = written(&pasted(out, 0));
        return Some((parsed(&text, items, line)?, text.len()));
    }
    None
}

fn parsed(text: &str, items: bool, line: u32) -> Option<Block> {
    let source = if items { format!("\n{text}") } else { format!("fn f(){{\n{text}}}") };
    let tree = parse(&tree_sitter_rust::LANGUAGE.into(), &source)?;
    if tree.root_node().has_error() {
        return None;
    }
    let mut lowering = Lowering { reader: Reader::new("").piece(&source, line), macros: 0, attribute: false };
    if items {
        return Some(lowering.items(tree.root_node()));
    }
    let function = children(tree.root_node()).into_iter().find(|node| node.kind() == "function_item")?;
    Some(lowering.block(function.child_by_field_name("body")?))
}

/// An expression that stands in a text.
pub fn expression(text: &str) -> Option<Expr> {
    match parsed(text, false, 1)?.pop()?.kind {
        StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => Some(expr),
        _ => None,
    }
}

/// A piece of a rule.
#[derive(Debug)]
enum Piece {
    Token(Token),
    /// `$name:fragment`, or `$name` where it is given.
    Variable(String, String),
    Group(char, Vec<Piece>),
    /// `$( … ) separator operator`.
    Repeat(Vec<Piece>, Option<Token>, char),
}

/// What a variable is bound to: tokens, or one binding for each round of a repetition.
#[derive(Debug, Clone)]
enum Binding {
    One(Rc<[Token]>),
    Many(Rc<[Binding]>),
}

type Bindings = BTreeMap<String, Binding>;

fn pieces(all: &[Token], depth: usize) -> Option<Vec<Piece>> {
    if depth > DEPTH {
        return None;
    }
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(token) = all.get(at) {
        at += 1;
        match (token, all.get(at)) {
            (Token::Sign(sign), Some(Token::Group('(', inner))) if sign == "$" => {
                at += 1;
                let inner = pieces(inner, depth + 1)?;
                let (separator, operator) = match (all.get(at), all.get(at + 1)) {
                    (Some(Token::Sign(sign)), _) if is_operator(sign) => (None, sign.clone()),
                    (Some(separator), Some(Token::Sign(sign))) if is_operator(sign) => {
                        at += 1;
                        (Some(separator.clone()), sign.clone())
                    }
                    _ => return None,
                };
                at += 1;
                out.push(Piece::Repeat(inner, separator, operator.chars().next()?));
            }
            (Token::Sign(sign), Some(Token::Word(name))) if sign == "$" => {
                at += 1;
                let fragment = match (all.get(at), all.get(at + 1)) {
                    (Some(Token::Sign(colon)), Some(Token::Word(fragment))) if colon == ":" => {
                        at += 2;
                        fragment.clone()
                    }
                    _ => String::new(),
                };
                out.push(Piece::Variable(name.clone(), fragment));
            }
            (Token::Group(open, inner), _) => out.push(Piece::Group(*open, pieces(inner, depth + 1)?)),
            (token, _) => out.push(Piece::Token(token.clone())),
        }
    }
    Some(out)
}

fn is_operator(sign: &str) -> bool {
    matches!(sign, "*" | "+" | "?")
}

/// Fits pieces to tokens from `at`; where they end.
fn fit(pattern: &[Piece], given: &[Token], mut at: usize, bound: &mut Bindings, depth: usize) -> Option<usize> {
    if depth > DEPTH {
        return None;
    }
    for (index, piece) in pattern.iter().enumerate() {
        match piece {
            Piece::Token(token) => {
                if given.get(at) != Some(token) {
                    return None;
                }
                at += 1;
            }
            Piece::Group(open, inner) => {
                let Some(Token::Group(other, tokens)) = given.get(at) else { return None };
                if other != open || fit(inner, tokens, 0, bound, depth + 1)? != tokens.len() {
                    return None;
                }
                at += 1;
            }
            Piece::Variable(name, fragment) => {
                let end = fragment_end(fragment, given, at)?;
                bound.insert(name.clone(), Binding::One(given.get(at..end)?.into()));
                at = end;
            }
            Piece::Repeat(inner, separator, operator) => {
                at = fit_rounds(
                    (inner, separator.as_ref(), *operator),
                    pattern.get(index + 1),
                    given,
                    at,
                    bound,
                    depth,
                )?;
            }
        }
    }
    Some(at)
}

fn fit_rounds(
    (inner, separator, operator): (&[Piece], Option<&Token>, char),
    next: Option<&Piece>,
    given: &[Token],
    mut at: usize,
    bound: &mut Bindings,
    depth: usize,
) -> Option<usize> {
    let mut rounds: Vec<Bindings> = Vec::new();
    while at < given.len() && rounds.len() < MOST {
        let mut start = at;
        if let Some(separator) = separator.filter(|_| !rounds.is_empty()) {
            if given.get(start) != Some(separator) {
                break;
            }
            start += 1;
        } else if let Some(Piece::Token(token)) = next
            && given.get(at) == Some(token)
            && !matches!(inner.first(), Some(Piece::Token(first)) if first == token)
        {
            break;
        }
        let mut round = Bindings::new();
        match fit(inner, given, start, &mut round, depth + 1) {
            Some(end) if end > at => {
                at = end;
                rounds.push(round);
            }
            _ => break,
        }
        if operator == '?' {
            break;
        }
    }
    if operator == '+' && rounds.is_empty() {
        return None;
    }
    let mut names = Vec::new();
    variables(inner, &mut names);
    for name in names {
        let values = rounds.iter().filter_map(|round| round.get(&name).cloned()).collect();
        bound.insert(name, Binding::Many(values));
    }
    Some(at)
}

fn variables(pieces: &[Piece], out: &mut Vec<String>) {
    for piece in pieces {
        match piece {
            Piece::Variable(name, _) => out.push(name.clone()),
            Piece::Group(_, inner) | Piece::Repeat(inner, _, _) => variables(inner, out),
            Piece::Token(_) => {}
        }
    }
}

/// Where a fragment that starts at `at` ends.
fn fragment_end(fragment: &str, given: &[Token], at: usize) -> Option<usize> {
    let sign = |token: &Token, all: &[&str]| matches!(token, Token::Sign(sign) if all.contains(&sign.as_str()));
    let first = given.get(at);
    let one = |fits: bool| fits.then_some(at + 1);
    match fragment {
        "ident" => {
            one(matches!(first, Some(Token::Word(word)) if word.starts_with(|c: char| c.is_alphabetic() || c == '_')))
        }
        "lifetime" => one(matches!(first, Some(Token::Word(word)) if word.starts_with('\''))),
        "literal" => match (first?, given.get(at + 1)) {
            (Token::Sign(minus), Some(Token::Word(_))) if minus == "-" => Some(at + 2),
            (Token::Text(_), _) => Some(at + 1),
            (Token::Word(word), _) => {
                one(word.starts_with(|c: char| c.is_ascii_digit()) || matches!(word.as_str(), "true" | "false"))
            }
            _ => None,
        },
        "tt" => one(first.is_some()),
        "block" => one(matches!(first, Some(Token::Group('{', _)))),
        "vis" => match (first, given.get(at + 1)) {
            (Some(Token::Word(word)), Some(Token::Group('(', _))) if word == "pub" => Some(at + 2),
            (Some(Token::Word(word)), _) if word == "pub" => Some(at + 1),
            _ => Some(at),
        },
        "item" => {
            let end =
                given[at..].iter().position(|token| sign(token, &[";"]) || matches!(token, Token::Group('{', _)))?;
            Some(at + end + 1)
        }
        "stmt" => until(given, at, &|token| sign(token, &[";"])),
        "expr" | "expr_2021" | "meta" => until(given, at, &|token| sign(token, &[",", ";", "=>"])),
        "pat" | "pat_param" => until(given, at, &|token| {
            sign(token, &[",", "=", "=>"]) || matches!(token, Token::Word(word) if word == "if" || word == "in")
        }),
        "ty" | "path" => type_end(given, at),
        _ => None,
    }
}

fn until(given: &[Token], at: usize, ends: &dyn Fn(&Token) -> bool) -> Option<usize> {
    let end = given.get(at..)?.iter().position(ends).map_or(given.len(), |end| at + end);
    (end > at).then_some(end)
}

fn type_end(given: &[Token], at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    let mut end = at;
    while let Some(token) = given.get(end) {
        match token {
            Token::Sign(sign) => match sign.as_str() {
                "<" => depth += 1,
                ">" if depth > 0 => depth -= 1,
                "," | ";" | "=>" | "=" | "|" | ":" | ">" if depth == 0 => break,
                _ => {}
            },
            Token::Group('{' | '[', _) if end > at && depth == 0 => break,
            Token::Word(word) if depth == 0 && (word == "as" || word == "where") => break,
            Token::Word(_) | Token::Text(_) | Token::Group(..) => {}
        }
        end += 1;
    }
    (end > at).then_some(end)
}

/// Writes what pieces come to; none where a variable is used that is not bound that deep, or it grows too long.
fn transcribe(pieces: &[Piece], bound: &Bindings, out: &mut Vec<Token>, depth: usize) -> Option<()> {
    if depth > DEPTH || out.len() > MOST {
        return None;
    }
    for piece in pieces {
        match piece {
            Piece::Token(token) => out.push(token.clone()),
            Piece::Group(open, inner) => {
                let mut all = Vec::new();
                transcribe(inner, bound, &mut all, depth + 1)?;
                out.push(Token::Group(*open, all));
            }
            Piece::Variable(name, fragment) => {
                match bound.get(name) {
                    Some(Binding::One(tokens)) => out.extend(tokens.iter().cloned()),
                    Some(Binding::Many(_)) => return None,
                    None => out.push(Token::Word(name.clone())),
                }
                if !fragment.is_empty() {
                    out.push(Token::Sign(":".to_owned()));
                    out.push(Token::Word(fragment.clone()));
                }
            }
            Piece::Repeat(inner, separator, _) => {
                let mut names = Vec::new();
                variables(inner, &mut names);
                let many = |name: &String| match bound.get(name) {
                    Some(Binding::Many(all)) => Some(all.len()),
                    Some(Binding::One(_)) | None => None,
                };
                let rounds = names.iter().filter_map(many).max().unwrap_or(0);
                for round in 0..rounds {
                    let mut here = Bindings::new();
                    for name in &names {
                        match bound.get(name) {
                            Some(Binding::Many(all)) => here.insert(name.clone(), all.get(round)?.clone()),
                            Some(one @ Binding::One(_)) => here.insert(name.clone(), one.clone()),
                            None => None,
                        };
                    }
                    if round > 0 {
                        out.extend(separator.iter().cloned());
                    }
                    transcribe(inner, &here, out, depth + 1)?;
                }
            }
        }
    }
    Some(())
}
