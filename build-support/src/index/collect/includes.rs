//! `include_generated!` calls.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Macro, Token};

use crate::index::IncludeForm;

/// The form of an `include_generated!` call; `None` for any other macro, and for a call that is none of the
/// forms (rustc refuses that one itself).
pub(crate) fn form(mac: &Macro) -> Option<IncludeForm> {
    let last = mac.path.segments.last()?;
    if last.ident != "include_generated" {
        return None;
    }
    mac.parse_body::<Arguments>()
        .ok()
        .map(|arguments| arguments.form)
}

struct Arguments {
    form: IncludeForm,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut form = IncludeForm::Root {
            name: "cached".to_owned(),
        };
        while !input.is_empty() {
            if input.peek(Token![as]) {
                input.parse::<Token![as]>()?;
                form = IncludeForm::Root {
                    name: input.parse::<Ident>()?.to_string(),
                };
            } else if input.peek(Token![mod]) {
                input.parse::<Token![mod]>()?;
                let path = input.call(syn::Path::parse_mod_style)?;
                let path = path
                    .segments
                    .iter()
                    .map(|segment| segment.ident.unraw().to_string())
                    .collect();
                form = IncludeForm::Module { path };
            } else {
                input.call(Ident::parse_any)?;
                input.parse::<Token![=]>()?;
                input.parse::<LitStr>()?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self { form })
    }
}
