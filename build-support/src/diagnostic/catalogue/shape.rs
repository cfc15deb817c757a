//! Texts about functions no wrapper can be made for.
