//! One struct or enum: what serde leaves out of it, and the types of what is left.

use quote::ToTokens;
use syn::{Attribute, Field, Fields, Generics, Item, ItemEnum, Type, Variant};

use super::super::parse::Origin;
use super::super::unraw;
use super::attribute::{self, Serde};
use super::{Loss, is_phantom};
use crate::hash::HashSet;

/// What a definition says.
#[derive(Default)]
pub(super) struct Definition<'i> {
    /// Names of its type parameters.
    pub(super) parameters: Vec<String>,
    pub(super) loss: Option<Loss>,
    /// The types of its fields.
    pub(super) types: Vec<&'i Type>,
}

/// Reads a definition; what is neither struct nor enum says nothing.
pub(super) fn read(item: &Item, origin: Origin) -> Definition<'_> {
    let (generics, attributes, name) = match item {
        Item::Struct(item) => (&item.generics, &item.attrs, &item.ident),
        Item::Enum(item) => (&item.generics, &item.attrs, &item.ident),
        _ => return Definition::default(),
    };
    let mut reader = Reader {
        origin,
        definition: Definition {
            parameters: parameters(generics),
            ..Definition::default()
        },
    };
    let name = unraw(&name.to_string()).to_owned();
    reader.converted(attributes, &name);
    match item {
        Item::Struct(item) => reader.fields(&item.fields, &name),
        Item::Enum(item) => reader.variants(item, &name),
        _ => {}
    }
    reader.definition
}

fn parameters(generics: &Generics) -> Vec<String> {
    let names = generics.type_params();
    names.map(|parameter| parameter.ident.to_string()).collect()
}

struct Reader<'i> {
    origin: Origin,
    definition: Definition<'i>,
}

impl<'i> Reader<'i> {
    /// Notes the first loss.
    fn lose(&mut self, serde: &Serde<'_>, owner: &str) {
        let origin = self.origin;
        self.definition.loss.get_or_insert_with(|| Loss {
            what: format!("`{}` on `{owner}`", serde.shown()),
            location: origin.of_tokens(serde.attribute),
        });
    }

    /// A type or variant that is serialised as something else.
    fn converted(&mut self, attributes: &[Attribute], owner: &str) {
        for serde in attribute::of(attributes) {
            if serde.name == "into" || serde.is_lossy_conversion() {
                self.lose(&serde, owner);
            }
        }
    }

    fn variants(&mut self, item: &'i ItemEnum, name: &str) {
        for variant in &item.variants {
            let owner = format!("{name}::{}", unraw(&variant.ident.to_string()));
            // A variant that is skipped fails to serialise: such a call is computed, and nothing is lost.
            self.converted(&variant.attrs, &owner);
            self.fields(&variant.fields, &owner);
        }
        self.untagged(item, name);
    }

    /// Variants without a name in the key, of which two have the same content.
    fn untagged(&mut self, item: &'i ItemEnum, name: &str) {
        let whole = attribute::named(&item.attrs, "untagged");
        let mut seen = HashSet::default();
        for variant in &item.variants {
            let own = attribute::named(&variant.attrs, "untagged");
            let Some(serde) = own.as_ref().or(whole.as_ref()) else {
                continue;
            };
            if !seen.insert(content(variant)) {
                self.lose(serde, name);
            }
        }
    }

    fn fields(&mut self, fields: &'i Fields, owner: &str) {
        for (position, field) in fields.iter().enumerate() {
            let name = field.ident.as_ref().map_or_else(
                || position.to_string(),
                |name| unraw(&name.to_string()).to_owned(),
            );
            self.field(field, &format!("{owner}::{name}"));
        }
    }

    fn field(&mut self, field: &'i Field, owner: &str) {
        let lossy = attribute::of(&field.attrs)
            .into_iter()
            .find(|serde| is_lossy(serde, field));
        match lossy {
            Some(serde) => self.lose(&serde, owner),
            None => self.definition.types.push(&field.ty),
        }
    }
}

/// Whether a field's attribute may leave out what tells two values apart.
fn is_lossy(serde: &Serde<'_>, field: &Field) -> bool {
    match serde.name.as_str() {
        "skip" | "skip_serializing" => !is_empty(&field.ty),
        // In a sequence the fields behind it would take its place.
        "skip_serializing_if" => field.ident.is_none() || !serde.is_telling(),
        _ => serde.is_lossy_conversion(),
    }
}

/// Types of one value.
fn is_empty(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => is_phantom(&path.path),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// What a variant without its name is told by.
fn content(variant: &Variant) -> Vec<(String, String)> {
    let fields = variant.fields.iter().map(|field| {
        let name = field.ident.as_ref().map(ToString::to_string);
        (
            name.unwrap_or_default(),
            field.ty.to_token_stream().to_string(),
        )
    });
    fields.collect()
}
