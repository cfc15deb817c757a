//! Whatever lies in a store is an entry or a fault, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| selfsame::open_any_entry(bytes));
