//! `use` trees as leaves.

use proc_macro2::Span;
use syn::{Ident, ItemUse, UseTree};

use crate::index::facts::{ImportFacts, Range, VisibilityFacts};
use crate::index::symbol::Interner;

/// One leaf of a `use` tree.
pub(crate) struct Leaf<'a> {
    path: Vec<&'a Ident>,
    leading_colon: bool,
    /// `None` for a glob.
    name: Option<&'a Ident>,
    pub(crate) span: Span,
}

/// All leaves of a `use` item.
pub(crate) fn leaves(item: &ItemUse) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    descend(
        &item.tree,
        &mut Vec::new(),
        item.leading_colon.is_some(),
        &mut found,
    );
    found
}

fn descend<'a>(
    tree: &'a UseTree,
    prefix: &mut Vec<&'a Ident>,
    leading_colon: bool,
    found: &mut Vec<Leaf<'a>>,
) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(&path.ident);
            descend(&path.tree, prefix, leading_colon, found);
            prefix.pop();
        }
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| descend(tree, prefix, leading_colon, found)),
        UseTree::Glob(glob) => {
            found.push(Leaf {
                path: prefix.clone(),
                leading_colon,
                name: None,
                span: glob.star_token.spans[0],
            });
        }
        UseTree::Name(name) => found.push(leaf(prefix, &name.ident, &name.ident, leading_colon)),
        UseTree::Rename(rename) => {
            found.push(leaf(prefix, &rename.ident, &rename.rename, leading_colon))
        }
    }
}

/// `a::{self}` binds `a`.
fn leaf<'a>(
    prefix: &[&'a Ident],
    last: &'a Ident,
    bound: &'a Ident,
    leading_colon: bool,
) -> Leaf<'a> {
    let mut path = prefix.to_vec();
    let mut name = bound;
    if last == "self" && !prefix.is_empty() {
        if bound == "self" {
            name = prefix[prefix.len() - 1];
        }
    } else {
        path.push(last);
    }
    Leaf {
        path,
        leading_colon,
        name: Some(name),
        span: bound.span(),
    }
}

impl Leaf<'_> {
    pub(crate) fn into_facts(
        self,
        symbols: &mut Interner,
        scope: usize,
        cfgs: &[String],
        visibility: &VisibilityFacts,
        location: Range,
    ) -> ImportFacts {
        let mut intern = |ident: &Ident| {
            let text = ident.to_string();
            symbols.intern(text.strip_prefix("r#").unwrap_or(&text))
        };
        let mut path: Vec<_> = self.path.iter().map(|ident| intern(ident)).collect();
        let name = self.name.map(&mut intern);
        if self.leading_colon {
            path.insert(0, symbols.intern(""));
        }
        ImportFacts {
            scope,
            name,
            path,
            cfgs: cfgs.to_vec(),
            visibility: visibility.clone(),
            location,
        }
    }
}

/// A leaf as text that does not depend on how the tree was grouped.
pub(crate) fn canonical(import: &ImportFacts, symbols: &Interner) -> String {
    let path: Vec<&str> = import
        .path
        .iter()
        .map(|segment| symbols.text(*segment))
        .collect();
    let name = import.name.map_or("*", |name| symbols.text(name));
    format!(
        "{:?} {} {} as {name}",
        import.visibility_text(symbols),
        import.cfgs.join(" "),
        path.join("::")
    )
}

impl ImportFacts {
    fn visibility_text(&self, symbols: &Interner) -> String {
        match &self.visibility {
            VisibilityFacts::Public => "pub".to_owned(),
            VisibilityFacts::Private => String::new(),
            VisibilityFacts::In(path) => path
                .iter()
                .map(|segment| symbols.text(*segment))
                .collect::<Vec<_>>()
                .join("::"),
        }
    }
}
