pub(crate) mod far {
    use std::iter as walk;

    /// Re-exported from the root.
    #[derive(Clone, Copy, Debug, serde::Serialize)]
    pub struct Shared(pub u8);

    /// @cache
    pub(crate) fn sum(numbers: &[usize]) -> usize {
        numbers.iter().copied().chain(walk::once(0)).sum()
    }
}
