//! Just enough CSV for the two data files: commas, and double quotes around a field that has one.

/// The data rows of a file, without its heading line.
pub(crate) fn rows(text: &str) -> impl Iterator<Item = Vec<String>> + '_ {
    text.lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(fields)
}

/// The fields of one line.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields
                .last_mut()
                .expect("starts with one field")
                .push(character),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_quoted_comma_stays_in_its_field() {
        let read: Vec<_> = rows("id,name,country\n1,\"Misato, Saitama\",JP\n").collect();
        assert_eq!(read, [["1", "Misato, Saitama", "JP"]]);
    }
}
