//! A module without a file.

pub mod absent;

#[path = "elsewhere/there.rs"]
pub mod redirected;
