//! Whatever stands behind `@cache` is a marker or a problem with a place, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| selfsame_build::read_any_marker(bytes));
