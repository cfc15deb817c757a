//! Run-time half of selfsame.
mod cache;
mod clock;
mod codec;
mod entry;
mod error;
mod event;
mod evicted;
mod flight;
mod function;
mod include;
mod key;
mod l1;
mod memo;
mod private;
mod report;
mod shape;
mod shards;
mod stats;
pub mod store;
mod stored;
mod version;

/// What generated code names. Changes with the generator, and is no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}

pub use self::cache::{Cache, CacheBuilder};
pub use self::clock::{Clock, ManualClock, SystemClock};
pub use self::codec::Codec;
pub use self::entry::Fault;
pub use self::error::{Error, ErrorKind};
pub use self::event::{AloneReason, Event, Fate, Layer, MissReason, NoKey, NotStored, Operation};
pub use self::evicted::Evicted;
pub use self::function::Function;
pub use self::key::KeyPart;
pub use self::stats::{FunctionStats, Stats, stats};
pub use self::stored::Stored;
pub use self::version::Version;
