//! Markers without a crate around them: for tests, and for bytes that nobody has chosen.

use std::path::Path;

use super::{Marker, parse};
use crate::diagnostic::Diagnostics;
use crate::index::{DocLine, ItemId, Marked, ModuleId, Owner, Place};
use crate::source::{Location, SourceFile, SourceSet};

/// The marker of a function with these lines above it, and the report.
pub(super) fn read(lines: &str) -> (Option<Marker>, String) {
    let mut sources = SourceSet::default();
    let file = sources.push(SourceFile::new(
        Path::new("src/lib.rs"),
        "src/lib.rs".to_owned(),
        lines.to_owned(),
    ));
    let mut docs = Vec::new();
    let mut start = 0;
    for line in sources.file(file).text.split_inclusive('\n') {
        let trimmed = line.trim_end_matches('\n');
        if let Some(at) = trimmed.find("///") {
            let text = trimmed[at + 3..].to_owned();
            let from = start + at + 3;
            let location = Location {
                file,
                start: from as u32,
                end: (from + text.len()) as u32,
            };
            docs.push(DocLine { text, location });
        }
        start += line.len();
    }
    let marked = Marked {
        item: ItemId(0),
        module: ModuleId(0),
        signature: Location {
            file,
            start: 0,
            end: 0,
        },
        docs,
        owner: Owner::Free,
        place: Place::Ordinary,
    };
    let mut diagnostics = Diagnostics::default();
    let marker = parse(&marked, &sources, &mut diagnostics);
    (marker, diagnostics.report(&sources))
}

/// Reads any text as what follows `@cache`: where that opens a list, there is a marker or a reason why not.
pub(crate) fn read_any(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).replace('\n', "\n/// ");
    let (marker, report) = read(&format!("/// @cache{text}\n"));
    assert!(
        !text.starts_with('(') || marker.is_some() || !report.is_empty(),
        "neither a marker nor a problem: {text:?}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fuzz target for this has no place in CI; some thousand of its steps have.
    #[test]
    fn any_text_is_a_marker_or_a_problem() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus/marker");
        let samples: Vec<Vec<u8>> = std::fs::read_dir(corpus)
            .unwrap()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect();
        let mut dice = fastrand::Rng::with_seed(0x5E1F);
        for sample in &samples {
            read_any(sample);
        }
        for _ in 0..5_000 {
            let mut bytes = dice.choice(&samples).unwrap().clone();
            for _ in 0..dice.usize(1..5) {
                change(&mut bytes, &mut dice);
            }
            read_any(&bytes);
        }
    }

    /// Changes, adds or takes away something that means something to the parser, or does not.
    fn change(bytes: &mut Vec<u8>, dice: &mut fastrand::Rng) {
        const PIECES: [&[u8]; 12] = [
            b"(",
            b")",
            b"\"",
            b",",
            b"=",
            b"{",
            b"}",
            b"\n",
            b"@cache",
            b"ttl",
            b"\xC3\xA4",
            b"\\",
        ];
        let at = dice.usize(..=bytes.len());
        let until = dice.usize(at..=bytes.len()).min(at + 4);
        let piece = dice.choice(PIECES).unwrap_or_default();
        match dice.u8(..3) {
            0 => drop(bytes.drain(at..until)),
            1 => drop(bytes.splice(at..at, piece.iter().copied())),
            _ => drop(bytes.splice(at..until, [dice.u8(..)])),
        }
    }
}
