//! The command line.

use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Effects};
use clap::{Args, Parser, Subcommand};

/// Cargo's own colours.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightGreen.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::BrightGreen.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::BrightCyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::BrightRed.on_default().effects(Effects::BOLD));

/// Shows what selfsame's versions are made of, and which functions go cold with a change.
#[derive(Debug, Parser)]
#[command(name = "cargo-selfsame", bin_name = "cargo selfsame", version, styles = STYLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    List(List),
}

/// Lists marked functions with their versions and options.
///
/// The versions are those that a build with the same settings generates. With --no-build nothing is compiled, and
/// the package need not use selfsame yet: mark a function with `/// @cache` and look.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) building: Building,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which packages, and with which settings they are built.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Selection {
    /// Path to the Cargo.toml of a package or workspace
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Only these packages of the workspace
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Vec<String>,
    /// All packages of the workspace
    #[arg(long, alias = "all", conflicts_with = "package")]
    pub(crate) workspace: bool,
    /// Features to switch on, separated by commas or blanks
    #[arg(short = 'F', long, value_name = "FEATURES", value_delimiter = ',')]
    pub(crate) features: Vec<String>,
    /// Switch on all features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Leave out the `default` feature
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Settings of this profile
    #[arg(long, value_name = "NAME", conflicts_with = "release")]
    pub(crate) profile: Option<String>,
    /// Settings of the release profile
    #[arg(short, long)]
    pub(crate) release: bool,
    /// Build for this target triple
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: Option<String>,
}

/// Whether and how cargo is run.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Building {
    /// Analyse only: run no cargo build
    #[arg(long)]
    pub(crate) no_build: bool,
    /// Let cargo use no network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Let cargo leave Cargo.lock as it is
    #[arg(long)]
    pub(crate) locked: bool,
}

impl Selection {
    /// The name of the profile.
    pub(crate) fn profile_name(&self) -> &str {
        match &self.profile {
            Some(name) => name,
            None if self.release => "release",
            None => "dev",
        }
    }

    /// Every feature asked for.
    pub(crate) fn feature_names(&self) -> impl Iterator<Item = &str> {
        let lists = self.features.iter();
        lists.flat_map(|list| list.split([' ', ',']).filter(|name| !name.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn features_may_be_separated_by_commas_and_blanks() {
        let arguments = Arguments::parse_from(["x", "list", "-F", "a,b c", "--features", "d"]);
        let Command::List(list) = arguments.command;
        assert_eq!(
            list.selection.feature_names().collect::<Vec<_>>(),
            ["a", "b", "c", "d"]
        );
    }
}
