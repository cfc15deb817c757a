//! Paths in little room: most have one name or two, and they are most of what is gathered.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::index::symbol::Symbol;

/// The names of a path.
#[derive(Clone, Default)]
pub(crate) enum Segments {
    #[default]
    None,
    One([Symbol; 1]),
    Two([Symbol; 2]),
    #[expect(
        clippy::box_collection,
        reason = "what is rare must not make the rest larger"
    )]
    Many(Box<Vec<Symbol>>),
}

impl Segments {
    pub(crate) fn push(&mut self, name: Symbol) {
        *self = match std::mem::take(self) {
            Self::None => Self::One([name]),
            Self::One([first]) => Self::Two([first, name]),
            Self::Two([first, second]) => Self::Many(Box::new(vec![first, second, name])),
            Self::Many(mut names) => {
                names.push(name);
                Self::Many(names)
            }
        };
    }
}

impl Deref for Segments {
    type Target = [Symbol];

    fn deref(&self) -> &[Symbol] {
        match self {
            Self::None => &[],
            Self::One(names) => names,
            Self::Two(names) => names,
            Self::Many(names) => names,
        }
    }
}

impl DerefMut for Segments {
    fn deref_mut(&mut self) -> &mut [Symbol] {
        match self {
            Self::None => &mut [],
            Self::One(names) => names,
            Self::Two(names) => names,
            Self::Many(names) => names,
        }
    }
}

impl FromIterator<Symbol> for Segments {
    fn from_iter<I: IntoIterator<Item = Symbol>>(names: I) -> Self {
        let mut segments = Self::None;
        names.into_iter().for_each(|name| segments.push(name));
        segments
    }
}

impl From<&[Symbol]> for Segments {
    fn from(names: &[Symbol]) -> Self {
        names.iter().copied().collect()
    }
}

impl PartialEq for Segments {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Segments {}

impl Hash for Segments {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Segments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Serialize for Segments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Segments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;

        impl<'de> Visitor<'de> for Names {
            type Value = Segments;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the names of a path")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Segments, A::Error> {
                let mut segments = Segments::None;
                while let Some(name) = names.next_element()? {
                    segments.push(name);
                }
                Ok(segments)
            }
        }

        deserializer.deserialize_seq(Names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::symbol::Interner;

    /// `length` names, each different.
    fn names(length: usize) -> Vec<Symbol> {
        let mut interner = Interner::default();
        (0..length)
            .map(|number| interner.intern(&number.to_string()))
            .collect()
    }

    #[test]
    fn names_are_all_there_in_their_order_however_many() {
        for length in 0..6 {
            let names = names(length);
            assert_eq!(*Segments::from(&*names), *names);
        }
    }

    #[test]
    fn they_are_written_down_as_a_list_and_read_again() {
        for length in 0..6 {
            let names = names(length);
            let bytes = postcard::to_stdvec(&names).unwrap();
            let segments = Segments::from(&*names);
            assert_eq!(postcard::to_stdvec(&segments).unwrap(), bytes);
            assert_eq!(postcard::from_bytes::<Segments>(&bytes).unwrap(), segments);
        }
    }

    #[test]
    fn a_mention_takes_three_words() {
        let most = 3 * size_of::<u64>();
        assert!(size_of::<crate::index::facts::Mention>() <= most);
    }
}
