//! What is cached: some functions of some rows of a database.

use std::sync::OnceLock;

use fastrand::Rng;

use crate::function::Function;
use crate::key::{EntryKey, Key, argument_digest};
use crate::memo::Memo;
use crate::shape::{Flat, ResultOf};
use crate::store::TagKey;
use crate::version::Version;

/// One call that can be made: a function and its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) function: usize,
    pub(super) row: u64,
}

/// What an invalidation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Entry(Target),
    Row(u64),
    Group(u64),
    Function(usize),
    Everything,
}

/// Why a function has no value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Oops;

pub(super) type Answer = Result<u64, Oops>;

pub(super) fn shape() -> Flat<ResultOf<u64, Oops>> {
    crate::__shape!(Answer)
}

const fn function(path: &'static str) -> Function {
    Function::new(path, Version::from_bits(1)).with_ttl_ms(60_000)
}

/// Without tags; with tags and stale answers; with short lives; without a lease.
static FUNCTIONS: [Memo; 4] = [
    Memo::new(function("sim::plain")),
    Memo::new(
        function("sim::tagged")
            .with_stale_ms(60_000)
            .with_lease_ms(1_000),
    ),
    Memo::new(
        function("sim::short")
            .with_ttl_ms(1_500)
            .with_stale_ms(3_000)
            .with_l1_ms(800),
    ),
    Memo::new(function("sim::shared").with_lease_ms(0)),
];

pub(super) const CONTROL: &str = "selfsame";
const ROWS: u64 = 2;
const GROUPS: u64 = 2;

pub(super) fn memo(function: usize) -> &'static Memo {
    &FUNCTIONS[function]
}

impl Target {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..FUNCTIONS.len()).flat_map(|function| (0..ROWS).map(move |row| Self { function, row }))
    }

    pub(super) fn any(dice: &mut Rng) -> Self {
        Self {
            function: dice.usize(..FUNCTIONS.len()),
            row: dice.u64(..ROWS),
        }
    }

    pub(super) fn memo(self) -> &'static Memo {
        memo(self.function)
    }

    pub(super) fn key(self) -> Key {
        let key = self.memo().key(|parts| parts.part(&self.row));
        if self.has_tags() {
            key.with_tags(CONTROL, |tags| {
                tags.tag(format_args!("row:{}", self.row));
                tags.tag(format_args!("group:{}", self.row % GROUPS));
            })
        } else {
            key
        }
    }

    const fn has_tags(self) -> bool {
        self.function != 0
    }

    pub(super) fn entry_key(self) -> EntryKey {
        let key = self.key();
        let (id, version) = (self.memo().store_id(&[]), self.memo().function().version());
        EntryKey::new("sim", id, version, argument_digest(key.bytes()))
    }

    /// The target whose entry has this name.
    pub(super) fn of_entry(name: &str) -> Option<Self> {
        static NAMES: OnceLock<Vec<(EntryKey, Target)>> = OnceLock::new();
        let names = NAMES.get_or_init(|| {
            Self::all()
                .map(|target| (target.entry_key(), target))
                .collect()
        });
        names
            .iter()
            .find(|(key, _)| key.as_str() == name)
            .map(|(_, target)| *target)
    }
}

impl Scope {
    /// Something that has to do with `target`.
    pub(super) fn any(dice: &mut Rng, target: Target) -> Self {
        match dice.u32(..20) {
            0..8 => Self::Entry(target),
            8..12 => Self::Row(target.row),
            12..16 => Self::Group(target.row % GROUPS),
            16..19 => Self::Function(target.function),
            _ => Self::Everything,
        }
    }

    pub(super) fn covers(self, target: Target) -> bool {
        match self {
            Self::Entry(entry) => entry == target,
            Self::Row(row) => target.has_tags() && row == target.row,
            Self::Group(group) => target.has_tags() && group == target.row % GROUPS,
            Self::Function(function) => function == target.function,
            Self::Everything => true,
        }
    }

    /// The label of a tag that users know.
    pub(super) fn label(self) -> Option<String> {
        match self {
            Self::Row(row) => Some(format!("row:{row}")),
            Self::Group(group) => Some(format!("group:{group}")),
            _ => None,
        }
    }

    /// What stores call it.
    pub(super) fn name(self) -> String {
        let tag = match self {
            Self::Entry(target) => return target.entry_key().as_str().to_owned(),
            Self::Function(function) => TagKey::function(CONTROL, memo(function).store_id(&[])),
            Self::Everything => TagKey::namespace(CONTROL),
            Self::Row(_) | Self::Group(_) => {
                TagKey::label(CONTROL, &self.label().unwrap_or_default())
            }
        };
        tag.as_str().to_owned()
    }
}
