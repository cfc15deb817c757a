//! Texts about markers.
