//! The tags of a function, carried over into the generated module.

use syn::visit::Visit;
use syn::{Expr, ExprCall, ExprMethodCall, Type};

use super::signature::bound;
use super::{Draft, Site, carry};
use crate::diagnostic::{Diagnostics, catalogue::tag as texts};
use crate::marker::{Hole, Piece, Template, escaped};
use crate::plan::listed::shown_template;
use crate::plan::parameter::{Argument, Arguments, references};
use crate::plan::parse::Origin;
use crate::plan::rewrite::Rewriter;
use crate::plan::{
    HolePlan, KeyStep, TagPlan, Tokens, Visibility, helper_type, key, pattern, unraw,
};

/// The tags of a function, and what they bring into sight.
#[derive(Default)]
pub(super) struct Tags {
    /// The bindings of patterns that holes use.
    pub(super) bindings: Vec<KeyStep>,
    pub(super) tags: Vec<TagPlan>,
}

impl Site<'_, '_> {
    /// Carries over the names in the holes of tags, and the patterns whose bindings they use.
    pub(super) fn rewrite_tags(&mut self, draft: &Draft<'_>) -> Tags {
        let marker = draft.marker;
        if marker.tags.is_empty() {
            return Tags::default();
        }
        let parameters = draft.arguments.names();
        let mut rewriter = carry::rewriter(self, draft, &parameters);
        let mut tags = Tags::default();
        for argument in &draft.arguments.list {
            let is_used = |name: &str| key::in_tags(marker, name);
            if !argument.bindings.iter().any(|name| is_used(name)) {
                continue;
            }
            let used = argument.pattern.clone().map(|taken_apart| {
                let mut used = pattern::only(taken_apart, &is_used);
                syn::visit_mut::VisitMut::visit_pat_mut(&mut rewriter, &mut used);
                used
            });
            tags.bindings
                .extend(used.and_then(|used| bound(argument, &used)));
        }
        for template in &marker.tags {
            let mut plan = TagPlan::begin(template);
            for piece in &template.pieces {
                match piece {
                    Piece::Text(text) => plan.say(text),
                    Piece::Hole(hole) => {
                        let Ok(expression) = syn::parse_str(&hole.expression) else {
                            continue;
                        };
                        let origin = Origin::Whole(hole.location);
                        let expression =
                            carry::expression(&mut rewriter, expression, origin, &parameters);
                        plan.put(&expression, &hole.spec);
                        plan.holes.push(HolePlan {
                            expression: hole.expression.clone(),
                            name: hole_name(hole),
                            ty: hole_type(&rewriter, &draft.arguments, hole),
                            spec: hole.spec.clone(),
                        });
                    }
                }
            }
            tags.tags.push(plan);
        }
        tags
    }
}

/// A name for the value in a hole: its own, or the last one in the expression.
fn hole_name(hole: &Hole) -> String {
    let words = hole
        .expression
        .split(|c: char| !c.is_alphanumeric() && c != '_');
    let mut name = words.filter(|word| word.starts_with(|c: char| c.is_lowercase()));
    let name = name.next_back().unwrap_or("value").trim_start_matches('_');
    match name {
        "" | "self" | "super" | "crate" => "value".to_owned(),
        name => name.to_owned(),
    }
}

/// The type of a parameter that a hole holds by itself, where every build has it.
fn hole_type(rewriter: &Rewriter<'_, '_>, arguments: &Arguments, hole: &Hole) -> Option<Tokens> {
    let name = hole.name().filter(|_| !rewriter.is_conditional)?;
    let is_it = |argument: &&Argument| {
        argument.pattern.is_none() && argument.bindings.iter().any(|binding| binding == name)
    };
    let argument = arguments.list.iter().find(is_it)?;
    helper_type::absolute(rewriter.names, &argument.ty).map(Tokens::of)
}

impl TagPlan {
    fn begin(template: &Template) -> Self {
        Self {
            format: String::new(),
            arguments: Vec::new(),
            template: shown_template(template),
            location: template.location,
            texts: vec![String::new()],
            holes: Vec::new(),
            visibility: Visibility::Private,
        }
    }

    /// Adds text.
    fn say(&mut self, text: &str) {
        let text = escaped(text);
        self.format.push_str(&text);
        if let Some(last) = self.texts.last_mut() {
            last.push_str(&text);
        }
    }

    /// Adds a value. A bare name is captured, as lints ask for.
    fn put(&mut self, expression: &Expr, spec: &str) {
        self.texts.push(String::new());
        let colon = if spec.is_empty() { "" } else { ":" };
        let expression = by_value(expression);
        let name = match expression {
            Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
            _ => None,
        };
        match name {
            Some(name) => {
                let name = name.to_string();
                let name = unraw(&name);
                self.format.push_str(&format!("{{{name}{colon}{spec}}}"));
            }
            None => {
                self.format.push_str(&format!("{{{colon}{spec}}}"));
                self.arguments.push(Tokens::of(expression));
            }
        }
    }
}

/// An expression without what `format_args!` does to it anyway: taking a reference.
fn by_value(expression: &Expr) -> &Expr {
    match expression {
        Expr::Reference(reference) if reference.mutability.is_none() => by_value(&reference.expr),
        Expr::Paren(paren) => by_value(&paren.expr),
        Expr::Group(group) => by_value(&group.expr),
        other => other,
    }
}

/// Reports values that a tag would take away from the call.
pub(super) fn check(draft: &Draft<'_>, diagnostics: &mut Diagnostics) {
    for hole in draft.marker.tags.iter().flat_map(Template::holes) {
        let Ok(expression) = syn::parse_str::<Expr>(&hole.expression) else {
            continue;
        };
        let mut moves = Moves {
            arguments: &draft.arguments,
            hole,
            diagnostics,
        };
        moves.visit_expr(&expression);
    }
}

/// Types of the standard library that are moved where they are not borrowed. Of other types nothing is known: they may
/// be `Copy`.
const MOVED: [&str; 12] = [
    "Arc", "BTreeMap", "BTreeSet", "Box", "CString", "HashMap", "HashSet", "OsString", "PathBuf",
    "Rc", "String", "Vec",
];

/// Looks for parameters that an expression takes by value.
struct Moves<'a> {
    arguments: &'a Arguments,
    hole: &'a Hole,
    diagnostics: &'a mut Diagnostics,
}

impl Moves<'_> {
    fn by_value(&mut self, expression: &Expr) {
        let Expr::Path(path) = expression else {
            return;
        };
        let name = path.path.get_ident().map(ToString::to_string);
        if let Some(name) = name.filter(|name| self.is_moved(name)) {
            self.diagnostics
                .push(texts::consuming(self.hole.location, &name));
        }
    }

    fn is_moved(&self, name: &str) -> bool {
        let arguments = &mut self.arguments.list.iter();
        let argument =
            arguments.find(|argument| argument.name == name && argument.pattern.is_none());
        argument.is_some_and(|argument| references(&argument.ty) == 0 && is_moved(&argument.ty))
    }
}

impl<'ast> Visit<'ast> for Moves<'_> {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.method.to_string().starts_with("into_") {
            self.by_value(&call.receiver);
        }
        call.args
            .iter()
            .for_each(|argument| self.by_value(argument));
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        call.args
            .iter()
            .for_each(|argument| self.by_value(argument));
        syn::visit::visit_expr_call(self, call);
    }
}

fn is_moved(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| MOVED.iter().any(|name| last.ident == name)),
        _ => false,
    }
}
