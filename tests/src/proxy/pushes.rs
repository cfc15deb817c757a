//! What a server says unasked, told from its replies, and brought into disorder.

use fastrand::Rng;

/// Messages that came before the reply that must not overtake them.
#[derive(Debug, Default)]
pub(super) struct Pushes {
    held: Vec<Vec<u8>>,
    /// The beginning of a message whose end has not come.
    rest: Vec<u8>,
}

impl Pushes {
    /// What to pass on of these bytes: replies, each after the messages that came before it, in some order.
    pub(super) fn shuffle(&mut self, bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
        self.rest.extend_from_slice(bytes);
        let mut passed = Vec::new();
        while let Some(length) = message(&self.rest) {
            let message: Vec<u8> = self.rest.drain(..length).collect();
            if message[0] == b'>' {
                self.held.push(message);
            } else {
                rng.shuffle(&mut self.held);
                passed.extend(self.held.drain(..).flatten());
                passed.extend(message);
            }
        }
        passed
    }

    /// All that was held, then these bytes.
    pub(super) fn flush(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut passed: Vec<u8> = self.held.drain(..).flatten().collect();
        passed.append(&mut self.rest);
        passed.extend_from_slice(bytes);
        passed
    }
}

/// The length of the first message in RESP3, once all of it is there.
fn message(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    let head = line + 2;
    let number = || {
        std::str::from_utf8(&bytes[1..line])
            .ok()?
            .parse::<i64>()
            .ok()
    };
    match bytes[0] {
        b'$' | b'=' | b'!' => {
            // -1 is the length of nothing, which has no end either.
            let end = usize::try_from(number()?).map_or(head, |length| head + length + 2);
            (bytes.len() >= end).then_some(end)
        }
        b'*' | b'>' | b'~' => messages(bytes, head, number()?),
        b'%' | b'|' => messages(bytes, head, number()? * 2),
        _ => Some(head),
    }
}

/// The length of `count` messages after the head.
fn messages(bytes: &[u8], head: usize, count: i64) -> Option<usize> {
    let mut end = head;
    for _ in 0..count {
        end += message(bytes.get(end..)?)?;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWS: &[u8] = b">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n";
    const OTHER: &[u8] = b">2\r\n+message\r\n$-1\r\n";
    const REPLY: &[u8] = b"+PONG\r\n";

    #[test]
    fn no_reply_overtakes_a_message() {
        let all = [NEWS, OTHER, REPLY, NEWS].concat();
        for cut in 0..all.len() {
            let (mut pushes, mut rng) = (Pushes::default(), Rng::with_seed(cut as u64));
            let mut passed = pushes.shuffle(&all[..cut], &mut rng);
            passed.extend(pushes.shuffle(&all[cut..], &mut rng));
            let expected = [[NEWS, OTHER, REPLY].concat(), [OTHER, NEWS, REPLY].concat()];
            assert!(expected.contains(&passed), "cut at {cut}");
            assert_eq!(pushes.flush(REPLY), [NEWS, REPLY].concat());
        }
    }
}
