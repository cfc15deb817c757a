//! The smallest set of rights at a server that is enough for selfsame, as the README has it.

use std::fs;

use crate::scratch;

/// The variable that gives selfsame no more rights than these at the servers of tests: at those that stand alone, where
/// nobody needs a password.
pub const VARIABLE: &str = "SELFSAME_TEST_RIGHTS";

/// What the README gives to an account: commands, as rules.
///
/// # Panics
///
/// If the README does not say.
#[must_use]
pub fn rights() -> Vec<String> {
    let readme = fs::read_to_string(scratch::repository().join("README.md"));
    let readme = readme.expect("there is a README");
    let line = readme.split("ACL SETUSER").nth(1).expect("it is shown");
    let line = line.split("```").next().unwrap_or_default();
    let words = line.split_whitespace().map(ToOwned::to_owned);
    let rights: Vec<_> = words.filter(|word| word.starts_with('+')).collect();
    assert!(rights.len() > 10, "{rights:?}");
    rights
}

/// The settings of a server at which whoever comes without a name has these rights, and the test, by
/// [`CREDENTIALS`], has all.
pub(crate) fn settings() -> Vec<String> {
    let nobody = ["--user", "default", "on", "nopass", "~*", "&*", "-@all"];
    let all = ["--user", "administrator", "on", ">all", "~*", "&*", "+@all"];
    let words = nobody.map(str::to_owned).into_iter();
    words
        .chain(rights())
        .chain(all.map(str::to_owned))
        .collect()
}

/// The account of the test, as it stands in a URL.
pub(crate) const CREDENTIALS: &str = "administrator:all";
