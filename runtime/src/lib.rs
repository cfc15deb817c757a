//! Run-time half of selfsame.
mod clock;
mod codec;
mod entry;
mod error;
mod evicted;
mod function;
mod key;
pub mod store;
mod version;

pub use self::clock::{Clock, ManualClock, SystemClock};
pub use self::codec::Codec;
pub use self::entry::Fault;
pub use self::error::{Error, ErrorKind};
pub use self::evicted::Evicted;
pub use self::function::Function;
pub use self::version::Version;
