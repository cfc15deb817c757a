//! The text of a manifest, written as it is made: it is as long as all else that is known of the functions.

use serde::Serialize;

/// An object with one entry after the other.
#[derive(Default)]
pub(super) struct Json {
    bytes: Vec<u8>,
    has_entries: bool,
}

impl Json {
    /// A value on the line of its name.
    pub(super) fn entry(&mut self, name: &str, value: &impl Serialize) {
        self.name(name);
        self.value(value);
    }

    /// A list, with a line for each value.
    pub(super) fn list(&mut self, name: &str, values: impl IntoIterator<Item = impl Serialize>) {
        self.name(name);
        let mut before = "[\n";
        for value in values {
            self.text(before);
            self.value(&value);
            before = ",\n";
        }
        self.text(if before == "[\n" { "[]" } else { "\n]" });
    }

    pub(super) fn finish(mut self) -> String {
        self.text("\n}\n");
        String::from_utf8(self.bytes).expect("JSON is UTF-8")
    }

    fn name(&mut self, name: &str) {
        self.text(if self.has_entries { ",\n" } else { "{\n" });
        self.has_entries = true;
        self.value(&name);
        self.text(": ");
    }

    fn value(&mut self, value: &impl Serialize) {
        serde_json::to_writer(&mut self.bytes, value).expect("strings, numbers and lists are JSON");
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_on_lines_of_their_own_and_so_do_the_values_of_lists() {
        let mut json = Json::default();
        json.entry("a", &1);
        json.list("none", [0; 0]);
        json.list("two", ["x", "\"y\""]);
        assert_eq!(
            json.finish(),
            "{\n\"a\": 1,\n\"none\": [],\n\"two\": [\n\"x\",\n\"\\\"y\\\"\"\n]\n}\n"
        );
    }
}
