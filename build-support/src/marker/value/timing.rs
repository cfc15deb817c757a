//! The values of `refresh`, `soft`, `hard` and `lease`.

use super::Reader;
use crate::diagnostic::catalogue::timing as texts;
use crate::marker::list::Form;
use crate::marker::{Keep, Limit, Period, Refresh};

impl Reader<'_> {
    /// `"ahead"`, `"always"` or `"off"`.
    pub(in crate::marker) fn refresh(&mut self, form: &Form) -> Option<Refresh> {
        let text = self.string(form)?;
        match text.as_str() {
            "ahead" => Some(Refresh::Ahead),
            "always" => Some(Refresh::Always),
            "off" => Some(Refresh::Off),
            _ => {
                self.diagnostics.push(texts::unknown_refresh(
                    form.location(),
                    &text,
                    &["ahead", "always", "off"],
                ));
                None
            }
        }
    }

    /// A duration with an end.
    pub(in crate::marker) fn limit(&mut self, form: &Form) -> Option<Limit> {
        let location = form.location();
        match self.ttl(form)? {
            Period::Millis(ms) => Some(Limit { ms, location }),
            Period::Forever => self.refuse_endless(form),
        }
    }

    /// A duration with an end, or the word for none.
    pub(in crate::marker) fn lease(&mut self, form: &Form) -> Option<Keep> {
        match self.keep(form, "off")? {
            Keep::For(Period::Forever) => self.refuse_endless(form),
            keep => Some(keep),
        }
    }

    fn refuse_endless<T>(&mut self, form: &Form) -> Option<T> {
        self.diagnostics
            .push(texts::endless(form.location(), self.name.as_str()));
        None
    }
}
