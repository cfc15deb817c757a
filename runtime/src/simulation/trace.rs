//! What happened last, in few words.

use std::collections::VecDeque;
use std::fmt;

use super::domain::Target;

/// The last steps of a run.
#[derive(Debug, Default)]
pub(super) struct Trace(VecDeque<Note>);

#[derive(Clone, Copy, Debug)]
struct Note {
    tick: u64,
    slot: Option<usize>,
    call: Option<u64>,
    target: Option<Target>,
    what: &'static str,
    detail: u64,
}

impl Trace {
    pub(super) fn add(
        &mut self,
        tick: u64,
        slot: Option<usize>,
        call: Option<u64>,
        target: Option<Target>,
        what: &'static str,
        detail: u64,
    ) {
        if self.0.len() == LENGTH {
            self.0.pop_front();
        }
        self.0.push_back(Note {
            tick,
            slot,
            call,
            target,
            what,
            detail,
        });
    }

    /// All that has to do with a target, or with everything.
    pub(super) fn about(&self, target: Option<Target>) -> String {
        let concerns =
            |note: &&Note| target.is_none() || note.target.is_none() || note.target == target;
        let lines: Vec<String> = self
            .0
            .iter()
            .filter(concerns)
            .map(|note| note.to_string())
            .collect();
        let from = lines.len().saturating_sub(SHOWN);
        lines[from..].join("\n")
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7}", self.tick)?;
        if let Some(slot) = self.slot {
            write!(f, "  instance {slot}")?;
        }
        if let Some(call) = self.call {
            write!(f, "  call {call}")?;
        }
        write!(f, "  {} {}", self.what, self.detail)?;
        if let Some(target) = self.target {
            write!(
                f,
                "  of {}({})",
                target.memo().function().path(),
                target.row
            )?;
        }
        Ok(())
    }
}

const LENGTH: usize = 2_000;
const SHOWN: usize = 120;
