//! Run-time half of selfsame.
