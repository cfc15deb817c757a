//! `cargo selfsame` for tests, which Cargo builds before it runs an integration test.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_selfsame::main()
}
