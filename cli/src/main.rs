//! The subcommand's executable. All of it lies in the library, so that tests can build it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_selfsame::main()
}
