//! Trees of commits in folders of their own. The user's repository is read only: neither its index nor its list of
//! worktrees is touched, and what is made is deleted when dropped.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::error::Error;

/// A repository with a work tree.
#[derive(Debug)]
pub(crate) struct Repository {
    /// The top folder of its work tree.
    pub(crate) top: PathBuf,
}

/// The files of one commit.
#[derive(Debug)]
pub(crate) struct Export {
    /// Holds the tree and git's index of it.
    _folder: TempDir,
    /// The top folder.
    pub(crate) top: PathBuf,
}

impl Repository {
    /// The repository a folder lies in.
    pub(crate) fn around(folder: &Path) -> Result<Self, Error> {
        let top = git(
            folder,
            "find a repository here",
            &["rev-parse", "--show-toplevel"],
            None,
        )?;
        let top = PathBuf::from(top.trim_end());
        let top = top.canonicalize().map_err(Error::io("read", &top))?;
        Ok(Self { top })
    }

    /// The commit a revision means.
    pub(crate) fn commit(&self, revision: &str) -> Result<String, Error> {
        let wanted = format!("{revision}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--end-of-options", &wanted];
        let action = format!("find the commit `{revision}`");
        Ok(git(&self.top, &action, &arguments, None)?.trim().to_owned())
    }

    /// Writes the files of a commit to a folder of their own.
    pub(crate) fn export(&self, commit: &str) -> Result<Export, Error> {
        let folder = tempfile::Builder::new().prefix("selfsame-").tempdir();
        let folder = folder.map_err(Error::io("make a folder in", std::env::temp_dir()))?;
        // The same spelling as that of the work tree's folders.
        let base = folder
            .path()
            .canonicalize()
            .map_err(Error::io("read", folder.path()))?;
        let top = base.join("tree");
        std::fs::create_dir(&top).map_err(Error::io("make", &top))?;
        let index = base.join("index");
        git(
            &self.top,
            "read a commit",
            &["read-tree", commit],
            Some(&index),
        )?;
        let prefix = format!("--prefix={}/", top.display());
        let arguments = ["checkout-index", "--all", "--force", "--quiet", &prefix];
        git(
            &self.top,
            "write the files of a commit",
            &arguments,
            Some(&index),
        )?;
        self.lend_lock_file(&top);
        Ok(Export {
            _folder: folder,
            top,
        })
    }

    /// A lock file that is not in the repository is the same for all commits.
    fn lend_lock_file(&self, top: &Path) {
        let (own, lent) = (self.top.join("Cargo.lock"), top.join("Cargo.lock"));
        if own.is_file() && !lent.exists() {
            // Without it, both sides would only be told apart by it.
            let _ = std::fs::copy(own, lent);
        }
    }
}

fn git(
    folder: &Path,
    action: &str,
    arguments: &[&str],
    index: Option<&Path>,
) -> Result<String, Error> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    if let Some(index) = index {
        command.env("GIT_INDEX_FILE", index);
    }
    let failed = |reason: String| Error::Git {
        action: action.to_owned(),
        reason,
    };
    let output = command
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failed(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }
}
