//! SQLite's errors in our words.

use rusqlite::{Error, ErrorCode};

use crate::store::{StoreError, StoreErrorKind};

/// An error of the library. Its text is left out where it might quote a value.
pub(super) fn of(error: Error) -> StoreError {
    use StoreErrorKind as Kind;
    let Some(code) = error.sqlite_error_code() else {
        // A column of another type than ours, and the like: another layout.
        return Kind::Protocol.into();
    };
    let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
    let kind = match code {
        // How a quota or a limit of file size comes; a disk that is full has a code of its own. What is there can be read.
        _ if extended == rusqlite::ffi::SQLITE_IOERR_WRITE => Kind::Full,
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Kind::Busy,
        ErrorCode::OperationInterrupted => Kind::Timeout,
        ErrorCode::DiskFull | ErrorCode::OutOfMemory => Kind::Full,
        ErrorCode::ReadOnly
        | ErrorCode::PermissionDenied
        | ErrorCode::AuthorizationForStatementDenied => Kind::Denied,
        ErrorCode::NotADatabase
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::SchemaChanged
        | ErrorCode::TypeMismatch
        // `Unknown` is what a missing table or column gives.
        | ErrorCode::Unknown => Kind::Protocol,
        ErrorCode::TooBig => Kind::Refused,
        _ => Kind::Unavailable,
    };
    StoreError::new(kind).with_detail(rusqlite::ffi::code_to_str(extended))
}
