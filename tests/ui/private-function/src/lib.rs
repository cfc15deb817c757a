//! Functions the generated module can't call.

pub mod inner {
    /// @cache
    fn private() -> u32 {
        1
    }

    pub mod deeper {
        /// @cache
        pub(super) fn nearly_private() -> u32 {
            super::private()
        }
    }
}
