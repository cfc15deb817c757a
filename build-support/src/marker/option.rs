//! The options there are.

/// An option a marker may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionName {
    Ttl,
    Skip,
    Key,
    Tags,
    Stale,
    Refresh,
    Soft,
    Hard,
    Lease,
    None,
    L1,
    Codec,
    Epoch,
    Pin,
    Depends,
    Allow,
}

impl OptionName {
    /// Every option, in the order in which they are listed to people.
    const ALL: [Self; 16] = [
        Self::Ttl,
        Self::Skip,
        Self::Key,
        Self::Tags,
        Self::Stale,
        Self::Refresh,
        Self::Soft,
        Self::Hard,
        Self::Lease,
        Self::None,
        Self::L1,
        Self::Codec,
        Self::Epoch,
        Self::Pin,
        Self::Depends,
        Self::Allow,
    ];

    /// The option of this name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|option| option.as_str() == name)
    }

    /// All names.
    pub(super) fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|option| option.as_str()).collect()
    }

    /// As it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ttl => "ttl",
            Self::Skip => "skip",
            Self::Key => "key",
            Self::Tags => "tags",
            Self::Stale => "stale",
            Self::Refresh => "refresh",
            Self::Soft => "soft",
            Self::Hard => "hard",
            Self::Lease => "lease",
            Self::None => "none",
            Self::L1 => "l1",
            Self::Codec => "codec",
            Self::Epoch => "epoch",
            Self::Pin => "pin",
            Self::Depends => "depends",
            Self::Allow => "allow",
        }
    }

    /// How it is used, for help texts.
    pub(super) fn usage(self) -> &'static str {
        match self {
            Self::Ttl => "`ttl = \"5m\"`, `ttl = 300` (seconds) or `ttl = \"forever\"`",
            Self::Skip => "`skip(db)`, with names of parameters",
            Self::Key => "`key(user_id)`, with expressions over the parameters",
            Self::Tags => {
                "`tags(\"user:{user_id}\")`, with texts in which parameters stand between braces"
            }
            Self::Stale => "`stale = \"1h\"`",
            Self::Refresh => "`refresh = \"ahead\"`, `refresh = \"always\"` or `refresh = \"off\"`",
            Self::Soft => "`soft = \"50ms\"`",
            Self::Hard => "`hard = \"2s\"`",
            Self::Lease => "`lease = \"10s\"` or `lease = \"off\"`",
            Self::None => "`none = \"30s\"` or `none = \"skip\"`",
            Self::L1 => "`l1 = \"30s\"` or `l1 = \"off\"`",
            Self::Codec => "`codec = \"msgpack\"`, `codec = \"json\"` or `codec = \"postcard\"`",
            Self::Epoch => "`epoch = 1`",
            Self::Pin => "`pin = \"2024-06\"`",
            Self::Depends => {
                "`depends(\"data/rates.csv\")` for a file or folder, `depends(RATES)` for an item"
            }
            Self::Allow => "`allow(\"clock\")`, with the kinds of warning you answer for",
        }
    }
}
