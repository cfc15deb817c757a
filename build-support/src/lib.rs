//! Build-time half of selfsame.
mod analysis;
mod cargo;
mod depends;
mod diagnostic;
mod error;
mod fingerprint;
mod graph;
mod index;
mod marker;
mod output;
mod source;
