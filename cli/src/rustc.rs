//! What rustc says of itself and of a target.

use std::process::Command;

use crate::cfg::Cfgs;
use crate::config::Config;

/// The compiler cargo would run.
#[derive(Clone, Debug)]
pub(crate) struct Rustc {
    pub(crate) program: String,
    /// The machine it runs on; empty if it can't be run.
    pub(crate) host: String,
    /// All it says of itself.
    pub(crate) version: String,
}

impl Rustc {
    pub(crate) fn find(config: &Config) -> Self {
        let program = config.variables().get("RUSTC").cloned();
        let program = program.or_else(|| config.text("build", "rustc"));
        let program = program.unwrap_or_else(|| "rustc".to_owned());
        let version = ask(&program, &["-vV".to_owned()]).unwrap_or_default();
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        Self {
            host: host.unwrap_or_default().to_owned(),
            program,
            version,
        }
    }

    /// The flags of a target, given the flags it is compiled with.
    pub(crate) fn cfgs(&self, target: &str, flags: &[String]) -> Option<Cfgs> {
        let mut arguments = vec!["--print=cfg".to_owned()];
        if target != self.host {
            arguments.extend(["--target".to_owned(), target.to_owned()]);
        }
        arguments.extend(flags.iter().cloned());
        Some(Cfgs::parse(ask(&self.program, &arguments)?.lines()))
    }
}

fn ask(program: &str, arguments: &[String]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
