//! Generated code against this crate: it compiles under the strictest settings, and does what it says.

#![deny(warnings, missing_docs, clippy::pedantic)]

/// An application whose own names are in the way.
#[no_implicit_prelude]
pub mod app {
    /// Its users.
    pub mod users {
        use ::std::sync::atomic::{AtomicUsize, Ordering};

        /// Not the ones of the prelude.
        #[expect(dead_code, reason = "they are only in the way")]
        mod own {
            pub(super) struct Result;
            pub(super) struct Option;
            pub(super) struct String;
            pub(super) struct Vec;
        }
        #[allow(unused_imports, reason = "they are only in the way")]
        use self::own::{Option, Result, String, Vec};

        /// Counts what it is asked.
        #[derive(::std::fmt::Debug, ::std::default::Default)]
        pub struct Db {
            /// How often that was.
            pub asked: AtomicUsize,
        }

        /// Neither `Serialize` nor `Clone` nor `Send`.
        #[derive(::std::fmt::Debug)]
        pub struct DbError(#[allow(dead_code, reason = "for its kind only")] pub ::std::rc::Rc<u8>);

        /// Permissions of one user.
        ///
        /// # Errors
        ///
        /// Where there is no such user.
        pub async fn permissions(
            db: &Db,
            user_id: u64,
        ) -> ::core::result::Result<::std::vec::Vec<u64>, DbError> {
            ::std::future::ready(()).await;
            db.asked.fetch_add(1, Ordering::SeqCst);
            if user_id == 0 {
                return ::core::result::Result::Err(DbError(::std::rc::Rc::new(0)));
            }
            ::core::result::Result::Ok(::std::vec![user_id, 7])
        }

        /// A whole name.
        #[must_use]
        pub fn name(
            first: ::std::string::String,
            last: &str,
        ) -> ::core::option::Option<::std::string::String> {
            ::core::option::Option::Some(first + last)
        }

        /// The longest of some items.
        #[must_use]
        pub fn longest<T: ::core::cmp::Ord + ::core::marker::Copy, const N: usize>(
            items: [T; N],
        ) -> T {
            let mut longest = items[0];
            for item in items {
                longest = ::core::cmp::Ord::max(longest, item);
            }
            longest
        }

        /// A type with a marked method.
        #[derive(::std::fmt::Debug)]
        pub struct Scale {
            /// By what it multiplies.
            pub factor: u32,
        }

        impl Scale {
            /// Twice the product.
            #[must_use]
            pub fn doubled(&self, number: u32) -> u32 {
                2 * self.factor * number
            }
        }
    }
}

/// As `include_generated!` declares it, but for the place of the file.
#[allow(dead_code, unused_imports, unexpected_cfgs, deprecated)]
#[no_implicit_prelude]
pub mod cached {
    use ::selfsame::__private as __selfsame;
    ::core::include!("generated/selfsame.rs");
}

use std::sync::atomic::Ordering;

use app::users::{Db, Scale};
use cached::users;
use selfsame::{Cache, ErrorKind, Evicted};

#[tokio::test]
async fn a_marked_function_is_answered_from_its_wrapper() {
    let db = Db::default();

    assert_eq!(users::cached_permissions(&db, 42).await.unwrap(), [42, 7]);
    assert_eq!(users::cached_permissions(&db, 42).await.unwrap(), [42, 7]);
    assert_eq!(db.asked.load(Ordering::SeqCst), 1);

    assert_eq!(users::evict_permissions(42).await, Evicted::Done);
    assert_eq!(users::peek_permissions(42).await, None);
    users::put_permissions(42, vec![1]).await;
    assert_eq!(users::cached_permissions(&db, 42).await.unwrap(), [1]);
    assert_eq!(users::refresh_permissions(&db, 42).await.unwrap(), [42, 7]);
    assert_eq!(users::peek_permissions(42).await, Some(vec![42, 7]));

    assert!(users::cached_permissions(&db, 0).await.is_err());
    let stats = selfsame::stats();
    let stats = stats
        .function("generated::app::users::permissions")
        .unwrap();
    assert_eq!((stats.computes, stats.failures), (2, 1));
}

#[test]
fn a_wrapper_of_a_plain_function_takes_its_arguments() {
    assert_eq!(users::cached_name("A".into(), "b").as_deref(), Some("Ab"));
    assert_eq!(users::peek_name("A", "b"), Some(Some("Ab".to_owned())));
    users::put_name("A", "b", None);
    assert_eq!(users::cached_name("A".into(), "b"), None);
    assert_eq!(users::evict_name("A", "b"), Evicted::Done);
    assert_eq!(users::peek_name("A", "b"), None);
    assert_eq!(cached::tags::name("A").as_str(), "name:A");
}

#[test]
fn generic_functions_and_methods_have_wrappers() {
    assert_eq!(users::cached_longest([1_u8, 3, 2]), 3);
    assert_eq!(users::cached_longest([1_u16, 4]), 4);
    assert_eq!(Scale { factor: 3 }.cached_doubled(2), 12);
    assert_eq!(Scale { factor: 4 }.cached_doubled(2), 16);
}

#[test]
fn wrappers_are_send_where_their_functions_are() {
    fn assert_send<T: Send>(_: T) {}
    let db = Db::default();

    assert_send(users::cached_permissions(&db, 1));
    assert_send(users::refresh_permissions(&db, 1));
    assert_send(users::peek_permissions(1));
    assert_send(users::put_permissions(1, Vec::new()));
    assert_send(users::evict_permissions(1));
    assert_send(users::clear_permissions());
}

#[test]
fn a_cache_is_installed_before_the_first_call_or_not_at_all() {
    let _ = users::cached_longest([1_u32]);

    let error = Cache::builder().url("memory:").install().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AlreadyInstalled);
}

#[test]
fn the_table_of_functions_says_what_the_markers_said() {
    let paths = cached::FUNCTIONS.iter().map(selfsame::Function::path);

    assert!(paths.eq([
        "generated::app::users::permissions",
        "generated::app::users::name"
    ]));
    assert_eq!(cached::FUNCTIONS[0].version(), users::PERMISSIONS_VERSION);
}
