//! Traits that have a name alone, and all that leads to them.

/// Traits that the same tokens lead to.
pub(super) struct Named {
    /// Where they are, in `core`, `alloc` or `std`.
    pub(super) module: &'static str,
    pub(super) names: &'static [&'static str],
    pub(super) in_prelude: bool,
    /// Whether crates that call few traits of std's may call these on what they are given.
    pub(super) called_everywhere: bool,
    pub(super) sign: Sign,
    /// Besides their own names, those of their methods, and of everything in std that has a bound by one of them,
    /// however far behind.
    led_to_by: &'static [&'static [&'static str]],
}

/// A sign that calls a trait without a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    /// `{` in a text that a macro is given.
    Brace,
    /// `?` after an expression.
    Question,
}

impl Named {
    const fn of(
        module: &'static str,
        names: &'static [&'static str],
        led_to_by: &'static [&'static [&'static str]],
    ) -> Self {
        Self {
            module,
            names,
            in_prelude: false,
            called_everywhere: false,
            sign: Sign::None,
            led_to_by,
        }
    }

    const fn in_prelude(self) -> Self {
        Self {
            in_prelude: true,
            ..self
        }
    }

    const fn called_everywhere(self) -> Self {
        Self {
            called_everywhere: true,
            ..self
        }
    }

    const fn with_sign(self, sign: Sign) -> Self {
        Self { sign, ..self }
    }

    pub(super) fn leads(&self) -> impl Iterator<Item = &'static str> {
        let lists = self.led_to_by.iter().copied();
        lists.chain([self.names]).flatten().copied()
    }
}

pub(super) const NAMED: &[Named] = &[
    Named::of(
        "default",
        &["Default"],
        &[
            HASHED,
            &[
                "BuildHasherDefault",
                "FromIterator",
                "collect",
                "default",
                "from_iter",
                "get_or_insert_default",
                "map_or_default",
                "or_default",
                "partition",
                "take",
                "try_collect",
                "unwrap_or_default",
                "unzip",
                // What serde derives fills in fields that are not read.
                "Deserialize",
                "skip",
                "skip_deserializing",
            ],
        ],
    )
    .in_prelude(),
    Named::of("hash", &["Hash"], &[HASHED, HASHING]),
    Named::of(
        "hash",
        &["BuildHasher", "Hasher"],
        &[
            HASHED,
            HASHING,
            &[
                "BuildHasherDefault",
                "build_hasher",
                "finish",
                "write",
                "write_i8",
                "write_i16",
                "write_i32",
                "write_i64",
                "write_i128",
                "write_isize",
                "write_length_prefix",
                "write_str",
                "write_u8",
                "write_u16",
                "write_u32",
                "write_u64",
                "write_u128",
                "write_usize",
            ],
        ],
    )
    .called_everywhere(),
    Named::of(
        "iter",
        &["DoubleEndedIterator"],
        &[&[
            "Rev",
            "advance_back_by",
            "next_back",
            "next_back_if",
            "next_back_if_eq",
            "nth_back",
            "partition_in_place",
            "prepend",
            "rev",
            "rfind",
            "rfold",
            "rposition",
            "try_rfold",
        ]],
    )
    .in_prelude(),
    Named::of(
        "iter",
        &["Extend"],
        &[&[
            "FromIterator",
            "collect",
            "collect_into",
            "extend",
            "extend_one",
            "extend_one_unchecked",
            "extend_reserve",
            "from_iter",
            "partition",
            "try_collect",
            "unzip",
        ]],
    )
    .in_prelude(),
    Named::of(
        "iter",
        &["FromIterator"],
        &[&["collect", "from_iter", "try_collect"]],
    )
    .in_prelude(),
    Named::of("iter", &["Product"], &[&["product"]]),
    Named::of("iter", &["Sum"], &[&["sum"]]),
    Named::of("str", &["FromStr"], &[&["from_str", "parse"]]),
    Named::of(
        "fmt",
        &[
            "Binary", "Display", "LowerExp", "LowerHex", "Octal", "Pointer", "UpperExp", "UpperHex",
        ],
        &[FORMATTING],
    )
    .with_sign(Sign::Brace)
    .called_everywhere(),
    Named::of("fmt", &["Debug"], &[FORMATTING, DEBUGGING])
        .with_sign(Sign::Brace)
        .called_everywhere(),
    Named::of(
        "fmt",
        &["Write"],
        &[&[
            "FormattingOptions",
            "create_formatter",
            "options",
            "with_options",
            "write",
            "write_char",
            "write_fmt",
            "write_str",
            "writeln",
        ]],
    )
    .called_everywhere(),
    Named::of("io", &["BufRead", "Read", "Seek", "Write"], &[STREAMING]).called_everywhere(),
    Named::of(
        "convert",
        &["From", "Into", "TryFrom", "TryInto"],
        &[CONVERTING, CONVERTED],
    )
    .in_prelude()
    .with_sign(Sign::Question)
    .called_everywhere(),
];

/// Containers by hash.
const HASHED: &[&str] = &["HashMap", "HashSet", "hash_map", "hash_set"];

const HASHING: &[&str] = &["hash", "hash_one", "hash_slice"];

const FORMATTING: &[&str] = &[
    // Objects of this type can be formatted, and std makes some of what it is given.
    "Error",
    "ToString",
    "cause",
    "fmt",
    "source",
    "to_string",
    // Formats that are not spelled.
    "env",
    "include",
    "include_str",
    "stringify",
    // Before edition 2021 this needs no format.
    "unreachable",
    // What serde asks for, and what it derives for the error of a conversion.
    "collect_str",
    "custom",
    "try_from",
];

const DEBUGGING: &[&str] = &[
    "DebugList",
    "DebugMap",
    "DebugSet",
    "DebugStruct",
    "DebugTuple",
    "assert_eq",
    "assert_matches",
    "assert_ne",
    "dbg",
    "debug_assert_eq",
    "debug_assert_matches",
    "debug_assert_ne",
    "debug_list",
    "debug_map",
    "debug_set",
    "debug_struct",
    "debug_tuple",
    "expect",
    "expect_err",
    "unwrap",
    "unwrap_err",
];

const STREAMING: &[&str] = &[
    "BufReader",
    "BufWriter",
    "Bytes",
    "Chain",
    "LineWriter",
    "Lines",
    "Split",
    "Take",
    "by_ref",
    "bytes",
    "chain",
    "consume",
    "copy",
    "fill_buf",
    "flush",
    "has_data_left",
    "is_read_vectored",
    "is_write_vectored",
    "lines",
    "read",
    "read_array",
    "read_be",
    "read_buf",
    "read_buf_exact",
    "read_exact",
    "read_le",
    "read_line",
    "read_to_end",
    "read_to_string",
    "read_until",
    "read_vectored",
    "rewind",
    "seek",
    "seek_relative",
    "skip_until",
    "split",
    "stream_len",
    "stream_position",
    "take",
    "write",
    "write_all",
    "write_all_vectored",
    "write_fmt",
    "write_vectored",
    "writeln",
];

const CONVERTING: &[&str] = &["from", "into", "try", "try_from", "try_into", "yeet"];

/// What takes anything that is converted: in std, and of what serde derives, for a type that is another one's mirror.
const CONVERTED: &[&str] = &[
    "CString", "Command", "Error", "remote", "stderr", "stdin", "stdout",
];
