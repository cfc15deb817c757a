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
    Explain(Explain),
    Diff(Diff),
    Graph(Graph),
    Check(Check),
    Verify(Verify),
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

/// Shows what a function's version is made of.
///
/// A tree of items, the widest hubs first, each with the rule and the name that led to it; what was taken in because
/// nothing could tell (a widening) is marked.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The function's path, or the end of it
    #[arg(value_name = "FN")]
    pub(crate) function: String,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) building: Building,
    /// Levels of the tree
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) depth: usize,
    /// The whole tree, with imports and dependencies
    #[arg(long, conflicts_with = "depth")]
    pub(crate) all: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Shows which functions go cold between two commits, and through which item.
///
/// Both sides are analysed without a build, with the same settings. Ends with 0 if no function goes cold, with 1 if
/// some do, with 2 if that could not be found out.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The earlier commit
    #[arg(value_name = "REV", default_value = "HEAD")]
    pub(crate) from: Option<String>,
    /// The later commit; left out, the working tree
    #[arg(value_name = "REV")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Every reason, not just the nearest
    #[arg(long)]
    pub(crate) all: bool,
    /// Print Markdown, for a comment on a pull request
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Draws what a function's version is made of: DOT, or SVG.
#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The function's path, or the end of it
    #[arg(value_name = "FN")]
    pub(crate) function: String,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) building: Building,
    /// Draw SVG
    #[arg(long)]
    pub(crate) svg: bool,
    /// How many items to draw, the widest hubs first
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) limit: usize,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print the nodes and edges as JSON
    #[arg(long, conflicts_with = "svg")]
    pub(crate) json: bool,
}

/// Holds versions against selfsame.lock, so that going cold is a reviewed decision.
///
/// The lock file stands beside Cargo.toml and records what code decides of each version: it is the same on every
/// machine and with every toolchain. Ends with 0 if it is up to date, with 1 if it is not, with 2 if that could not be
/// found out.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Write the lock file
    #[arg(long)]
    pub(crate) update: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Holds what rustc read against what was fingerprinted.
///
/// Runs a build and compares the dep-info files rustc wrote with the manifests. Ends with 0 if versions cover all that
/// was read, with 1 if they do not, with 2 if that could not be found out.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Let cargo use no network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Let cargo leave Cargo.lock as it is
    #[arg(long)]
    pub(crate) locked: bool,
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
    #[arg(long, conflicts_with = "package")]
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
        let Command::List(list) = arguments.command else {
            panic!("another command");
        };
        assert_eq!(
            list.selection.feature_names().collect::<Vec<_>>(),
            ["a", "b", "c", "d"]
        );
    }
}
