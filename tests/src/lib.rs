//! Shared support of the end-to-end tests.

pub mod redis_server;
