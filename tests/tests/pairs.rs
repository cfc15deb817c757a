//! The pair corpus: for every kind of change, a crate before and after it, both built and run, and whether its
//! version tells.

use std::collections::BTreeSet;

use selfsame_tests::pairs;

/// Missed, or moved in vain, until their rules are there.
const NOT_YET: &[&str] = &[];

/// One test for each file of the corpus.
macro_rules! groups {
    ($($test:ident: $file:literal,)*) => {
        const GROUPS: &[&str] = &[$($file,)*];
        $(
            #[test]
            fn $test() {
                pairs::check($file, NOT_YET);
            }
        )*
    };
}

groups! {
    edits_of_the_own_body: "a_own_body",
    edits_of_types: "b_types",
    edits_behind_paths: "c_paths",
    edits_of_trait_impls: "d_traits",
    edits_of_impls_that_no_call_names: "d_unnamed",
    additions_elsewhere: "e_additions",
    edits_of_constants_and_state: "f_state",
    edits_of_macros_and_included_files: "g_macros",
    edits_of_the_build: "h_build",
    edits_without_effect: "n_harmless",
}

/// Numbers that no case can have, and why.
const WITHOUT_A_CASE: &[(&str, &str)] =
    &[("165", "there are no tags yet that a marker could be given")];

#[test]
fn every_number_has_a_case() {
    let groups = GROUPS.iter().flat_map(|group| pairs::read(group));
    let present: BTreeSet<(bool, u32)> = groups
        .map(|case| (case.number.harmless, case.number.number))
        .collect();
    let numbers = (1..=166)
        .map(|number| (false, number))
        .chain((1..=28).map(|number| (true, number)));
    let absent: Vec<String> = numbers
        .filter(|number| !present.contains(number))
        .map(|(harmless, number)| format!("{}{number}", if harmless { "N" } else { "" }))
        .collect();
    let expected: Vec<&str> = WITHOUT_A_CASE.iter().map(|(number, _)| *number).collect();
    assert_eq!(absent, expected);
}
