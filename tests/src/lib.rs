//! Shared support of the end-to-end tests: crates made on the fly, expected files, servers, and a
//! worker process that calls this crate's own wrappers.

#[cfg(feature = "bench")]
pub mod benched;
pub mod black_hole;
pub mod certificates;
pub mod cli;
pub mod deployment;
pub mod disguise;
pub mod ear;
pub mod events;
pub mod expected;
pub mod functions;
pub mod history;
pub mod known_graph;
pub mod measure;
pub mod mutants;
pub mod pairs;
pub mod project;
pub mod proxy;
pub mod redis_cluster;
pub mod redis_sentinels;
pub mod redis_server;
pub mod rights;
pub mod scratch;
pub mod sham_server;
pub mod situations;
pub mod stage;
pub mod storage;
pub mod subject;
pub mod worker;

selfsame::include_generated!();
