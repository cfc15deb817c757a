//! Functions in places where no wrapper can be made.

/// Has a function of its own.
pub fn outer() -> u32 {
    /// @cache
    fn nested() -> u32 {
        1
    }
    nested()
}

#[cfg(test)]
mod tests {
    /// @cache
    pub fn only_in_tests() -> u32 {
        2
    }
}
