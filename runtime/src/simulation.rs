//! The read path under everything that can go wrong, in an order that a seed decides.
//!
//! Some instances, each a cache with its own clock, share one simulated store. What they ask of it is a message that
//! arrives and is answered in steps of their own; calls are real ones, polled by hand. Between two steps anything may
//! happen: requests and answers are lost, links fall silent, instances crash, clocks stand still, the store forgets. A
//! [`Judge`](judge::Judge) sees all of it and knows which values are too old for whom.
//!
//! That it would notice is shown too: each of the [`breaks`] of the protocol must be caught within the same budget.

pub(crate) mod breaks;
mod calls;
mod clock;
mod domain;
mod drain;
mod faults;
mod fleet;
mod hub;
mod instance;
mod judge;
mod link;
mod message;
mod plan;
mod port;
mod server;
mod tests;
mod trace;
mod work;
mod world;
