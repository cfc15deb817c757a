//! The example.
fn main() {}
