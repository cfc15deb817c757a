//! Names as small numbers.

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::hash::HashMap;

/// A name; equal names of one [`Interner`] are equal symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Symbol(u32);

/// Hands out symbols. Their numbers depend on the order of asking, so they are never hashed or sorted by.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Names")]
pub(crate) struct Interner {
    symbols: HashMap<Arc<str>, Symbol>,
    texts: Vec<Arc<str>>,
}

impl Interner {
    /// The symbol of a text, new or known.
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(text) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.texts.len()).expect("fewer than 2^32 names"));
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.symbols.insert(text, symbol);
        symbol
    }

    /// How many symbols it has handed out.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The symbol of a text that was met before.
    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        self.symbols.get(text).copied()
    }

    /// The text of a symbol this interner handed out.
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        &self.texts[symbol.0 as usize]
    }

    /// The symbols of all texts that are asked for.
    pub(crate) fn matching(&self, asked: impl Fn(&str) -> bool) -> impl Iterator<Item = Symbol> {
        let texts = self.texts.iter().zip(0u32..);
        texts
            .filter(move |(text, _)| asked(text))
            .map(|(_, number)| Symbol(number))
    }

    /// All texts, in the order of their symbols.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }
}

impl Symbol {
    /// The position of this symbol in its interner.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The texts of symbols that were handed out before, one after the other: many of them are kept, and none is looked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Names {
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Names {
    /// The text of a symbol of the interner these are from.
    pub(crate) fn text(&self, symbol: Symbol) -> &str {
        let start = match symbol.index() {
            0 => 0,
            number => self.ends[number - 1],
        };
        &self.text[start as usize..self.ends[symbol.index()] as usize]
    }

    /// All texts, in the order of their symbols.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let symbols = (0u32..).take(self.ends.len()).map(Symbol);
        symbols.map(|symbol| self.text(symbol))
    }
}

impl Serialize for Interner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Names::from(self).serialize(serializer)
    }
}

impl From<Names> for Interner {
    fn from(names: Names) -> Self {
        let mut interner = Self::default();
        interner.symbols.reserve(names.ends.len());
        interner.texts.reserve(names.ends.len());
        for text in names.texts() {
            interner.intern(text);
        }
        interner
    }
}

impl From<&Interner> for Names {
    fn from(interner: &Interner) -> Self {
        let mut names = Self::default();
        for text in interner.texts() {
            names.text.push_str(text);
            let end = u32::try_from(names.text.len());
            names
                .ends
                .push(end.expect("names of a file are shorter than 4 GiB"));
        }
        names
    }
}

/// A name without what tells `user_id`, `UserId` and `USER_ID` apart.
pub(crate) fn letters(name: &str) -> impl DoubleEndedIterator<Item = char> {
    let letters = name.chars().filter(|letter| *letter != '_');
    letters.flat_map(char::to_lowercase)
}
