//! `cfg` flags and predicates, as rustc prints and evaluates them.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::str::CharIndices;

/// The flags that are set in one build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cfgs(BTreeSet<(String, Option<String>)>);

/// A `cfg` predicate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Predicate {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Flag { name: String, value: Option<String> },
    Literal(bool),
}

impl Cfgs {
    /// From lines such as `unix` and `target_os="linux"`: what `rustc --print cfg` prints, and what build scripts
    /// pass on.
    pub(crate) fn parse<'l>(lines: impl IntoIterator<Item = &'l str>) -> Self {
        let mut cfgs = Self::default();
        for line in lines {
            cfgs.insert_line(line);
        }
        cfgs
    }

    /// Adds one such line.
    pub(crate) fn insert_line(&mut self, line: &str) {
        match line.trim().split_once('=') {
            Some((name, value)) => self.insert(name.trim(), Some(value.trim().trim_matches('"'))),
            None if line.trim().is_empty() => {}
            None => self.insert(line.trim(), None),
        }
    }

    pub(crate) fn insert(&mut self, name: &str, value: Option<&str>) {
        self.0.insert((name.to_owned(), value.map(str::to_owned)));
    }

    /// Removes a flag with all its values.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    pub(crate) fn has(&self, name: &str, value: Option<&str>) -> bool {
        self.0
            .contains(&(name.to_owned(), value.map(str::to_owned)))
    }

    /// Every flag, sorted.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let flags = self.0.iter();
        flags.map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// Whether a predicate holds. What can't be read holds nowhere: rustc would have refused it.
    pub(crate) fn hold(&self, predicate: &str) -> bool {
        Predicate::parse(predicate).is_some_and(|predicate| predicate.holds(self))
    }
}

impl Predicate {
    /// Parses `all(unix, not(feature = "x"))`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser {
            text,
            rest: text.char_indices().peekable(),
        };
        let predicate = parser.predicate()?;
        parser.blanks();
        parser.rest.next().is_none().then_some(predicate)
    }

    pub(crate) fn holds(&self, cfgs: &Cfgs) -> bool {
        match self {
            Self::All(list) => list.iter().all(|predicate| predicate.holds(cfgs)),
            Self::Any(list) => list.iter().any(|predicate| predicate.holds(cfgs)),
            Self::Not(predicate) => !predicate.holds(cfgs),
            Self::Flag { name, value } => cfgs.has(name, value.as_deref()),
            Self::Literal(literal) => *literal,
        }
    }

    /// The names of all flags it asks for.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        match self {
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::names).collect(),
            Self::Not(predicate) => predicate.names(),
            Self::Flag { name, .. } => BTreeSet::from([name.as_str()]),
            Self::Literal(_) => BTreeSet::new(),
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    rest: Peekable<CharIndices<'t>>,
}

impl Parser<'_> {
    fn predicate(&mut self) -> Option<Predicate> {
        let name = self.word()?;
        if self.take('(') {
            let list = self.list()?;
            return match (name.as_str(), list.as_slice()) {
                ("all", _) => Some(Predicate::All(list)),
                ("any", _) => Some(Predicate::Any(list)),
                ("not", [only]) => Some(Predicate::Not(Box::new(only.clone()))),
                _ => None,
            };
        }
        if self.take('=') {
            let value = Some(self.string()?);
            return Some(Predicate::Flag { name, value });
        }
        match name.as_str() {
            "true" => Some(Predicate::Literal(true)),
            "false" => Some(Predicate::Literal(false)),
            _ => Some(Predicate::Flag { name, value: None }),
        }
    }

    /// Predicates up to the closing parenthesis.
    fn list(&mut self) -> Option<Vec<Predicate>> {
        let mut list = Vec::new();
        loop {
            if self.take(')') {
                return Some(list);
            }
            list.push(self.predicate()?);
            if !self.take(',') {
                return self.take(')').then_some(list);
            }
        }
    }

    fn blanks(&mut self) {
        while self
            .rest
            .next_if(|(_, letter)| letter.is_whitespace())
            .is_some()
        {}
    }

    fn take(&mut self, wanted: char) -> bool {
        self.blanks();
        self.rest.next_if(|(_, letter)| *letter == wanted).is_some()
    }

    /// An identifier, without `r#`.
    fn word(&mut self) -> Option<String> {
        self.blanks();
        let start = self.rest.peek()?.0;
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '#';
        while self.rest.next_if(|(_, letter)| is_part(*letter)).is_some() {}
        let end = self.rest.peek().map_or(self.text.len(), |(at, _)| *at);
        let word = &self.text[start..end];
        let word = word.strip_prefix("r#").unwrap_or(word);
        (!word.is_empty()).then(|| word.to_owned())
    }

    /// A quoted text; what is escaped in it stands for itself.
    fn string(&mut self) -> Option<String> {
        if !self.take('"') {
            return None;
        }
        let mut value = String::new();
        loop {
            match self.rest.next()?.1 {
                '"' => return Some(value),
                '\\' => value.push(self.rest.next()?.1),
                letter => value.push(letter),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linux() -> Cfgs {
        Cfgs::parse(["unix", "target_os=\"linux\"", "feature=\"full\"", ""])
    }

    #[test]
    fn predicates_hold_as_rustc_has_it() {
        for held in [
            "unix",
            "all()",
            "true",
            "target_os=\"linux\"",
            "all(unix, target_os = \"linux\",)",
            "any(windows,not(feature=\"small\"))",
            "not(any())",
            "r#unix",
        ] {
            assert!(linux().hold(held), "{held}");
        }
        for other in [
            "windows",
            "any()",
            "false",
            "target_os",
            "unix = \"\"",
            "all(unix, windows)",
            "not(unix)",
            "feature=\"fuller\"",
        ] {
            assert!(!linux().hold(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_predicate_is_none() {
        for text in [
            "", "(", "all(", "not()", "not(a,b)", "some(a)", "a b", "a =", "a = b", "a = \"b",
        ] {
            assert_eq!(Predicate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_those_of_flags() {
        let predicate = Predicate::parse("all(unix, not(feature = \"x\"), any(a, true))").unwrap();
        assert_eq!(
            predicate.names().into_iter().collect::<Vec<_>>(),
            ["a", "feature", "unix"]
        );
    }
}
