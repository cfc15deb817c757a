// What `selfsame-build` writes, by hand: this pins what generated code may rely on.

const _: () = __selfsame::assert_contract(5);
const _: () = __selfsame::assert_target(
    "generated",
    false,
    __selfsame::core::env!("CARGO_CRATE_NAME"),
    __selfsame::core::option_env!("CARGO_BIN_NAME").is_some(),
);

const __LATE: [__selfsame::Late; 1] = [
    __selfsame::Late::new()
        .cfg(__selfsame::core::cfg!(test), 0x5678_u128)
        .env(__selfsame::core::option_env!("GENERATED_NAME"), 0x9abc_u128),
];

/// Every function of this crate that carries an `@cache` marker.
pub const FUNCTIONS: &[__selfsame::Function] = &[
    __selfsame::Function::new("generated::app::users::permissions", users::PERMISSIONS_VERSION)
        .with_ttl_ms(300_000)
        .with_none_ms(30_000)
        .with_l1_ms(30_000)
        .with_codec(__selfsame::Codec::MessagePack),
    __selfsame::Function::new("generated::app::users::name", users::NAME_VERSION),
];

/// Wrappers of the marked functions of `crate::app::users`.
pub mod users {
    use super::{__LATE, __selfsame};
    use crate::app::users::{Db, DbError};

    /// Fingerprint of `crate::app::users::permissions` and everything it reaches.
    pub const PERMISSIONS_VERSION: __selfsame::Version = __LATE[0].version(0x1234_u128);

    /// Fingerprint of `crate::app::users::name` and everything it reaches.
    pub const NAME_VERSION: __selfsame::Version = __LATE[0].version(0x1235_u128);

    static PERMISSIONS: __selfsame::Memo = __selfsame::Memo::new(
        __selfsame::Function::new("generated::app::users::permissions", PERMISSIONS_VERSION)
            .with_ttl_ms(300_000)
            .with_none_ms(30_000)
            .with_l1_ms(30_000)
            .with_codec(__selfsame::Codec::MessagePack),
    );

    static NAME: __selfsame::Memo =
        __selfsame::Memo::new(__selfsame::Function::new("generated::app::users::name", NAME_VERSION));

    static LONGEST: __selfsame::Memo = __selfsame::Memo::new(__selfsame::Function::new(
        "generated::app::users::longest",
        __selfsame::Version::from_bits(0x1236_u128),
    ));

    static DOUBLED: __selfsame::Memo = __selfsame::Memo::new(__selfsame::Function::new(
        "generated::app::users::Scale::doubled",
        __selfsame::Version::from_bits(0x1237_u128),
    ));

    /// Answers like `crate::app::users::permissions`, from the cache where it can.
    ///
    /// # Errors
    ///
    /// Those of `crate::app::users::permissions`.
    pub async fn cached_permissions(
        db: &Db,
        user_id: u64,
    ) -> __selfsame::core::result::Result<::std::vec::Vec<u64>, DbError> {
        let key = PERMISSIONS.key(|parts| {
            parts.part(&user_id);
        });
        PERMISSIONS
            .fetch_async(
                key,
                __selfsame::shape!(__selfsame::core::result::Result<::std::vec::Vec<u64>, DbError>),
                move || crate::app::users::permissions(db, user_id),
            )
            .await
    }

    /// Computes and stores what `crate::app::users::permissions` returns now.
    ///
    /// # Errors
    ///
    /// Those of `crate::app::users::permissions`.
    pub async fn refresh_permissions(
        db: &Db,
        user_id: u64,
    ) -> __selfsame::core::result::Result<::std::vec::Vec<u64>, DbError> {
        let key = PERMISSIONS.key(|parts| {
            parts.part(&user_id);
        });
        PERMISSIONS
            .refresh_async(
                key,
                __selfsame::shape!(__selfsame::core::result::Result<::std::vec::Vec<u64>, DbError>),
                move || crate::app::users::permissions(db, user_id),
            )
            .await
    }

    /// Makes the entry of this call unusable everywhere.
    pub async fn evict_permissions(user_id: u64) -> __selfsame::Evicted {
        PERMISSIONS
            .evict_async(PERMISSIONS.key(move |parts| {
                parts.part(&user_id);
            }))
            .await
    }

    /// Makes every entry of `crate::app::users::permissions` unusable everywhere.
    pub async fn clear_permissions() -> __selfsame::Evicted {
        PERMISSIONS.clear_async().await
    }

    /// Looks for the value of this call without computing it.
    pub async fn peek_permissions(
        user_id: u64,
    ) -> __selfsame::core::option::Option<
        <__selfsame::core::result::Result<::std::vec::Vec<u64>, DbError> as __selfsame::Returns>::Value,
    > {
        let key = PERMISSIONS.key(|parts| {
            parts.part(&user_id);
        });
        PERMISSIONS
            .peek_async(
                key,
                __selfsame::shape!(__selfsame::core::result::Result<::std::vec::Vec<u64>, DbError>),
            )
            .await
    }

    /// Stores a value as the entry of this call.
    pub async fn put_permissions(
        user_id: u64,
        value: <__selfsame::core::result::Result<::std::vec::Vec<u64>, DbError> as __selfsame::Returns>::Value,
    ) {
        let key = PERMISSIONS.key(|parts| {
            parts.part(&user_id);
        });
        PERMISSIONS
            .put_async(
                key,
                __selfsame::shape!(__selfsame::core::result::Result<::std::vec::Vec<u64>, DbError>),
                value,
            )
            .await;
    }

    /// Answers like `crate::app::users::name`, from the cache where it can.
    #[must_use]
    pub fn cached_name(first: ::std::string::String, last: &str) -> __selfsame::core::option::Option<::std::string::String> {
        let key = NAME.tagged_key(
            |parts| {
                parts.part(&first);
                parts.part(&last);
            },
            |tags| {
                tags.tag(__selfsame::core::format_args!("name:{first}"));
            },
        );
        NAME.fetch_owned(
            key,
            __selfsame::shape!(__selfsame::core::option::Option<::std::string::String>),
            move || {
                let first = __selfsame::keep(first);
                let last = __selfsame::Own::of(last);
                move || crate::app::users::name(first, last.get())
            },
        )
    }

    /// Looks for what this call would return without computing it.
    #[must_use]
    pub fn peek_name(
        first: &str,
        last: &str,
    ) -> __selfsame::core::option::Option<__selfsame::core::option::Option<::std::string::String>> {
        let key = NAME.key(|parts| {
            parts.part(&first);
            parts.part(&last);
        });
        NAME.peek_output(key, __selfsame::shape!(__selfsame::core::option::Option<::std::string::String>))
    }

    /// Stores what this call would return.
    pub fn put_name(first: &str, last: &str, value: __selfsame::core::option::Option<::std::string::String>) {
        let key = NAME.key(|parts| {
            parts.part(&first);
            parts.part(&last);
        });
        NAME.put_output(
            key,
            __selfsame::shape!(__selfsame::core::option::Option<::std::string::String>),
            value,
        );
    }

    /// Makes the entry of this call unusable everywhere.
    pub fn evict_name(first: &str, last: &str) -> __selfsame::Evicted {
        NAME.evict(NAME.key(move |parts| {
            parts.part(&first);
            parts.part(&last);
        }))
    }

    /// Answers like `crate::app::users::longest`, from the cache where it can.
    #[must_use]
    pub fn cached_longest<T, const N: usize>(items: [T; N]) -> T
    where
        T: __selfsame::core::marker::Copy + __selfsame::Stored + __selfsame::core::cmp::Ord,
    {
        let key = LONGEST.key(|parts| {
            parts.generic::<T>();
            parts.part(&N);
            parts.part(&items[..]);
        });
        LONGEST.fetch(key, __selfsame::shape!(T), move || crate::app::users::longest::<T, N>(items))
    }

    impl crate::app::users::Scale {
        /// Fingerprint of `crate::app::users::Scale::doubled` and everything it reaches.
        pub const DOUBLED_VERSION: __selfsame::Version = __selfsame::Version::from_bits(0x1237_u128);

        /// Answers like `crate::app::users::Scale::doubled`, from the cache where it can.
        #[must_use]
        pub fn cached_doubled(&self, number: u32) -> u32 {
            let key = DOUBLED.key(|parts| {
                parts.part(&self.factor);
                parts.part(&number);
            });
            DOUBLED.fetch(key, __selfsame::shape!(u32), move || self.doubled(number))
        }
    }
}

/// Tags of the marked functions.
pub mod tags {
    use super::__selfsame;

    /// The tag `name:{first}`.
    #[must_use]
    pub fn name(first: &str) -> __selfsame::Tag {
        __selfsame::tag(__selfsame::core::format_args!("name:{first}"))
    }
}
