//! From a name on the command line to the function it means.

use crate::error::Error;
use crate::survey::{Survey, Surveyed};

/// The only function whose path is `name` or ends in it.
pub(crate) fn function<'s>(survey: &'s Survey, name: &str) -> Result<Surveyed<'s>, Error> {
    let all = survey.functions();
    let exact: Vec<Surveyed<'s>> = all
        .iter()
        .filter(|one| one.function.path == name)
        .copied()
        .collect();
    let meant = if exact.is_empty() {
        all.iter()
            .filter(|one| ends_in(&one.function.path, name))
            .copied()
            .collect()
    } else {
        exact
    };
    let paths = |list: &[Surveyed<'_>]| list.iter().map(described).collect();
    match meant.as_slice() {
        [only] => Ok(*only),
        [] => Err(Error::NoFunction {
            name: name.to_owned(),
            known: paths(&all),
        }),
        several => Err(Error::Ambiguous {
            name: name.to_owned(),
            candidates: paths(several),
        }),
    }
}

/// Whether a path ends in these segments.
fn ends_in(path: &str, name: &str) -> bool {
    path.strip_suffix(name)
        .is_some_and(|before| before.ends_with("::"))
}

/// The path, and what tells it from another one of the same path.
fn described(surveyed: &Surveyed<'_>) -> String {
    let kind = if surveyed.target.is_bin { "bin" } else { "lib" };
    format!(
        "{} ({kind} of {})",
        surveyed.function.path, surveyed.target.package
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suffix_is_one_of_whole_segments() {
        assert!(ends_in("app::users::load", "load"));
        assert!(ends_in("app::users::load", "users::load"));
        assert!(!ends_in("app::users::load", "oad"));
        assert!(!ends_in("app::users::load", "app::users::load"));
    }
}
