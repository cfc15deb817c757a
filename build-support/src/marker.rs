//! The marker: from the doc lines of a function to typed, checked options.
//!
//! ```text
//! /// @cache(ttl = "5m", skip(db), key(user.id), tags("user:{user.id}"))
//! ```
//! `@cache` stands at the start of a doc line, optionally in backticks, optionally followed by one parenthesised list
//! that may run over several lines. In a fenced code block, or elsewhere in a line, it is prose. After this stage
//! nobody sees an option as text again; names of parameters are checked by the plan, which knows the signature.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostics, catalogue::marker as texts};
use crate::index::Marked;
use crate::source::{Location, SourceSet};

#[cfg(any(test, fuzzing))]
pub(crate) mod bare;
mod checks;
mod concern;
mod duration;
mod identity;
mod list;
mod option;
mod scan;
mod template;
mod text;
mod value;

pub(crate) use concern::Concern;
pub(crate) use duration::Period;
pub(crate) use identity::mentions;
pub(crate) use option::OptionName;
pub(crate) use scan::{may_mark, starts};
pub(crate) use template::{Hole, Piece, Template, escaped};

use list::Form;

/// How long a result is fresh where the marker does not say: five minutes.
const DEFAULT_TTL: Period = Period::Millis(300_000);

/// The options of one marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// Where the marker stands, `@cache` to the closing parenthesis.
    pub(crate) location: Location,
    /// How long a result is fresh.
    pub(crate) ttl: Period,
    /// Parameters that are not part of the key.
    pub(crate) skip: Vec<Name>,
    /// The key in place of all parameters, where `key(…)` is given.
    pub(crate) key: Option<Vec<KeyExpression>>,
    /// Labels by which entries are invalidated together.
    pub(crate) tags: Vec<Template>,
    /// How long after its ttl a result may still be served.
    pub(crate) stale: Option<Period>,
    /// When a result is computed anew although it is fresh.
    pub(crate) refresh: Refresh,
    /// After how much computing a stale result is the answer.
    pub(crate) soft: Option<Limit>,
    /// After how much computing the caller gives up.
    pub(crate) hard: Option<Limit>,
    /// The right to compute among processes.
    pub(crate) lease: Keep,
    /// How long `None` is remembered.
    pub(crate) none: Keep,
    /// How long a copy stays in the process.
    pub(crate) l1: Keep,
    /// How values are encoded.
    pub(crate) codec: Codec,
    /// Bumped by hand to drop every entry.
    pub(crate) epoch: u64,
    /// Takes the place of the code's part of the version.
    pub(crate) pin: Option<String>,
    /// Further inputs of the version.
    pub(crate) depends: Vec<Dependency>,
    /// What the author answers for: no warning and no strict refusal of these kinds.
    pub(crate) allow: BTreeSet<Concern>,
}

/// A parameter's name as it stands in `skip(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// Raw identifiers keep their `r#`.
    pub(crate) text: String,
    pub(crate) location: Location,
}

/// One expression of `key(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyExpression {
    /// Its tokens, with spacing of our own: see [`identity`].
    pub(crate) text: String,
    pub(crate) location: Location,
}

/// When a result is computed anew although it is fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Refresh {
    Off,
    /// Before it expires.
    Ahead,
    /// After every hit.
    Always,
}

/// How long a computation may take until something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) ms: u64,
    /// Where it is asked for.
    pub(crate) location: Location,
}

/// How long something with a default of its own is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Not said: thirty seconds, or the ttl where that is shorter; for a lease, three seconds.
    Default,
    /// Not at all: `none = "skip"`, `l1 = "off"`.
    Never,
    /// As said.
    For(Period),
}

/// How values are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Codec {
    MessagePack,
    Json,
    Postcard,
}

/// One entry of `depends(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dependency {
    /// A file or folder, relative to the crate.
    Path { path: String, location: Location },
    /// An item, as the function itself would name it: `crate`, `RATES`.
    Item {
        path: Vec<String>,
        location: Location,
    },
}

impl Keep {
    /// The default where it is not cut short by the ttl.
    const DEFAULT_MS: u64 = 30_000;

    /// In milliseconds; 0 is "not at all".
    pub(crate) fn as_ms(self, ttl: Period) -> u64 {
        match self {
            Self::Default => ttl.as_ms().min(Self::DEFAULT_MS),
            Self::Never => 0,
            Self::For(period) => period.as_ms(),
        }
    }
}

/// The marker of a function. `None` after a problem, which has been pushed, unless the run goes on: then what
/// could not be read is the default.
pub(crate) fn parse(
    marked: &Marked,
    sources: &SourceSet,
    diagnostics: &mut Diagnostics,
) -> Option<Marker> {
    let before = diagnostics.count();
    let found = text::find(&marked.docs, sources);
    let mut markers: Vec<Marker> = Vec::new();
    for found in found {
        markers.push(parse_one(&found, diagnostics));
    }
    if let Some((first, rest)) = markers.split_first() {
        for second in rest {
            diagnostics.push(texts::duplicate_marker(second.location, first.location));
        }
    }
    (diagnostics.count() == before || diagnostics.goes_on())
        .then(|| markers.into_iter().next())
        .flatten()
}

/// The options of one marker, as far as they can be read; every problem is pushed.
fn parse_one(found: &text::Found, diagnostics: &mut Diagnostics) -> Marker {
    let mut marker = Marker::new(found.text.location(0..found.end));
    if let Some(problem) = found.problem() {
        diagnostics.push(problem);
    }
    let mut given: Vec<(OptionName, Location)> = Vec::new();
    for entry in list::entries(found, diagnostics) {
        let Some(name) = OptionName::parse(&entry.name) else {
            diagnostics.push(texts::unknown_option(
                entry.name_location,
                &entry.name,
                &OptionName::names(),
            ));
            continue;
        };
        match given.iter().find(|(earlier, _)| *earlier == name) {
            Some((_, first)) => {
                diagnostics.push(texts::duplicate_option(
                    entry.name_location,
                    name.as_str(),
                    *first,
                ));
            }
            None => {
                given.push((name, entry.name_location));
                set(&mut marker, name, &entry.form, found, diagnostics);
            }
        }
    }
    checks::check(&marker, &given, diagnostics);
    marker
}

/// Reads one option's value into the marker.
fn set(
    marker: &mut Marker,
    name: OptionName,
    form: &Form,
    found: &text::Found,
    diagnostics: &mut Diagnostics,
) {
    let reader = &mut value::Reader {
        name,
        found,
        diagnostics,
    };
    match name {
        OptionName::Ttl => assign(&mut marker.ttl, reader.ttl(form)),
        OptionName::Skip => assign(&mut marker.skip, reader.names(form)),
        OptionName::Key => marker.key = reader.expressions(form),
        OptionName::Tags => assign(&mut marker.tags, reader.templates(form)),
        OptionName::Stale => marker.stale = reader.ttl(form),
        OptionName::Refresh => assign(&mut marker.refresh, reader.refresh(form)),
        OptionName::Soft => marker.soft = reader.limit(form),
        OptionName::Hard => marker.hard = reader.limit(form),
        OptionName::Lease => assign(&mut marker.lease, reader.lease(form)),
        OptionName::None => assign(&mut marker.none, reader.keep(form, "skip")),
        OptionName::L1 => assign(&mut marker.l1, reader.keep(form, "off")),
        OptionName::Codec => assign(&mut marker.codec, reader.codec(form)),
        OptionName::Epoch => assign(&mut marker.epoch, reader.epoch(form)),
        OptionName::Pin => marker.pin = reader.pin(form),
        OptionName::Depends => assign(&mut marker.depends, reader.dependencies(form)),
        OptionName::Allow => assign(&mut marker.allow, reader.concerns(form)),
    }
}

/// Keeps the default where the value could not be read: the problem has been pushed.
fn assign<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

impl Marker {
    /// A marker without a list.
    fn new(location: Location) -> Self {
        Self {
            location,
            ttl: DEFAULT_TTL,
            skip: Vec::new(),
            key: None,
            tags: Vec::new(),
            stale: None,
            refresh: Refresh::Off,
            soft: None,
            hard: None,
            lease: Keep::Default,
            none: Keep::Default,
            l1: Keep::Default,
            codec: Codec::MessagePack,
            epoch: 0,
            pin: None,
            depends: Vec::new(),
            allow: BTreeSet::new(),
        }
    }

    /// The expressions of `key(…)` and of the holes of `tags(…)`: what is looked at before a call.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &str> {
        let keys = self.key.iter().flatten().map(|key| &*key.text);
        let holes = self.tags.iter().flat_map(Template::holes);
        keys.chain(holes.map(|hole| &*hole.expression))
    }

    /// The first option that needs computations in the background, if one does.
    pub(crate) fn background(&self) -> Option<&'static str> {
        if self.refresh != Refresh::Off {
            Some("refresh")
        } else if self.soft.is_some() {
            Some("soft")
        } else {
            self.hard.map(|_| "hard")
        }
    }

    /// Whether the author answers for a concern.
    pub(crate) fn allows(&self, concern: Concern) -> bool {
        self.allow.contains(&concern)
    }
}

#[cfg(test)]
mod tests;
