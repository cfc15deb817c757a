//! Which lines of documentation begin a marker: the one place that knows what is prose and what is code.

/// What a marker begins with.
pub(super) const WORD: &str = "@cache";

/// Whether a text can hold a marker at all.
pub(crate) fn may_mark(text: &str) -> bool {
    text.contains(WORD)
}

/// Goes through documentation line by line.
#[derive(Default)]
pub(super) struct Scan {
    fence: Option<Fence>,
}

impl Scan {
    /// Where on the next line a marker begins, if one does.
    pub(super) fn line(&mut self, text: &str) -> Option<Start> {
        match &self.fence {
            Some(open) if open.is_closed_by(text) => self.fence = None,
            Some(_) => {}
            None => {
                self.fence = Fence::opened_by(text);
                return Start::of(text).filter(|_| self.fence.is_none());
            }
        }
        None
    }
}

/// The numbers of the lines that begin a marker.
pub(crate) fn starts<'l>(lines: impl IntoIterator<Item = &'l str>) -> Vec<usize> {
    let mut scan = Scan::default();
    let numbered = lines.into_iter().enumerate();
    numbered
        .filter_map(|(number, line)| scan.line(line).map(|_| number))
        .collect()
}

/// A fenced code block: what opened it.
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let line = line.trim_start();
        let mark = line
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        // A backtick in the info string makes it inline code: ```like this```.
        (length >= 3 && !(mark == '`' && info.contains('`'))).then_some(Self { mark, length })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }
}

/// Where on a line a marker begins.
pub(super) struct Start {
    pub(super) column: usize,
    /// How many stand before it; as many must follow it.
    pub(super) backticks: usize,
}

impl Start {
    fn of(line: &str) -> Option<Self> {
        let trimmed = line.trim_start();
        let word = trimmed.trim_start_matches('`');
        let rest = word.strip_prefix(WORD)?;
        // `@cached`, `@cache_put`, `@cache-control` are other words.
        if rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-')) {
            return None;
        }
        Some(Self {
            column: line.len() - word.len(),
            backticks: trimmed.len() - word.len(),
        })
    }
}
