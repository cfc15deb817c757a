//! Ways into `textwrap`: wrapping, filling, indentation, and the steps below them.

use textwrap::core::{Word, break_words, display_width};
use textwrap::word_splitters::split_words;
use textwrap::{LineEnding, Options, WordSeparator, WordSplitter, WrapAlgorithm};

/// @cache
pub fn wrapped(text: &str) -> Vec<String> {
    textwrap::wrap(text, 14).into_iter().map(Into::into).collect()
}

/// @cache
pub fn filled(text: &str) -> String {
    let options = Options::new(16)
        .initial_indent("- ")
        .subsequent_indent("  ")
        .break_words(false)
        .line_ending(LineEnding::CRLF);
    textwrap::fill(text, options)
}

/// @cache
pub fn filled_in_place(text: &str) -> String {
    let mut text = text.to_owned();
    textwrap::fill_inplace(&mut text, 10);
    text
}

/// @cache
pub fn refilled(text: &str) -> String {
    textwrap::refill(text, 30)
}

/// @cache
pub fn unfilled(text: &str) -> String {
    let (text, options) = textwrap::unfill(text);
    format!("{text:?} {} {:?} {:?}", options.width, options.initial_indent, options.subsequent_indent)
}

/// @cache
pub fn in_columns(text: &str) -> Vec<String> {
    textwrap::wrap_columns(text, 2, 40, "| ", " | ", " |")
}

/// @cache
pub fn indented(text: &str) -> String {
    textwrap::indent(text, "  # ")
}

/// @cache
pub fn dedented(text: &str) -> String {
    textwrap::dedent(text)
}

/// @cache
pub fn width(text: &str) -> usize {
    display_width(text)
}

/// @cache
pub fn words(text: &str) -> Vec<String> {
    let words = WordSeparator::AsciiSpace.find_words(text);
    words.map(|word| format!("{word:?}")).collect()
}

/// @cache
pub fn split(text: &str) -> Vec<String> {
    let words = WordSeparator::AsciiSpace.find_words(text);
    let parts = split_words(words, &WordSplitter::HyphenSplitter);
    parts.map(|word| word.word.to_owned()).collect()
}

/// @cache
pub fn broken(text: &str) -> Vec<String> {
    let words = break_words([Word::from(text)], 4);
    words.into_iter().map(|word| format!("{}|{}|{}", &*word, word.whitespace, word.penalty)).collect()
}

/// @cache
pub fn first_fit(text: &str) -> Vec<usize> {
    let words: Vec<Word<'_>> = text.split(' ').map(Word::from).collect();
    let lines = WrapAlgorithm::FirstFit.wrap(&words, &[9, 7]);
    lines.iter().map(|line| line.len()).collect()
}

const TEXTS: &[&str] = &[
    "Memoization that knows when the code changed.",
    "foo-bar  baz\n\nqux-quux  ",
    "    indented\n      more\n    less\n",
    "- bullet one\n  goes on\n- two\r\n",
    "> quoted text\n> in lines that go on and on\n",
    "/* a\n * b\n */",
    "Überlänge \u{1b}[31mred\u{1b}[0m 你好 x",
    "",
    "   ",
];

fn main() {
    table::print(&[
        ("wrapped", &|| table::of(TEXTS, |text| wrapped(text))),
        ("filled", &|| table::of(TEXTS, |text| filled(text))),
        ("filled_in_place", &|| table::of(TEXTS, |text| filled_in_place(text))),
        ("refilled", &|| table::of(TEXTS, |text| refilled(text))),
        ("unfilled", &|| table::of(TEXTS, |text| unfilled(text))),
        ("in_columns", &|| table::of(TEXTS, |text| in_columns(text))),
        ("indented", &|| table::of(TEXTS, |text| indented(text))),
        ("dedented", &|| table::of(TEXTS, |text| dedented(text))),
        ("width", &|| table::of(TEXTS, |text| width(text))),
        ("words", &|| table::of(TEXTS, |text| words(text))),
        ("split", &|| table::of(TEXTS, |text| split(text))),
        ("broken", &|| table::of(TEXTS, |text| broken(text))),
        ("first_fit", &|| table::of(TEXTS, |text| first_fit(text))),
    ]);
}

mod table;
