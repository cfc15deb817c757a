//! Names that macros put behind paths which nobody spells: `$module::name`.

use super::mentions::Scanner;
use crate::index::facts::Mention;

impl Scanner<'_, '_> {
    /// Notes the names from index `from` to before `to`, which whatever a macro is given may stand before.
    pub(super) fn loose(&mut self, from: usize, to: usize) {
        for at in from..to {
            if self.is_ident(at) {
                let name = self.name(at);
                self.note(Mention::Loose(name));
            }
        }
    }

    /// Whether the path at `at` begins with what a macro puts something before, or with a variable of `quote!`.
    pub(super) fn is_loose(&self, at: usize) -> bool {
        at > 0 && (self.tape.is(at - 1, b'#') || self.continues_fragment(at))
    }

    /// Whether before the `::` or the name at `at` stands what a macro may put a path in the place of: a fragment or
    /// a repetition of its own, and with `quote!` a variable.
    pub(super) fn continues_fragment(&self, at: usize) -> bool {
        let is_sign = |at: usize, signs: &[u8]| signs.iter().any(|sign| self.tape.is(at, *sign));
        let is_ident = |at: usize| self.is_ident(at);
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        let separated = self.tape.is_pair(at, b':', b':');
        match before.checked_sub(1) {
            Some(sign) if is_ident(before) => is_sign(sign, b"$#"),
            // `$($segment)::*::name`
            Some(close) if is_sign(before, b"*+?") => separated || is_sign(close, b")"),
            _ => is_sign(before, b")"),
        }
    }
}
