//! What is said out loud: one line per function and topic, in the life of a process.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::entry::Fault;
use crate::store::StoreErrorKind;

/// What a line can be about. Each function has its say on each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    KeyUnencodable,
    KeyTooLarge,
    ValueTooLarge,
    ValueUnencodable,
    ValueUnsurviving,
    Entry(Fault),
    Store(StoreErrorKind),
}

impl Topic {
    /// The topic's place among 64 bits.
    const fn bit(self) -> u64 {
        let place = match self {
            Self::KeyUnencodable => 0,
            Self::KeyTooLarge => 1,
            Self::ValueTooLarge => 2,
            Self::ValueUnencodable => 3,
            Self::ValueUnsurviving => 4,
            Self::Entry(fault) => 8 + fault as u32,
            Self::Store(kind) => 32 + kind as u32,
        };
        1 << (place % u64::BITS)
    }
}

/// What one function has said.
#[derive(Debug, Default)]
pub(crate) struct Said(AtomicU64);

impl Said {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Whether this is the first word on the topic.
    pub(crate) fn is_first(&self, topic: Topic) -> bool {
        // Relaxed: the bits protect nothing but themselves.
        self.0.fetch_or(topic.bit(), Ordering::Relaxed) & topic.bit() == 0
    }
}

/// Where lines go: the standard error stream, unless the application takes them.
#[derive(Clone, Default)]
pub(crate) struct Reporter(Option<Arc<Say>>);

type Say = dyn Fn(&str) + Send + Sync;

impl Reporter {
    pub(crate) fn new(say: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(say)))
    }

    pub(crate) fn say(&self, line: fmt::Arguments<'_>) {
        match &self.0 {
            Some(say) => say(&line.to_string()),
            // Not `eprintln!`: it panics where the stream is closed.
            None => drop(writeln!(std::io::stderr().lock(), "selfsame: {line}")),
        }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "given" } else { "stderr" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_is_said_once() {
        let said = Said::new();
        let topics = [
            Topic::KeyUnencodable,
            Topic::ValueUnsurviving,
            Topic::Entry(Fault::Foreign),
            Topic::Entry(Fault::Undecodable),
            Topic::Store(StoreErrorKind::Unavailable),
            Topic::Store(StoreErrorKind::Refused),
        ];

        for topic in topics {
            assert!(said.is_first(topic), "{topic:?}");
            assert!(!said.is_first(topic), "{topic:?}");
        }
    }
}
