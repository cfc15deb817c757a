//! [`Stored`]: what a value must be to live in a cache.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a cached function's value must be: it is encoded for stores, cloned for callers and shared between threads.
///
/// Implemented for every type that has these properties; never by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be stored in a cache",
    label = "a cached function returns this value, and `{Self}` is not `Serialize + DeserializeOwned + Clone + Send + Sync + 'static`",
    note = "derive `serde::Serialize`, `serde::Deserialize` and `Clone` for it, and return owned data",
    note = "of a `Result<T, E>` only the `T` is stored: nothing is asked of `E`"
)]
pub trait Stored: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Stored for T {}
