//! What a build may warn of, or refuse in strict mode, and an author may answer for with `allow(…)`.

/// A kind of warning or strict refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Concern {
    /// The function reads a clock.
    Clock,
    /// The function draws random numbers.
    Random,
    /// The function reads environment variables, arguments or other surroundings of the process.
    Env,
    /// The function reads files, the network, other processes or standard input.
    Io,
    /// The function reads global state that code changes at run time.
    MutableState,
    /// A key argument may lose data when it is serialised.
    LossyKey,
    /// The version covers far more than the function, because something could not be understood.
    Widened,
}

impl Concern {
    /// Every kind, in the order in which they are listed to people.
    const ALL: [Self; 7] = [
        Self::Clock,
        Self::Random,
        Self::Env,
        Self::Io,
        Self::MutableState,
        Self::LossyKey,
        Self::Widened,
    ];

    /// The kind of this name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|concern| concern.as_str() == name)
    }

    /// All names.
    pub(super) fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|concern| concern.as_str()).collect()
    }

    /// As it is written in `allow(…)`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Random => "random",
            Self::Env => "env",
            Self::Io => "io",
            Self::MutableState => "mutable_state",
            Self::LossyKey => "lossy_key",
            Self::Widened => "widened",
        }
    }
}
