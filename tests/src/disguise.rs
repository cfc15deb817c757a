//! Edits of source text that change no program: another layout, comments, another order of items.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::spanned::Spanned as _;

/// Settings of rustfmt that are stable, with values to choose from.
const LAYOUT: &[(&str, &[&str])] = &[
    ("max_width", &["50", "72", "100", "160"]),
    ("tab_spaces", &["2", "4", "8"]),
    ("hard_tabs", &["true", "false"]),
    ("use_small_heuristics", &["Default", "Off", "Max"]),
    ("match_block_trailing_comma", &["true", "false"]),
    ("use_field_init_shorthand", &["true", "false"]),
    ("use_try_shorthand", &["true", "false"]),
    ("reorder_imports", &["true", "false"]),
    ("reorder_modules", &["true", "false"]),
    ("remove_nested_parens", &["true", "false"]),
    ("merge_derives", &["true", "false"]),
    ("force_explicit_abi", &["true", "false"]),
    ("match_arm_leading_pipes", &["Always", "Never", "Preserve"]),
    ("fn_params_layout", &["Compressed", "Tall", "Vertical"]),
    ("newline_style", &["Unix", "Windows"]),
    ("style_edition", &["2015", "2021", "2024"]),
];

/// A random layout, as rustfmt takes it on its command line.
#[must_use]
pub fn layout(random: &mut fastrand::Rng) -> String {
    let chosen = LAYOUT.iter().map(|(name, values)| {
        let value = random.choice(*values).expect("each setting has values");
        format!("{name}={value}")
    });
    chosen.collect::<Vec<_>>().join(",")
}

/// Lays a file out anew; only this one, whatever modules it declares.
///
/// # Panics
///
/// If rustfmt is not installed, or refuses the file.
pub fn format(file: &Path, edition: &str, layout: &str) {
    let mut command = Command::new("rustfmt");
    command.args(["--edition", edition, "--config", layout]);
    // From standard input: rustfmt would go on to the modules that a named file declares.
    command.stdin(std::fs::File::open(file).expect("the file can be read"));
    let output = command.output().expect("rustfmt can be started");
    let formatted = crate::project::Ran::from(output).successful();
    std::fs::write(file, formatted.stdout).expect("the file can be written");
}

/// The text with comments between its tokens, at random places where there is space already.
///
/// # Panics
///
/// If it is no Rust.
#[must_use]
pub fn commented(text: &str, random: &mut fastrand::Rng) -> String {
    let mut gaps = Vec::new();
    gaps_of(text.parse().expect("the text lexes"), text, &mut gaps);
    let mut commented = text.to_owned();
    for gap in gaps.into_iter().rev() {
        let comment = match random.u8(..6) {
            0 => " /* noise */ ",
            1 => " // noise\n",
            2 => "\n/* more\n /* and nested */ noise */\n",
            _ => continue,
        };
        commented.insert_str(gap, comment);
    }
    commented
}

/// Where space follows a token, in the order of the text.
fn gaps_of(tokens: TokenStream, text: &str, gaps: &mut Vec<usize>) {
    for tree in tokens {
        let range = tree.span().byte_range();
        // A documentation comment is an attribute to the lexer; what looks like its tokens is one line.
        let is_comment =
            text[range.start..].starts_with("//") || text[range.start..].starts_with("/*");
        if let TokenTree::Group(group) = &tree
            && !is_comment
        {
            gaps_of(group.stream(), text, gaps);
        }
        let joined = matches!(&tree, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint);
        let follows_space = text[range.end..].starts_with([' ', '\n']);
        if follows_space && !joined && !is_comment {
            gaps.push(range.end);
        }
    }
}

/// The text with the items of each module in another order.
///
/// What defines macros stays where it is, and nothing moves past it: there the order has a meaning.
///
/// # Panics
///
/// If it does not parse.
#[must_use]
pub fn shuffled(text: &str, random: &mut fastrand::Rng) -> String {
    let file = syn::parse_file(text).expect("the text parses");
    // Inner attributes and documentation come before the items, and stay there.
    reordered(&file.items, 0..text.len(), text, random)
}

/// A range of the text, with the items that stand in it in another order.
fn reordered(
    items: &[syn::Item],
    range: Range<usize>,
    text: &str,
    random: &mut fastrand::Rng,
) -> String {
    let mut texts: Vec<String> = items
        .iter()
        .map(|item| item_text(item, text, random))
        .collect();
    let mut run = 0;
    for (place, item) in items.iter().enumerate() {
        if orders_macros(item) {
            random.shuffle(&mut texts[run..place]);
            run = place + 1;
        }
    }
    random.shuffle(&mut texts[run..]);
    let mut reordered = String::new();
    let mut at = range.start;
    for (item, item_text) in items.iter().zip(texts) {
        let place = item.span().byte_range();
        reordered.push_str(&text[at..place.start]);
        reordered.push_str(&item_text);
        at = place.end;
    }
    reordered.push_str(&text[at..range.end]);
    reordered
}

fn item_text(item: &syn::Item, text: &str, random: &mut fastrand::Rng) -> String {
    let place = item.span().byte_range();
    match item {
        syn::Item::Mod(module) if module.content.is_some() => {
            let (braces, items) = module.content.as_ref().expect("asked for just above");
            let inside =
                braces.span.open().byte_range().end..braces.span.close().byte_range().start;
            let contents = reordered(items, inside.clone(), text, random);
            format!(
                "{}{contents}{}",
                &text[place.start..inside.start],
                &text[inside.end..place.end]
            )
        }
        _ => text[place].to_owned(),
    }
}

/// Whether macros come from the item for what stands below it.
fn orders_macros(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Macro(_) => return true,
        syn::Item::Mod(module) => &module.attrs,
        syn::Item::ExternCrate(krate) => &krate.attrs,
        _ => return false,
    };
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("macro_use"))
}
