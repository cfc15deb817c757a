macro_rules! text {
    ($name:expr) => {
        include_str!($name)
    };
}

/// @cache
pub fn query() -> String {
    text!("query.sql").to_owned()
}
