//! A marked function as lists show it, whether or not a wrapper can be made for it.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::Type;

use super::parse::{self, Header};
use super::shown::shown;
use super::{FunctionEntry, Input, Options, taken, unraw};
use crate::index::{Index, ItemId, Marked, ModuleId, Owner};
use crate::marker::{Keep, Marker, Period, Piece, Template, escaped};

/// `index.marked[number]`, without asking what could be generated for it.
pub(crate) fn entry(input: &Input<'_>, number: usize) -> FunctionEntry {
    let marked = &input.index.marked[number];
    let header = parse::parse(marked, input.sources).and_then(|parsed| parsed.header);
    let own_type = match &marked.owner {
        Owner::Inherent { item, .. } | Owner::TraitImpl { item, .. } => {
            taken::self_item(input.index, *item).filter(|item| is_own(input.index, *item))
        }
        Owner::Free | Owner::TraitDefault => None,
    };
    let name = unraw(input.index.name(marked.item));
    let below = path_below_crate(input.index, marked, header.as_ref(), own_type, name);
    FunctionEntry {
        path: format!("{}::{below}", input.index.crates[0].name),
        version: input.versions.list[number],
        options: options(&input.markers[number]),
        cfgs: [
            cfgs_around(input.index, marked.module),
            own_cfgs(input.index, marked),
        ]
        .concat(),
    }
}

/// Whether an item is of the target's own crate.
fn is_own(index: &Index, item: ItemId) -> bool {
    index.module(index.item(item).module).krate.0 == 0
}

/// `users::permissions`, `pages::Page::render`.
pub(super) fn path_below_crate(
    index: &Index,
    marked: &Marked,
    header: Option<&Header>,
    own_type: Option<ItemId>,
    name: &str,
) -> String {
    let module = index.module_path(marked.module);
    let mut segments: Vec<String> = module
        .iter()
        .map(|segment| unraw(segment).to_owned())
        .collect();
    match (&marked.owner, header) {
        (Owner::TraitDefault, _) => {
            let owner = index.item(marked.item).owner;
            segments.extend(owner.map(|owner| unraw(index.name(owner)).to_owned()));
        }
        (_, Some(header)) => {
            segments.push(type_name(header, own_type.map(|item| index.name(item))));
        }
        (_, None) => {}
    }
    segments.push(name.to_owned());
    segments.join("::")
}

/// `Page`, or `Page<u8>` where an impl is for one kind of it only.
fn type_name(header: &Header, item: Option<&str>) -> String {
    let Type::Path(path) = &header.self_type else {
        return shown(&header.self_type);
    };
    let Some(last) = path.path.segments.last() else {
        return String::new();
    };
    let name = item.map_or_else(|| last.ident.to_string(), str::to_owned);
    let generics: BTreeSet<String> = header
        .generics
        .params
        .iter()
        .map(|parameter| match parameter {
            syn::GenericParam::Lifetime(parameter) => parameter.lifetime.to_string(),
            syn::GenericParam::Type(parameter) => parameter.ident.to_string(),
            syn::GenericParam::Const(parameter) => parameter.ident.to_string(),
        })
        .collect();
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return unraw(&name).to_owned();
    };
    let is_parameter = |argument: &syn::GenericArgument| {
        matches!(argument, syn::GenericArgument::Lifetime(_))
            || generics.contains(&argument.to_token_stream().to_string())
    };
    if arguments.args.iter().all(is_parameter) {
        return unraw(&name).to_owned();
    }
    format!("{}{}", unraw(&name), shown(arguments))
}

/// A template as people write it.
pub(super) fn shown_template(template: &Template) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => escaped(text),
        Piece::Hole(hole) => {
            let tokens = hole.expression.parse::<proc_macro2::TokenStream>();
            let expression = match (hole.name(), tokens) {
                (None, Ok(tokens)) => shown(&tokens),
                (name, _) => unraw(name.unwrap_or(&hole.expression)).to_owned(),
            };
            let colon = if hole.spec.is_empty() { "" } else { ":" };
            format!("{{{expression}{colon}{}}}", hole.spec)
        }
    };
    template.pieces.iter().map(piece).collect()
}

/// The options as the wrapper carries them.
pub(super) fn options(marker: &Marker) -> Options {
    Options {
        ttl_ms: marker.ttl.as_ms(),
        none_ms: marker.none.as_ms(marker.ttl),
        l1_ms: marker.l1.as_ms(marker.ttl),
        codec: marker.codec,
        tags: marker.tags.iter().map(shown_template).collect(),
        stale_ms: marker.stale.map_or(0, Period::as_ms),
        refresh: marker.refresh,
        soft_ms: marker.soft.map(|limit| limit.ms),
        hard_ms: marker.hard.map(|limit| limit.ms),
        lease_ms: match marker.lease {
            Keep::Default => None,
            Keep::Never => Some(0),
            Keep::For(period) => Some(period.as_ms()),
        },
    }
}

/// The `cfg`s of a module and of those around it, outermost first.
pub(super) fn cfgs_around(index: &Index, module: ModuleId) -> Vec<String> {
    let facts = index.module(module);
    let mut cfgs = facts
        .parent
        .map_or_else(Vec::new, |parent| cfgs_around(index, parent));
    cfgs.extend(facts.cfgs.iter().cloned());
    cfgs
}

/// The `cfg`s of the impl and of the function itself.
pub(super) fn own_cfgs(index: &Index, marked: &Marked) -> Vec<String> {
    let mut cfgs = match &marked.owner {
        Owner::Inherent { item, .. } | Owner::TraitImpl { item, .. } => {
            index.item(*item).cfgs.clone()
        }
        Owner::Free | Owner::TraitDefault => Vec::new(),
    };
    cfgs.extend(index.item(marked.item).cfgs.iter().cloned());
    cfgs
}
