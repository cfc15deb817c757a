//! The files of all crates, read and parsed on several threads.
//!
//! Files come in whatever order the threads get to them; [`super`] brings them into the order of the module
//! tree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::modules::{Branch, Found, Place, branches};
use super::{CrateRoot, Folders, display_name};
use crate::index::collect::Unparsable;
use crate::index::facts::FileFacts;
use crate::marker;
use crate::source::cache::FactsCache;
use crate::source::{SourceFile, tasks};

/// The module trees of several crates.
#[derive(Debug)]
pub(super) struct Forest {
    nodes: Vec<Node>,
    /// Where files were looked for, and whether there was one.
    pub(super) looked: BTreeMap<PathBuf, bool>,
}

/// A file in its place in a module tree. The same file may have several.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) path: PathBuf,
    /// The file whose `mod` item led here.
    parent: Option<usize>,
    /// Under `#[cfg(test)]`: read for misplaced markers only.
    pub(super) test_only: bool,
    pub(super) content: Content,
    pub(super) children: Vec<Children>,
}

/// What was found in a file.
#[derive(Debug, Default)]
pub(super) enum Content {
    /// Nothing yet.
    #[default]
    Waiting,
    Unreadable(String),
    /// Test code without markers is none of our business.
    Unmarked,
    Unparsable(SourceFile, Unparsable),
    Parsed(SourceFile, Arc<FileFacts>),
}

/// What one item leads to.
#[derive(Debug)]
pub(super) struct Children {
    pub(super) item: usize,
    pub(super) nodes: Vec<usize>,
    /// Where a file was looked for in vain; empty if there is one, or if none is needed.
    pub(super) missing: Vec<PathBuf>,
}

/// A node whose file is to be read.
struct Task {
    node: usize,
    path: PathBuf,
    place: Place,
    test_only: bool,
    folders: Folders,
}

impl Forest {
    /// Reads all crates from their root files, which become the first nodes.
    pub(super) fn grow(roots: &[CrateRoot], package: &Path, cache: &FactsCache) -> Self {
        let mut forest = Self {
            nodes: Vec::new(),
            looked: BTreeMap::new(),
        };
        let tasks = roots
            .iter()
            .map(|krate| {
                let place = Place::beside(&krate.root);
                forest.plant(None, krate.root.clone(), place, false, &krate.folders)
            })
            .collect();
        let forest = Mutex::new(forest);
        tasks::do_all(tasks, &|task: Task| {
            let content = content(&task, package, cache);
            let branches = match &content {
                Content::Parsed(_, facts) => {
                    branches(facts, &task.place, &task.folders, task.test_only)
                }
                _ => Vec::new(),
            };
            let branches = branches.into_iter().map(Branch::look_up).collect();
            // Only a task that panics could leave the lock poisoned, and its panic ends the walk.
            let mut forest = forest.lock().unwrap_or_else(PoisonError::into_inner);
            forest.fill(task.node, content, branches, &task.folders)
        });
        forest.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a node out, for good: each is asked for once.
    pub(super) fn take(&mut self, number: usize) -> Node {
        std::mem::take(&mut self.nodes[number])
    }

    /// Makes a node for a file, and the task of reading it.
    fn plant(
        &mut self,
        parent: Option<usize>,
        path: PathBuf,
        place: Place,
        test_only: bool,
        folders: &Folders,
    ) -> Task {
        let node = self.nodes.len();
        self.nodes.push(Node {
            path: path.clone(),
            parent,
            test_only,
            ..Node::default()
        });
        Task {
            node,
            path,
            place,
            test_only,
            folders: folders.clone(),
        }
    }

    /// Gives a node what was read, and plants what that leads to.
    fn fill(
        &mut self,
        node: usize,
        content: Content,
        branches: Vec<Found>,
        folders: &Folders,
    ) -> Vec<Task> {
        let mut tasks = Vec::new();
        let mut children = Vec::new();
        for branch in branches {
            let first = self.nodes.len();
            let is_missing = branch.present.is_empty() && !branch.test_only && !branch.is_told;
            let absent = branch.absent.iter().map(|path| (path.clone(), false));
            self.looked.extend(absent);
            for found in branch.present {
                self.looked.insert(found.path.clone(), true);
                if !self.is_open(node, &found.path) {
                    let parent = Some(node);
                    tasks.push(self.plant(
                        parent,
                        found.path,
                        found.place,
                        branch.test_only,
                        folders,
                    ));
                }
            }
            children.push(Children {
                item: branch.item,
                nodes: (first..self.nodes.len()).collect(),
                missing: if is_missing {
                    branch.absent
                } else {
                    Vec::new()
                },
            });
        }
        let filled = &mut self.nodes[node];
        (filled.content, filled.children) = (content, children);
        tasks
    }

    /// Whether a file is this node's own or that of a node above it: its modules would never end.
    fn is_open(&self, node: usize, path: &Path) -> bool {
        let mut above = Some(node);
        while let Some(number) = above {
            if self.nodes[number].path == path {
                return true;
            }
            above = self.nodes[number].parent;
        }
        false
    }
}

/// Whether there is still nothing to look for in a file of test code.
pub(crate) fn is_unmarked(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|raw| !marker::may_mark(&raw))
}

fn content(task: &Task, package: &Path, cache: &FactsCache) -> Content {
    let raw = match std::fs::read(&task.path).map(String::from_utf8) {
        Ok(Ok(raw)) => raw,
        Ok(Err(_)) => return Content::Unreadable("it is not UTF-8".to_owned()),
        Err(error) => return Content::Unreadable(error.to_string()),
    };
    if task.test_only && !marker::may_mark(&raw) {
        return Content::Unmarked;
    }
    let source = SourceFile::new(&task.path, display_name(&task.path, package), raw);
    match cache.facts(&task.folders.package, &source) {
        Ok(facts) => Content::Parsed(source, facts),
        Err(unparsable) => Content::Unparsable(source, unparsable),
    }
}
