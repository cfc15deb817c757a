//! What is checked while a user's crate compiles.

use super::*;

const _: () = assert_contract(CONTRACT);
const _: () = assert_target("app", false, "app", false);

#[test]
#[should_panic(expected = "do not fit together")]
fn another_contract_is_refused() {
    assert_contract(CONTRACT + 1);
}

#[test]
#[should_panic(expected = "include_generated!(bin = ")]
fn another_target_is_refused() {
    assert_target("app", false, "apq", false);
}

#[test]
#[should_panic(expected = "include_generated!(bin = ")]
fn a_longer_name_is_another_target() {
    assert_target("app", false, "app2", false);
}

#[test]
#[should_panic(expected = "include_generated!(bin = ")]
fn a_binary_of_the_library_s_name_is_another_target() {
    assert_target("app", false, "app", true);
}
