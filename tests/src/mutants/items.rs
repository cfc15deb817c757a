//! Edits of whole items, members, statements and arms; and which range of the file is whose.

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use super::Edit;

/// What a file has.
#[derive(Debug)]
pub(super) struct Items<'t> {
    text: &'t str,
    /// What each item is called, by where it stands.
    pub(super) items: Vec<(Range<usize>, String)>,
    /// Where tests stand.
    pub(super) tests: Vec<Range<usize>>,
    pub(super) edits: Vec<Edit>,
    /// The impl or trait around, as it is called.
    owner: String,
}

impl<'t> Items<'t> {
    pub(super) fn of(file: &syn::File, text: &'t str) -> Self {
        let mut items = Self {
            text,
            items: Vec::new(),
            tests: Vec::new(),
            edits: Vec::new(),
            owner: String::new(),
        };
        items.visit_file(file);
        items
    }

    fn item(
        &mut self,
        item: &impl syn::spanned::Spanned,
        attributes: &[syn::Attribute],
        name: String,
    ) {
        let range = item.span().byte_range();
        if attributes
            .iter()
            .any(|attribute| is_test(self.source(attribute)))
        {
            self.tests.push(range.clone());
        }
        self.items.push((range, name));
    }

    fn source(&self, part: &impl syn::spanned::Spanned) -> &'t str {
        &self.text[part.span().byte_range()]
    }

    fn edit(&mut self, range: Range<usize>, text: impl Into<String>, kind: &'static str) {
        self.edits.push(Edit {
            range,
            text: text.into(),
            kind,
        });
    }

    /// A function that does not answer any more.
    fn body(&mut self, block: &syn::Block) {
        let braces = block.brace_token.span;
        let inside = braces.open().byte_range().end..braces.close().byte_range().start;
        self.edit(inside, " ::core::panic!() ", "body");
    }

    /// Neighbours change places.
    fn swap<T: syn::spanned::Spanned>(&mut self, parts: &[T], kind: &'static str) {
        for pair in parts.windows(2) {
            let (first, second) = (pair[0].span().byte_range(), pair[1].span().byte_range());
            let (one, other) = (self.source(&pair[0]), self.source(&pair[1]));
            if one != other {
                let text = format!("{other}{}{one}", &self.text[first.end..second.start]);
                self.edit(first.start..second.end, text, kind);
            }
        }
    }

    /// A method of the type itself is preferred to a trait's.
    fn preferred(&mut self, implementation: &syn::ItemImpl, method: &syn::ImplItemFn) {
        let generics = &implementation.generics;
        let parameters = if generics.params.is_empty() {
            ""
        } else {
            self.source(generics)
        };
        let bounds = generics
            .where_clause
            .as_ref()
            .map_or("", |clause| self.source(clause));
        let ty = self.source(&*implementation.self_ty);
        let signature = self.source(&method.sig);
        let text = format!(
            "\nimpl{parameters} {ty} {bounds} {{ pub {signature} {{ ::core::panic!() }} }}\n"
        );
        let end = implementation.span().byte_range().end;
        self.edit(end..end, text, "preferred method added");
    }
}

fn is_test(attribute: &str) -> bool {
    attribute == "#[test]"
        || (attribute.starts_with("#[cfg")
            && attribute.contains("test")
            && !attribute.contains("not"))
}

impl<'a> Visit<'a> for Items<'_> {
    fn visit_item(&mut self, item: &'a syn::Item) {
        let (attributes, name): (&[syn::Attribute], String) = match item {
            syn::Item::Fn(item) => (&item.attrs, item.sig.ident.to_string()),
            syn::Item::Const(item) => (&item.attrs, item.ident.to_string()),
            syn::Item::Static(item) => (&item.attrs, item.ident.to_string()),
            syn::Item::Struct(item) => (&item.attrs, item.ident.to_string()),
            syn::Item::Enum(item) => (&item.attrs, item.ident.to_string()),
            syn::Item::Type(item) => (&item.attrs, item.ident.to_string()),
            syn::Item::Trait(item) => (&item.attrs, item.ident.to_string()),
            syn::Item::Mod(item) => (&item.attrs, item.ident.to_string()),
            syn::Item::Macro(item) => (
                &item.attrs,
                item.ident.as_ref().map_or_else(
                    || self.source(&item.mac.path).to_owned(),
                    ToString::to_string,
                ),
            ),
            syn::Item::Impl(item) => {
                let of = item
                    .trait_
                    .as_ref()
                    .map(|(path, _)| format!("{} for ", self.source(path)));
                (
                    &item.attrs,
                    format!("{}{}", of.unwrap_or_default(), self.source(&*item.self_ty)),
                )
            }
            _ => return visit::visit_item(self, item),
        };
        self.item(item, attributes, name.clone());
        let owner = std::mem::replace(&mut self.owner, name);
        visit::visit_item(self, item);
        self.owner = owner;
    }

    fn visit_item_fn(&mut self, function: &'a syn::ItemFn) {
        self.body(&function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, implementation: &'a syn::ItemImpl) {
        if implementation.trait_.is_some() {
            self.edit(implementation.span().byte_range(), "", "impl removed");
        }
        for member in &implementation.items {
            if let syn::ImplItem::Fn(method) = member
                && implementation.trait_.is_some()
            {
                self.edit(method.span().byte_range(), "", "member removed");
                self.preferred(implementation, method);
            }
        }
        visit::visit_item_impl(self, implementation);
    }

    fn visit_impl_item_fn(&mut self, method: &'a syn::ImplItemFn) {
        let name = format!("{}::{}", self.owner, method.sig.ident);
        self.item(method, &method.attrs, name);
        self.body(&method.block);
        visit::visit_impl_item_fn(self, method);
    }

    fn visit_trait_item_fn(&mut self, method: &'a syn::TraitItemFn) {
        let name = format!("{}::{}", self.owner, method.sig.ident);
        self.item(method, &method.attrs, name);
        if let Some(block) = &method.default {
            self.body(block);
        }
        visit::visit_trait_item_fn(self, method);
    }

    fn visit_fields_named(&mut self, fields: &'a syn::FieldsNamed) {
        self.swap(&fields.named.iter().collect::<Vec<_>>(), "fields swapped");
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.swap(
            &item.variants.iter().collect::<Vec<_>>(),
            "variants swapped",
        );
    }

    fn visit_expr_match(&mut self, expression: &'a syn::ExprMatch) {
        let bodies: Vec<_> = expression.arms.iter().map(|arm| &*arm.body).collect();
        self.swap(&bodies, "arms swapped");
        visit::visit_expr_match(self, expression);
    }

    fn visit_block(&mut self, block: &'a syn::Block) {
        for statement in &block.stmts {
            if matches!(statement, syn::Stmt::Expr(_, Some(_))) {
                self.edit(statement.span().byte_range(), "", "statement removed");
            }
        }
        visit::visit_block(self, block);
    }
}
