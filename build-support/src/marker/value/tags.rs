//! The value of `tags(…)`.

use std::ops::Range;

use syn::LitStr;
use syn::parse::Parse;

use super::Reader;
use crate::diagnostic::{Diagnostic, catalogue::tag as texts};
use crate::marker::Template;
use crate::marker::list::Form;
use crate::marker::template::{Problem, ProblemKind};
use crate::source::Location;

impl Reader<'_> {
    /// Templates, in quotes.
    pub(in crate::marker) fn templates(&mut self, form: &Form) -> Option<Vec<Template>> {
        let literals: Vec<LitStr> = self.list(form, Parse::parse)?;
        if literals.is_empty() {
            return self.refuse_value(form.location());
        }
        let mut templates: Vec<Template> = Vec::new();
        for literal in literals {
            match self.template(&literal) {
                Ok(template) => match templates
                    .iter()
                    .find(|earlier| earlier.to_string() == template.to_string())
                {
                    Some(first) => self.diagnostics.push(texts::twice(
                        template.location,
                        &template.to_string(),
                        first.location,
                    )),
                    None => templates.push(template),
                },
                Err(problem) => self.diagnostics.push(*problem),
            }
        }
        Some(templates)
    }

    fn template(&self, literal: &LitStr) -> Result<Template, Box<Diagnostic>> {
        let place = |range: Range<usize>| self.inside(literal, range);
        Template::parse(&literal.value(), self.location(literal), place)
            .map_err(|problem| Box::new(described(&problem, place(problem.range.clone()))))
    }

    /// The place of a part of a literal's text; the whole literal where that is spelled with escapes.
    fn inside(&self, literal: &LitStr, range: Range<usize>) -> Location {
        let token = literal.token().to_string();
        let quote = token.find('"').map_or(0, |at| at + 1);
        let is_spelled_out = token[quote..].starts_with(&literal.value());
        if !is_spelled_out || range.is_empty() {
            return self.location(literal);
        }
        let start = self.found.list.start + literal.span().byte_range().start + quote;
        self.found
            .text
            .location(start + range.start..start + range.end)
    }
}

fn described(problem: &Problem, location: Location) -> Diagnostic {
    match &problem.kind {
        ProblemKind::Unclosed => texts::unclosed_hole(location),
        ProblemKind::Unopened => texts::unopened_hole(location),
        ProblemKind::Empty => texts::empty_hole(location),
        ProblemKind::NoText => texts::without_text(location),
        ProblemKind::NoExpression(reason) => texts::no_expression(location, reason),
        ProblemKind::Escapes(what) => texts::escaping(location, what),
        ProblemKind::Spec(spec) => texts::unknown_format(location, spec),
    }
}
