//! Rates.
pub fn rate(article: &str) -> u32 {
    base(article.len() as u32)
}

fn base(length: u32) -> u32 {
    length * 3
}

pub fn unasked() -> u32 {
    4
}
