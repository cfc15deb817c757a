//! Edits of single tokens, in macros as everywhere else.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};

use super::Edit;

/// What takes the place of an operator that stands between two operands.
const OPERATORS: &[(&str, &str)] = &[
    ("+", "-"),
    ("-", "+"),
    ("*", "+"),
    ("/", "*"),
    ("%", "/"),
    ("&", "|"),
    ("|", "&"),
    ("^", "|"),
    ("<<", ">>"),
    (">>", "<<"),
    ("&&", "||"),
    ("||", "&&"),
    ("==", "!="),
    ("!=", "=="),
    ("<", ">="),
    (">", "<="),
    ("<=", ">"),
    (">=", "<"),
    ("+=", "-="),
    ("-=", "+="),
    ("*=", "+="),
    ("|=", "&="),
    ("&=", "|="),
    ("^=", "|="),
    ("..", "..="),
    ("..=", ".."),
];

/// What takes the place of a name that has an opposite.
const NAMES: &[(&str, &str)] = &[
    ("true", "false"),
    ("false", "true"),
    ("is_some", "is_none"),
    ("is_none", "is_some"),
    ("is_ok", "is_err"),
    ("all", "any"),
    ("any", "all"),
    ("min", "max"),
    ("max", "min"),
    ("MIN", "MAX"),
    ("MAX", "MIN"),
    ("Less", "Greater"),
    ("Greater", "Less"),
    ("first", "last"),
    ("starts_with", "ends_with"),
    ("u32", "u64"),
    ("i32", "i64"),
    ("usize", "u32"),
    ("break", "continue"),
    ("wrapping_add", "wrapping_sub"),
];

/// Every edit of a stream of tokens, attributes left out.
pub(super) fn edits(tokens: TokenStream) -> Vec<Edit> {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut edits = Vec::new();
    let mut at = 0;
    while at < trees.len() {
        let rest = &trees[at..];
        match &rest[0] {
            TokenTree::Group(group) => edits.extend(self::edits(group.stream())),
            TokenTree::Literal(literal) => edits.extend(replaced(
                &rest[0],
                other_literal(&literal.to_string()),
                "literal",
            )),
            TokenTree::Ident(name) => edits.extend(replaced(
                &rest[0],
                opposite(NAMES, &name.to_string()),
                "name",
            )),
            TokenTree::Punct(_) => {
                let length = attribute(rest).unwrap_or_else(|| {
                    let operator = joined(rest);
                    let between = at > 0 && !matches!(trees[at - 1], TokenTree::Punct(_));
                    edits.extend(of_operator(&operator, between));
                    operator.len()
                });
                at += length;
                continue;
            }
        }
        at += 1;
    }
    edits
}

/// The tokens without `#[doc…]`, which is also what documentation comments are.
pub(super) fn without_documentation(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < trees.len() {
        let length = attribute(&trees[at..]).unwrap_or(1);
        let is_documentation = matches!(
            &trees[at + length - 1],
            TokenTree::Group(group) if length > 1 && group.stream().to_string().starts_with("doc")
        );
        if !is_documentation {
            kept.extend(trees[at..at + length].iter().map(|tree| match tree {
                TokenTree::Group(group) => TokenTree::Group(Group::new(
                    group.delimiter(),
                    without_documentation(group.stream()),
                )),
                tree => tree.clone(),
            }));
        }
        at += length;
    }
    kept.into_iter().collect()
}

/// How many tokens an attribute takes, if one starts here.
fn attribute(trees: &[TokenTree]) -> Option<usize> {
    let is = |tree: Option<&TokenTree>, sign: char| matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    if !is(trees.first(), '#') {
        return None;
    }
    let brackets = 1 + usize::from(is(trees.get(1), '!'));
    matches!(trees.get(brackets), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket)
        .then_some(brackets + 1)
}

/// The punctuation that makes one operator.
fn joined(trees: &[TokenTree]) -> Vec<&Punct> {
    let mut operator = Vec::new();
    for tree in trees {
        let TokenTree::Punct(punct) = tree else { break };
        operator.push(punct);
        if punct.spacing() == Spacing::Alone {
            break;
        }
    }
    operator
}

fn of_operator(operator: &[&Punct], between: bool) -> Option<Edit> {
    let (first, last) = (operator.first()?, operator.last()?);
    let range = first.span().byte_range().start..last.span().byte_range().end;
    let sign: String = operator.iter().map(|punct| punct.as_char()).collect();
    let text = match sign.as_str() {
        "!" if !between => String::new(),
        sign if between => opposite(OPERATORS, sign)?,
        _ => return None,
    };
    Some(Edit {
        range,
        text,
        kind: "operator",
    })
}

fn opposite(pairs: &[(&str, &str)], text: &str) -> Option<String> {
    let found = pairs.iter().find(|(from, _)| *from == text);
    found.map(|(_, to)| (*to).to_owned())
}

fn replaced(tree: &TokenTree, text: Option<String>, kind: &'static str) -> Option<Edit> {
    text.map(|text| Edit {
        range: tree.span().byte_range(),
        text,
        kind,
    })
}

/// The next number, another character, a longer string.
fn other_literal(literal: &str) -> Option<String> {
    if literal.starts_with(|first: char| first.is_ascii_digit()) {
        return next_number(literal);
    }
    let quote = literal.find(['"', '\''])?;
    let (prefix, quoted) = literal.split_at(quote);
    match (prefix, quoted) {
        ("" | "b", "'x'") => Some(format!("{prefix}'y'")),
        ("" | "b", quoted) if quoted.starts_with('\'') => Some(format!("{prefix}'x'")),
        ("" | "b", quoted) => Some(format!("{prefix}\"x{}", &quoted[1..])),
        _ => None,
    }
}

fn next_number(literal: &str) -> Option<String> {
    let (prefix, radix) = match literal.get(..2) {
        Some("0x") => ("0x", 16),
        Some("0o") => ("0o", 8),
        Some("0b") => ("0b", 2),
        _ if literal.contains('.') => return Some(format!("1{literal}")),
        _ => ("", 10),
    };
    let digits = &literal[prefix.len()..];
    let end = digits
        .find(|sign: char| !sign.is_digit(radix) && sign != '_')
        .unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    let next = u128::from_str_radix(&digits.replace('_', ""), radix)
        .ok()?
        .checked_add(1)?;
    Some(match radix {
        16 => format!("0x{next:x}{suffix}"),
        8 => format!("0o{next:o}{suffix}"),
        2 => format!("0b{next:b}{suffix}"),
        _ => format!("{next}{suffix}"),
    })
}
