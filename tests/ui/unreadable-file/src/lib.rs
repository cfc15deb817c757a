//! A module that is no UTF-8.

pub mod latin;
