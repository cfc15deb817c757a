//! Markers as they stand in source files, and everything that can be wrong with them.

use std::path::Path;

use super::bare::read;
use super::*;
use crate::index::{DocLine, ItemId, ModuleId, Owner, Place};
use crate::source::SourceFile;

fn good(lines: &str) -> Marker {
    let (marker, report) = read(lines);
    assert_eq!(report, "");
    marker.unwrap()
}

fn bad(lines: &str) -> String {
    let (marker, report) = read(lines);
    assert_eq!(marker, None, "{lines}");
    report
}

#[test]
fn a_bare_marker_has_the_defaults() {
    let marker = good("/// Text.\n///\n/// @cache\n");
    assert_eq!(marker.ttl, Period::Millis(300_000));
    assert_eq!(marker.none.as_ms(marker.ttl), 30_000);
    assert_eq!(marker.l1.as_ms(marker.ttl), 30_000);
    assert_eq!(
        (marker.codec, marker.epoch, marker.pin),
        (Codec::MessagePack, 0, None)
    );
    assert_eq!(
        (marker.skip, marker.key, marker.depends),
        (vec![], None, vec![])
    );
}

#[test]
fn every_option_is_read() {
    let marker = good(
        "/// @cache(ttl = \"1h30m\", skip(db, r#type, self), key(user.id, name.as_ref()), none = \"skip\",\n\
         ///     l1 = \"off\", codec = \"json\", epoch = 7, pin = \"v1\",\n\
         ///     depends(\"data/rates.csv\", crate::rates::RATES), allow(\"clock\", \"mutable_state\"))\n",
    );
    assert_eq!(marker.ttl, Period::Millis(5_400_000));
    let names: Vec<&str> = marker.skip.iter().map(|name| name.text.as_str()).collect();
    assert_eq!(names, ["db", "r#type", "self"]);
    let keys: Vec<String> = marker
        .key
        .iter()
        .flatten()
        .map(|key| key.text.clone())
        .collect();
    assert_eq!(keys, ["user . id", "name . as_ref ()"]);
    assert_eq!((marker.none, marker.l1), (Keep::Never, Keep::Never));
    assert_eq!(
        (marker.codec, marker.epoch, marker.pin.as_deref()),
        (Codec::Json, 7, Some("v1"))
    );
    assert!(
        matches!(&marker.depends[0], Dependency::Path { path, .. } if path == "data/rates.csv")
    );
    assert!(
        matches!(&marker.depends[1], Dependency::Item { path, .. } if path.join("::") == "crate::rates::RATES")
    );
    assert_eq!(
        marker.allow,
        BTreeSet::from([Concern::Clock, Concern::MutableState])
    );
    assert!(marker.allows(Concern::Clock) && !marker.allows(Concern::Env));
}

#[test]
fn options_of_time_and_tags_are_read() {
    let marker = good(
        "/// @cache(ttl = \"1h\", stale = \"1d\", refresh = \"ahead\", soft = \"50ms\", hard = 2, lease = \"10s\",\n\
         ///     tags(\"user:{user . id}\", \"all\"))\n",
    );
    assert_eq!(marker.stale, Some(Period::Millis(86_400_000)));
    assert_eq!(marker.refresh, Refresh::Ahead);
    assert_eq!(marker.soft.map(|limit| limit.ms), Some(50));
    assert_eq!(marker.hard.map(|limit| limit.ms), Some(2_000));
    assert_eq!(marker.lease, Keep::For(Period::Millis(10_000)));
    let tags: Vec<String> = marker.tags.iter().map(ToString::to_string).collect();
    assert_eq!(tags, ["user:{user . id}", "all"]);
    assert_eq!(good("/// @cache(lease = \"off\")\n").lease, Keep::Never);
}

#[test]
fn only_tags_of_the_new_options_are_part_of_the_version() {
    let bare = good("/// @cache\n").identity();
    let timed = good(
        "/// @cache(stale = \"1d\", refresh = \"always\", soft = \"50ms\", hard = \"2s\", lease = \"off\")\n",
    );
    assert_eq!(timed.identity(), bare);
    let tagged = good("/// @cache(tags(\"b:{ x }\", \"a\"))\n").identity();
    assert_eq!(tagged.last(), Some(&("tags", "a\nb:{x}".to_owned())));
    assert_eq!(tagged[..bare.len()], bare[..]);
}

#[test]
fn a_problem_in_a_template_is_shown_where_it_is() {
    let place = |lines: &str| {
        let (_, report) = read(lines);
        report
            .lines()
            .find_map(|line| line.trim().strip_prefix("--> src/lib.rs:"))
            .unwrap_or_else(|| panic!("{report}"))
            .to_owned()
    };
    assert_eq!(place("/// @cache(tags(\"user:{id\"))\n"), "1:23");
    assert_eq!(
        place("/// @cache(tags(\"ok\",\n///    r#\"user:{}\"#))\n"),
        "2:16"
    );
    // Spelled with an escape, so the whole literal is to blame.
    assert_eq!(place("/// @cache(tags(\"us\\x65r:{}\"))\n"), "1:17");
}

#[test]
fn a_short_ttl_cuts_the_other_defaults() {
    let marker = good("/// @cache(ttl = 10)\n");
    assert_eq!(
        (marker.none.as_ms(marker.ttl), marker.l1.as_ms(marker.ttl)),
        (10_000, 10_000)
    );
}

#[test]
fn backticks_blanks_and_a_list_on_the_next_line_are_allowed() {
    assert_eq!(
        good("///    `@cache(ttl = 1)`\n").ttl,
        Period::Millis(1_000)
    );
    assert_eq!(good("/// `@cache`\n").ttl, DEFAULT_TTL);
    assert_eq!(good("/// @cache (ttl = 1)  \n").ttl, Period::Millis(1_000));
    assert_eq!(
        good("/// @cache\n/// (ttl = 1)\n").ttl,
        Period::Millis(1_000)
    );
    assert_eq!(
        good("/// `@cache(\n///   ttl = 1,\n/// )`\n/// More.\n").ttl,
        Period::Millis(1_000)
    );
    assert_eq!(good("/// @cache()\n").ttl, DEFAULT_TTL);
}

#[test]
fn parentheses_in_literals_do_not_close_the_list() {
    let marker = good(
        "/// @cache(key(a.find(')'), b.get(\"\\\")\"), r#\"\"(\"#, f::<'_>(r#type)), pin = \")\")\n",
    );
    assert_eq!(marker.key.unwrap().len(), 4);
    assert_eq!(marker.pin.as_deref(), Some(")"));
}

#[test]
fn stars_of_a_block_comment_are_no_part_of_the_list() {
    let marker = good("/// @cache(\n/// * ttl = 1,\n/// * key(*a,\n/// *b)\n/// *\n/// * )\n");
    let keys: Vec<String> = marker
        .key
        .into_iter()
        .flatten()
        .map(|key| key.text)
        .collect();
    assert_eq!(keys, ["* a", "* b"]);
}

#[test]
fn prose_is_no_marker() {
    for prose in [
        "/// See `@cache(ttl = 1)` above.\n",
        "/// @cached(ttl = 1)\n",
        "/// @cache_put(of = x)\n",
        "/// @cache-control\n",
        "/// ```\n/// @cache(ttl = 0)\n/// ```\n",
        "/// ~~~~text\n/// ~~~\n/// @cache\n/// ~~~~\n",
        "/// ```\n/// never closed\n/// @cache\n",
    ] {
        assert_eq!(read(prose), (None, String::new()), "{prose}");
    }
    assert!(read("/// ```inline``` code\n/// @cache\n").0.is_some());
}

#[test]
fn an_unknown_option_names_the_nearest_and_all() {
    assert_eq!(
        bad("/// Text.\n///\n/// @cache(tll = 300)\n"),
        "\
error[selfsame::unknown-option]: unknown option `tll`
 --> src/lib.rs:3:12
  |
3 | /// @cache(tll = 300)
  |            ^^^
  |
help: did you mean `ttl`? the options are `ttl`, `skip`, `key`, `tags`, `stale`, `refresh`, `soft`, `hard`, `lease`, `none`, `l1`, `codec`, `epoch`, `pin`, `depends` and `allow`
"
    );
}

#[test]
fn an_unknown_kind_names_the_nearest_and_all() {
    assert_eq!(
        bad("/// @cache(allow(\"io\", \"clok\"))\n"),
        "\
error[selfsame::option-value]: unknown kind `clok`
 --> src/lib.rs:1:24
  |
1 | /// @cache(allow(\"io\", \"clok\"))
  |                        ^^^^^^
  |
help: did you mean `clock`? the kinds are `clock`, `random`, `env`, `io`, `mutable_state`, `lossy_key` and `widened`
"
    );
}

#[test]
fn all_problems_of_a_marker_are_reported_at_their_places() {
    let report = bad(
        "/// @cache(ttl = \"0s\", wibble = 1,\n///     codec = \"jsn\",, epoch = -1,\n///     skip = \"db\", key(a b), l1 5)\n",
    );
    let lines: Vec<&str> = report
        .lines()
        .filter(|line| line.starts_with("error") || line.contains("-->"))
        .collect();
    assert_eq!(
        lines,
        [
            "error[selfsame::marker-syntax]: expected the name of an option",
            " --> src/lib.rs:1:5",
            "error[selfsame::impossible-duration]: `ttl` is zero",
            " --> src/lib.rs:1:18",
            "error[selfsame::unknown-option]: unknown option `wibble`",
            " --> src/lib.rs:1:24",
            "error[selfsame::option-value]: unknown codec `jsn`",
            " --> src/lib.rs:2:17",
            "error[selfsame::option-value]: `epoch` does not take this value",
            " --> src/lib.rs:2:33",
            "error[selfsame::marker-syntax]: `skip` is not written like this",
            " --> src/lib.rs:3:16",
            "error[selfsame::marker-syntax]: in `key(…)`: expected `,`",
            " --> src/lib.rs:3:28",
            "error[selfsame::marker-syntax]: expected `=` or `(` after `l1`",
            " --> src/lib.rs:3:35",
        ]
    );
}

#[test]
fn a_list_that_is_never_closed_is_reported_where_it_opens() {
    assert_eq!(
        bad("/// @cache(ttl = 1\n/// More.\n"),
        "\
error[selfsame::marker-syntax]: this parenthesis is never closed
 --> src/lib.rs:1:11
  |
1 | /// @cache(ttl = 1
  |           ^
  |
help: close it before the end of the doc comment; the list may run over several lines
"
    );
}

#[test]
fn text_behind_a_marker_is_refused() {
    let report = bad("/// @cache the answer\n");
    assert!(
        report.contains("unexpected text after the marker\n --> src/lib.rs:1:12\n"),
        "{report}"
    );
    assert!(bad("/// @cache(ttl = 1) soon\n").contains(":1:21\n"));
    assert!(bad("/// `@cache(ttl = 1)\n/// @cache`x\n").contains("duplicate-marker"));
}

#[test]
fn duplicates_show_both_places() {
    assert_eq!(
        bad("/// @cache(ttl = 1, ttl = 2)\n"),
        "\
error[selfsame::duplicate-option]: option `ttl` is given twice
 --> src/lib.rs:1:21
  |
1 | /// @cache(ttl = 1, ttl = 2)
  |                     ^^^
  |
note: first given here
 --> src/lib.rs:1:12
  |
1 | /// @cache(ttl = 1, ttl = 2)
  |            ^^^
  |
help: remove one of the two
"
    );
    assert!(
        bad("/// @cache(skip(a, a))\n")
            .contains("error[selfsame::duplicate-option]: `a` is named twice")
    );
    assert!(
        bad("/// @cache\n/// @cache(ttl = 1)\n")
            .contains("this function carries two markers\n --> src/lib.rs:2:5")
    );
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let report = bad("/// @cache(skip(db), key(db.name, id))\n");
    assert!(
        report.contains("`db` is in `skip`, and `key` uses it\n --> src/lib.rs:1:17"),
        "{report}"
    );
    assert!(
        bad("/// @cache(skip(id), key(format!(\"{id:?}\")))\n").contains("contradictory-options")
    );
    assert!(bad("/// @cache(ttl = 5, l1 = 6)\n").contains("`l1` is longer than `ttl`"));
    assert!(bad("/// @cache(none = \"1h\")\n").contains("`none` is longer than `ttl`"));
    assert_eq!(
        good("/// @cache(skip(db), key(x.db, db::of(y)))\n")
            .skip
            .len(),
        1
    );
}

#[test]
fn durations_that_can_not_be_say_why() {
    for (value, message, help) in [
        ("ttl = 0", "`ttl` is zero", "remove the marker"),
        ("none = 0", "`none` is zero", "write `none = \"skip\"`"),
        ("l1 = \"0s\"", "`l1` is zero", "write `l1 = \"off\"`"),
        ("ttl = \"90\"", "has no unit", "`\"90s\"`"),
        ("ttl = -5", "`ttl` is not a duration", "largest first"),
        ("ttl = 0.5", "`ttl` is not a duration", "largest first"),
        ("ttl = \"soon\"", "`ttl` is not a duration", "largest first"),
        (
            "ttl = 99999999999999999999999",
            "longer than a thousand years",
            "`\"forever\"`",
        ),
        (
            "ttl = \"9999999d\"",
            "longer than a thousand years",
            "`\"forever\"`",
        ),
    ] {
        let report = bad(&format!("/// @cache({value})\n"));
        assert!(
            report.starts_with("error[selfsame::impossible-duration]"),
            "{report}"
        );
        assert!(
            report.contains(message) && report.contains(help),
            "{report}"
        );
    }
}

#[test]
fn values_of_the_wrong_kind_say_what_is_right() {
    for (value, code) in [
        ("pin = \"\"", "option-value"),
        ("pin = 5", "option-value"),
        ("codec = json", "option-value"),
        ("epoch = 1u8", "option-value"),
        ("depends(\"/etc/passwd\")", "option-value"),
        ("depends()", "option-value"),
        ("skip()", "option-value"),
        ("allow()", "option-value"),
        ("allow(\"time\")", "option-value"),
        ("allow(\"io\", \"io\")", "duplicate-option"),
        ("allow(clock)", "marker-syntax"),
        ("allow = \"clock\"", "marker-syntax"),
        ("ttl", "marker-syntax"),
        ("ttl =", "marker-syntax"),
        ("ttl(5)", "marker-syntax"),
        ("ttl = 5 skip(a)", "marker-syntax"),
        ("skip(a) key(b)", "marker-syntax"),
        ("skip[a]", "marker-syntax"),
        ("skip(a.b)", "marker-syntax"),
        ("key(a?)", "marker-syntax"),
        ("key(a.await)", "marker-syntax"),
        ("pin = \"a", "marker-syntax"),
    ] {
        let report = bad(&format!("/// @cache({value})\n"));
        assert!(
            report.starts_with(&format!("error[selfsame::{code}]")),
            "{value}: {report}"
        );
        assert!(report.contains("help: "), "{report}");
    }
}

#[test]
fn the_identity_knows_no_spacing_and_no_order() {
    let one = good("/// @cache(ttl = 1, key(a.b( c ), &&d), skip(x, y), depends(\"p\", q::r))\n");
    let other =
        good("/// @cache(\n///   skip(y,x), depends(q :: r, \"p\",), key(a . b(c),&& d,))\n");
    assert_eq!(one.identity(), other.identity());
    assert_eq!(
        one.identity(),
        [
            ("key", "a . b (c)\n& & d".to_owned()),
            ("skip", "x\ny".to_owned()),
            ("none", "min(ttl, 30000)".to_owned()),
            ("codec", "msgpack".to_owned()),
            ("epoch", "0".to_owned()),
            ("depends", "item q::r\npath p".to_owned()),
        ]
    );
}

#[test]
fn the_identity_moves_with_what_an_entry_answers() {
    let base = good("/// @cache\n").identity();
    for option in [
        "key(a)",
        "key()",
        "skip(a)",
        "none = 5",
        "codec = \"json\"",
        "epoch = 1",
        "pin = \"a\"",
        "depends(A)",
    ] {
        assert_ne!(
            good(&format!("/// @cache({option})\n")).identity(),
            base,
            "{option}"
        );
    }
    for option in ["ttl = 9000", "l1 = \"off\"", "allow(\"clock\")"] {
        assert_eq!(
            good(&format!("/// @cache({option})\n")).identity(),
            base,
            "{option}"
        );
    }
}

#[test]
fn a_line_that_was_unescaped_is_shown_whole() {
    let mut sources = SourceSet::default();
    let text = "#[doc = \"@cache(pin = \\\"\\\")\"]\nfn f() {}\n";
    let file = sources.push(SourceFile::new(
        Path::new("src/lib.rs"),
        "src/lib.rs".to_owned(),
        text.to_owned(),
    ));
    let location = Location {
        file,
        start: 8,
        end: 28,
    };
    let marked = Marked {
        item: ItemId(0),
        module: ModuleId(0),
        signature: location,
        docs: vec![DocLine {
            text: "@cache(pin = \"\")".to_owned(),
            location,
        }],
        owner: Owner::Free,
        place: Place::Ordinary,
    };
    let mut diagnostics = Diagnostics::default();
    assert_eq!(parse(&marked, &sources, &mut diagnostics), None);
    let report = diagnostics.report(&sources);
    assert!(
        report.contains(" --> src/lib.rs:1:9\n  |\n1 | #[doc = \"@cache(pin = \\\"\\\")\"]\n"),
        "{report}"
    );
}
