//! Helpers that spell tags: `cached::tags::user(42)` for `tags("user:{user_id}")`.
//!
//! Templates that differ in nothing but what they put into their holes are one tag, and share a helper. It is named
//! after all of their text, so that another template never changes its name.

use std::collections::BTreeMap;

use super::{FunctionPlan, TagPlan, Tokens, Visibility};
use crate::diagnostic::{Diagnostics, catalogue::tag as texts};
use crate::plan::name::ident;

/// The module of a target's helpers.
#[derive(Clone, Debug, Hash)]
pub(crate) struct HelpersPlan {
    /// `tags`, unless that is taken.
    pub(crate) name: String,
    pub(crate) visibility: Visibility,
    /// By name.
    pub(crate) helpers: Vec<HelperPlan>,
}

/// A function that spells a tag.
#[derive(Clone, Debug, Hash)]
pub(crate) struct HelperPlan {
    pub(crate) name: String,
    /// As the first function with it spells it.
    pub(crate) template: String,
    /// `crate::users::permissions`, sorted.
    pub(crate) functions: Vec<String>,
    pub(crate) visibility: Visibility,
    pub(crate) parameters: Vec<HelperParameter>,
    /// What `format_args!` is given; captures the parameters.
    pub(crate) format: String,
}

/// One value that is put into a tag.
#[derive(Clone, Debug, Hash)]
pub(crate) struct HelperParameter {
    pub(crate) name: String,
    /// The type all functions give it; `None` where they differ, or where it is no plain parameter.
    pub(crate) ty: Option<Tokens>,
    /// How it is shown.
    pub(crate) spec: String,
}

/// One value of a template, as a function has it.
#[derive(Clone, Debug, Hash)]
pub(crate) struct HolePlan {
    /// What it is.
    pub(crate) expression: String,
    /// A name for it.
    pub(crate) name: String,
    /// Its type, as the helper spells it, where that is known.
    pub(crate) ty: Option<Tokens>,
    pub(crate) spec: String,
}

/// The helpers for the tags of these functions; `None` without any.
pub(super) fn plan<'f>(
    functions: impl Iterator<Item = &'f FunctionPlan>,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<HelpersPlan> {
    let mut families: BTreeMap<String, Family<'f>> = BTreeMap::new();
    for function in functions {
        for tag in &function.tags {
            let family = families.entry(tag.pattern()).or_default();
            family.tags.push(tag);
            family.functions.push(&function.shown);
        }
    }
    let mut by_name: BTreeMap<String, &TagPlan> = BTreeMap::new();
    let mut helpers = Vec::new();
    let mut families: Vec<&Family<'_>> = families.values().collect();
    // As they stand in the sources: the later one is to blame where two clash.
    families.sort_by_key(|family| (family.tags[0].location.file, family.tags[0].location.start));
    for family in families {
        let first = family.tags[0];
        let name = helper_name(&first.texts);
        match by_name.get(&name) {
            Some(other) => diagnostics.push(texts::helper_taken(
                first.location,
                &first.template,
                &name,
                other.location,
                &other.template,
            )),
            None => {
                by_name.insert(name.clone(), first);
                helpers.push(family.helper(name));
            }
        }
    }
    helpers.sort_by(|left, right| left.name.cmp(&right.name));
    let visibility = helpers
        .iter()
        .map(|helper| &helper.visibility)
        .max()?
        .clone();
    Some(HelpersPlan {
        name: name.to_owned(),
        visibility,
        helpers,
    })
}

/// Templates that make the same tags.
#[derive(Default)]
struct Family<'f> {
    tags: Vec<&'f TagPlan>,
    functions: Vec<&'f str>,
}

impl Family<'_> {
    fn helper(&self, name: String) -> HelperPlan {
        let first = self.tags[0];
        let mut functions: Vec<String> = self.functions.iter().map(ToString::to_string).collect();
        functions.sort();
        functions.dedup();
        let mut parameters: Vec<HelperParameter> = Vec::new();
        let mut names = Vec::new();
        for (position, hole) in first.holes.iter().enumerate() {
            // One value in two holes is one parameter, if it is so in every function.
            let twin = (0..position).find(|earlier| {
                self.tags
                    .iter()
                    .all(|tag| tag.holes[*earlier].expression == tag.holes[position].expression)
            });
            if let Some(twin) = twin {
                names.push(String::clone(&names[twin]));
                continue;
            }
            let name = free_name(&hole.name, &names);
            names.push(name.clone());
            parameters.push(HelperParameter {
                name,
                ty: self.common_type(position),
                spec: hole.spec.clone(),
            });
        }
        HelperPlan {
            name,
            template: first.template.clone(),
            functions,
            visibility: self.visibility(),
            parameters,
            format: first.format_of(&names),
        }
    }

    /// The type every function gives to a hole.
    fn common_type(&self, position: usize) -> Option<Tokens> {
        if matches!(self.visibility(), Visibility::Crate) && self.differs() {
            // Types of functions that are private to different places can't be named for both.
            return None;
        }
        let mut types = self.tags.iter().map(|tag| tag.holes[position].ty.as_ref());
        let first = types.next()??;
        types
            .all(|ty| ty.is_some_and(|ty| ty.to_string() == first.to_string()))
            .then(|| first.clone())
    }

    fn differs(&self) -> bool {
        self.tags
            .iter()
            .any(|tag| tag.visibility != self.tags[0].visibility)
    }

    /// As visible as the most visible of its functions.
    fn visibility(&self) -> Visibility {
        let most = self.tags.iter().map(|tag| &tag.visibility).max();
        match most {
            Some(Visibility::In(_)) if self.differs() => Visibility::Crate,
            Some(visibility) => visibility.clone(),
            None => Visibility::Private,
        }
    }
}

impl TagPlan {
    /// What it has in common with templates that make the same tags.
    fn pattern(&self) -> String {
        let holes: Vec<String> = self.holes.iter().map(|_| String::new()).collect();
        self.format_of(&holes)
    }

    /// Its text, with these names in its holes.
    fn format_of(&self, names: &[String]) -> String {
        let mut format = String::new();
        for (position, text) in self.texts.iter().enumerate() {
            format.push_str(text);
            if let (Some(name), Some(hole)) = (names.get(position), self.holes.get(position)) {
                let colon = if hole.spec.is_empty() { "" } else { ":" };
                format.push_str(&format!("{{{name}{colon}{}}}", hole.spec));
            }
        }
        format
    }
}

/// The text of a template as a name: `user-orders:{id}` is `user_orders`.
fn helper_name(texts: &[String]) -> String {
    let mut name = String::new();
    for text in texts {
        name.push('_');
        let mut after_lower = false;
        for c in text.chars() {
            if c.is_uppercase() && after_lower {
                name.push('_');
            }
            after_lower = c.is_lowercase() || c.is_numeric();
            if c.is_alphanumeric() {
                name.extend(c.to_lowercase());
            } else {
                name.push('_');
            }
        }
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    if matches!(&*name, "self" | "super" | "crate") {
        return format!("{name}_");
    }
    // A digit can't be first, and some letters are no part of names.
    if syn::parse_str::<syn::Ident>(&format!("r#{name}")).is_ok() {
        name
    } else {
        format!(
            "tag_{}",
            name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        )
    }
}

/// The name, with a number where it is taken.
fn free_name(name: &str, taken: &[String]) -> String {
    let mut free = name.to_owned();
    let mut next = 2;
    while taken.contains(&free) {
        free = format!("{name}_{next}");
        next += 1;
    }
    free
}

impl HelperParameter {
    /// Its name in a parameter list.
    pub(crate) fn ident(&self) -> proc_macro2::Ident {
        ident(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpers_are_named_after_all_text() {
        for (texts, name) in [
            (&["user:", ""][..], "user"),
            (&["user:", ":orders"], "user_orders"),
            (&["user-orders/", "/", ""], "user_orders"),
            (&["allUsers"], "all_users"),
            (&["USER:", ""], "user"),
            (&["type:", ""], "type"),
            (&["self:", ""], "self_"),
            (&["42:", ""], "tag_42"),
            (&["straße:", ""], "straße"),
        ] {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            assert_eq!(helper_name(&texts), name);
        }
    }
}
