//! Café.
