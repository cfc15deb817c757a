//! `cargo selfsame`: what the versions of marked functions are, what they are made of, and which move with a change.
//!
//! Each command is a file that gathers data and a file below it that renders them. What they all need is a
//! `survey`: the functions of some packages with versions and closures, either of a build or by
//! analysis alone.

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};
use error::Error;

mod arguments;
mod build;
mod cfg;
mod check;
mod closure;
mod config;
mod dep_info;
mod diff;
mod error;
mod explain;
mod features;
mod find;
mod git;
mod graph;
mod late;
mod list;
mod model;
mod output;
mod profile;
mod project;
mod rustc;
mod survey;
mod variables;
mod verify;

/// The analysis follows the nesting of the code it reads; a thread of its own may go deeper than `main` can.
const STACK_BYTES: usize = 512 << 20;

/// Runs the command that the process's arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse_from(without_subcommand_name(std::env::args_os().collect()));
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
    let ended = match worker.spawn(move || run(arguments)) {
        Ok(thread) => thread.join(),
        Err(error) => Ok(Err(Error::Thread(error))),
    };
    match ended {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            output::error(&error);
            ExitCode::from(output::FAILED)
        }
        // The panic has been printed where it happened.
        Err(_) => ExitCode::from(output::FAILED),
    }
}

/// Cargo runs subcommands with their name as the first argument; by hand it may be left out.
fn without_subcommand_name(mut arguments: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    if arguments.get(1).is_some_and(|name| name == "selfsame") {
        arguments.remove(1);
    }
    arguments
}

fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    match arguments.command {
        Command::List(list) => list::run(&list),
        Command::Explain(explain) => explain::run(&explain),
        Command::Diff(diff) => diff::run(&diff),
        Command::Graph(graph) => graph::run(&graph),
        Command::Check(check) => check::run(&check),
        Command::Verify(verify) => verify::run(&verify),
    }
}
