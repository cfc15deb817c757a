//! Build-time half of selfsame.
