//! Which of the 16384 slots of a cluster a key lies in.

/// How many slots every cluster has.
pub(super) const SLOTS: usize = 16_384;

/// The slot of a key: by what stands between its first `{` and the next `}`, if anything does, and else by all of it.
pub(super) fn slot(key: &str) -> u16 {
    crc16(hashed(key).as_bytes()) % SLOTS as u16
}

fn hashed(key: &str) -> &str {
    let tag = key
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'));
    match tag {
        Some((tag, _)) if !tag.is_empty() => tag,
        _ => key,
    }
}

/// CRC-16/XMODEM, as the cluster specification asks for.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (crc << 8) ^ TABLE[usize::from((crc >> 8) as u8 ^ byte)]
    })
}

const TABLE: [u16; 256] = table();

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = (index as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        for (key, expected) in [
            ("", 0),
            ("foo", 12_182),
            ("bar", 5_061),
            ("{foo}bar", 12_182),
        ] {
            assert_eq!(slot(key), expected, "{key}");
        }
    }

    #[test]
    fn only_the_first_pair_of_braces_counts_and_only_if_something_is_in_it() {
        assert_eq!(slot("a{b}c{d}"), slot("b"));
        assert_eq!(slot("a{{b}}"), slot("{b"));
        for whole in ["a{}b{c}", "a{b", "a}b{"] {
            assert_eq!(hashed(whole), whole);
        }
    }

    #[test]
    fn an_entry_and_all_that_belongs_to_it_lie_in_one_slot() {
        let entry = crate::store::conformance::key("ns", 7).to_string();
        for beside in ["L", "D"] {
            assert_eq!(slot(&format!("{entry}:{beside}")), slot(&entry));
        }
    }
}
