//! An include for another module than the one it stands in.

pub mod users {
    selfsame::include_generated!(mod orders);

    /// @cache
    fn count() -> u32 {
        1
    }
}
