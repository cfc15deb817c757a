//! [`include_generated!`](crate::include_generated): where the generated wrappers enter a crate.

/// Declares the module with the generated wrappers. Once, at the crate root:
///
/// ```ignore
/// selfsame::include_generated!();                    // `pub mod cached`
/// selfsame::include_generated!(as hot);              // under another name
/// selfsame::include_generated!(bin = "tool");        // in a binary beside the library or beside other binaries
/// selfsame::include_generated!(bin = "tool", as hot);
/// ```
///
/// Inside a module whose functions use names that can't be reached from the crate root, with that module's path:
///
/// ```ignore
/// selfsame::include_generated!(mod users::sql);      // the wrappers of `crate::users::sql`, private names and all
/// selfsame::include_generated!(bin = "tool", mod users::sql);
/// ```
///
/// The code is written by `selfsame-build`; a build script that does not call `selfsame_build::generate()` leaves
/// nothing to include, or what an earlier one has written for other code. The compiler says so either way.
#[macro_export]
macro_rules! include_generated {
    () => {
        $crate::__include_root!(cached, "/selfsame.rs");
    };
    (as $name:ident) => {
        $crate::__include_root!($name, "/selfsame.rs");
    };
    (bin = $bin:literal) => {
        $crate::__include_root!(cached, "/selfsame-bin-", $bin, ".rs");
    };
    (bin = $bin:literal, as $name:ident) => {
        $crate::__include_root!($name, "/selfsame-bin-", $bin, ".rs");
    };
    (mod $first:ident $(:: $rest:ident)*) => {
        $crate::__include_module!("/selfsame/", $first $(, $rest)*);
    };
    (bin = $bin:literal, mod $first:ident $(:: $rest:ident)*) => {
        $crate::__include_module!(::core::concat!("/selfsame-bin-", $bin, "/"), $first $(, $rest)*);
    };
}

/// The module at the crate root.
#[doc(hidden)]
#[macro_export]
macro_rules! __include_root {
    ($name:ident, $($path:literal),+) => {
        /// Cached versions of the functions that are marked with `@cache`, in the modules of the originals.
        #[allow(dead_code, unused_imports, unexpected_cfgs, deprecated)]
        pub mod $name {
            use $crate::__private as __selfsame;
            $crate::__require_generated!();
            ::core::include!(::core::concat!(::core::env!("OUT_DIR"), $($path),+));
        }
    };
}

/// The module inside the module whose functions it wraps.
#[doc(hidden)]
#[macro_export]
macro_rules! __include_module {
    ($folder:expr, $first:ident $(, $rest:ident)*) => {
        /// Cached versions of the functions of this module that are marked with `@cache`.
        #[allow(dead_code, unused_imports, unexpected_cfgs, deprecated)]
        pub mod cached {
            use super::*;
            use $crate::__private as __selfsame;
            $crate::__require_generated!();
            ::core::include!(::core::concat!(
                ::core::env!("OUT_DIR"), $folder, ::core::stringify!($first) $(, "/", ::core::stringify!($rest))*, ".rs"
            ));
        }
    };
}

/// The build script has called `generate()` this time.
#[doc(hidden)]
#[macro_export]
macro_rules! __require_generated {
    () => {
        const _: () = $crate::__private::assert_generated(
            ::core::option_env!("SELFSAME_GENERATED"),
            ::core::env!("OUT_DIR"),
        );
    };
}
