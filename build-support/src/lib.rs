//! Build-time half of selfsame.
mod diagnostic;
mod error;
mod index;
mod marker;
mod source;
