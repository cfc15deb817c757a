//! How `peek_` and `put_` spell the value.

use super::*;

#[test]
fn the_value_is_spelled_as_far_as_it_is_known() {
    let text = generated(
        "use std::collections::HashMap;
             use std::io;
             pub struct E;
             pub type Own<T> = std::result::Result<T, E>;
             pub type Maybe = Option<u8>;
             /// @cache
             pub fn a() -> Result<u8, E> { todo!() }
             /// @cache
             pub fn b() -> io::Result<u8> { todo!() }
             /// @cache
             pub fn c() -> Own<u8> { todo!() }
             /// @cache
             pub fn d() -> Option<u8> { todo!() }
             /// @cache
             pub fn e() -> Result<Option<u8>, E> { todo!() }
             /// @cache
             pub fn f() -> Maybe { todo!() }
             /// @cache
             pub fn g() -> HashMap<u8, u8> { todo!() }
             /// @cache
             pub fn h() -> serde_json::Value { todo!() }
             /// @cache
             pub fn i<T>() -> T { todo!() }
             /// @cache
             pub fn j() {}",
    );
    has(
        &text,
        "H.put_output(key, __selfsame::shape!(::serde_json::Value), value);",
    );
    for (peeked, put) in [
        (
            "peek_a() -> __selfsame::core::option::Option<u8>",
            "put_a(value: u8)",
        ),
        (
            "peek_b() -> __selfsame::core::option::Option< <io::Result<u8> as __selfsame::Returns>::Value, >",
            "put_b(value: <io::Result<u8> as __selfsame::Returns>::Value)",
        ),
        (
            "peek_c() -> __selfsame::core::option::Option< <Own<u8> as __selfsame::Returns>::Value, >",
            "put_c(value: <Own<u8> as __selfsame::Returns>::Value)",
        ),
        (
            "peek_d() -> __selfsame::core::option::Option< <Option<u8> as __selfsame::Returns>::Value, >",
            "put_d(value: Option<u8>)",
        ),
        (
            "peek_e() -> __selfsame::core::option::Option< <Option<u8> as __selfsame::Returns>::Value, >",
            "put_e(value: Option<u8>)",
        ),
        (
            "peek_f() -> __selfsame::core::option::Option<Maybe>",
            "put_f(value: Maybe)",
        ),
        (
            "peek_g() -> __selfsame::core::option::Option<HashMap<u8, u8>>",
            "#[allow(clippy::implicit_hasher)] pub fn put_g(value: HashMap<u8, u8>)",
        ),
        (
            "peek_h() -> __selfsame::core::option::Option<::serde_json::Value>",
            "put_h(value: ::serde_json::Value)",
        ),
        (
            "peek_i<T>() -> __selfsame::core::option::Option<T>",
            "put_i<T>(value: T)",
        ),
        (
            "peek_j() -> __selfsame::core::option::Option<()>",
            "put_j(value: ())",
        ),
    ] {
        let flat: String = text.split_whitespace().collect();
        for part in [peeked, put] {
            let part: String = part.split_whitespace().collect();
            assert!(
                flat.contains(&part.replace(",>", ">")) || flat.contains(&part),
                "{part}\nis not in\n{text}"
            );
        }
    }
}

#[test]
fn errors_are_documented_where_there_are_any() {
    let text = generated(
        "/// @cache\npub fn a() -> Result<u8, u8> { Ok(1) }\n/// @cache\npub fn b() -> u8 { 1 }",
    );
    has(
        &text,
        "/// # Errors /// /// Those of `crate::a`. pub fn cached_a()",
    );
    assert_eq!(text.matches("# Errors").count(), 2);
}
