//! Texts about functions no wrapper can be made for, and about their parameters and names.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Location;

/// What to do where the function itself must stay as it is.
const WRAP_IT: &str = "mark a plain function that calls it";

/// `unsafe fn`.
pub(crate) fn unsafe_function(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedShape,
        location,
        format!("`{name}` is unsafe, and its wrapper could not keep its contract"),
    )
    .with_help(format!(
        "{WRAP_IT} inside `unsafe {{ … }}` and answers for it"
    ))
}

/// `extern fn`.
pub(crate) fn extern_function(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedShape,
        location,
        format!("`{name}` has a foreign calling convention"),
    )
    .with_help(WRAP_IT)
}

/// `fn(…, ...)`.
pub(crate) fn variadic(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedShape,
        location,
        format!("`{name}` takes any number of arguments"),
    )
    .with_help(format!("{WRAP_IT} with the arguments it needs"))
}

/// A default method of a trait.
pub(crate) fn trait_default(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(Code::UnsupportedShape, location, format!("`{name}` is a trait's own method, the same for every type"))
        .with_help("mark the method in the `impl` of each type that is cached, or a free function that calls it")
}

/// An impl of a trait for a type of another crate.
pub(crate) fn foreign_type(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(Code::UnsupportedShape, location, format!("`{name}` is a method of a type that another crate defines"))
        .with_help("wrappers are methods of the type itself, which only its own crate can add: mark a free function that calls it")
}

/// An impl whose type is no plain path.
pub(crate) fn unnamed_type(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedShape,
        location,
        format!("`{name}` is a method of a type without a name of its own"),
    )
    .with_help(
        "wrappers are methods of a struct, enum or union: mark a free function that calls it",
    )
}

/// `-> impl Trait`.
pub(crate) fn opaque_return(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedReturn,
        location,
        format!("`{name}` returns an `impl` type, which can't be read back from a store"),
    )
    .with_help("return a named type: `Vec<T>` for an iterator; for a future, write `async fn`")
}

/// A return type that borrows.
pub(crate) fn borrowed_return(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedReturn,
        location,
        format!("`{name}` returns a borrowed value, which can't outlive the call in a store"),
    )
    .with_help("return an owned value: `String` for `&str`, `Vec<T>` for `&[T]`")
}

/// `-> !`.
pub(crate) fn never_returns(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedReturn,
        location,
        format!("`{name}` never returns, so there is nothing to store"),
    )
    .with_help("remove the marker")
}

/// A function under `cfg(test)`.
pub(crate) fn test_only(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedPlace,
        location,
        format!(
            "`{name}` exists in tests only, and generated code is the same for tests and builds"
        ),
    )
    .with_help("move the function out of `#[cfg(test)]`, or remove the marker")
}

/// A function inside another.
pub(crate) fn in_body(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnsupportedPlace,
        location,
        format!("`{name}` stands inside a function body, where no generated code can call it"),
    )
    .with_help("move the function into a module, or remove the marker")
}

/// A function the generated module can't name; `module` is empty for the crate root.
pub(crate) fn private_function(location: Location, name: &str, module: &str) -> Diagnostic {
    Diagnostic::new(
        Code::PrivateFunction,
        location,
        format!("the generated module can't call `{name}`: it is private to `{module}`"),
    )
    .with_help(format!("make it `pub(crate)`, or {}", own_include(module)))
}

/// A function in a module the generated module can't name.
pub(crate) fn hidden_module(location: Location, name: &str, module: &str) -> Diagnostic {
    Diagnostic::new(Code::PrivateFunction, location, format!("the generated module can't call `{name}`: no path from the crate root leads to `{module}`"))
        .with_help(format!("make the modules on the way `pub(crate)`, or {}", own_include(module)))
}

/// The second edit for everything private.
fn own_include(module: &str) -> String {
    format!(
        "put `selfsame::include_generated!(mod {module});` into module `{module}`, which places its wrappers there"
    )
}

/// A name of the signature or of a key expression that is private.
pub(crate) fn private_name(location: Location, name: &str, module: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnreachableName,
        location,
        format!("the generated module can't use `{name}`: no path from the crate root leads to it"),
    )
    .with_help(format!("make it `pub(crate)`, or {}", own_include(module)))
}

/// A name that nothing known defines.
pub(crate) fn unknown_name(location: Location, name: &str, module: &str) -> Diagnostic {
    let help = if module.is_empty() {
        "import the name with a `use` that spells it out".to_owned()
    } else {
        format!(
            "import it with a `use` that spells it out, or {}",
            own_include(module)
        )
    };
    Diagnostic::new(
        Code::UnreachableName,
        location,
        format!("nothing in sight defines `{name}`; it may be the product of a macro"),
    )
    .with_help(help)
}

/// A local macro in a key expression.
pub(crate) fn local_macro(location: Location, name: &str, module: &str) -> Diagnostic {
    let help = if module.is_empty() {
        "call a function instead".to_owned()
    } else {
        format!("call a function instead, or {}", own_include(module))
    };
    Diagnostic::new(Code::UnreachableName, location, format!("the generated module can't use the macro `{name}!`, which is known by its place in the text only"))
        .with_help(help)
}

/// A method whose receiver nobody decided about.
pub(crate) fn receiver_undecided(location: Location, name: &str, has_key: bool) -> Diagnostic {
    let message =
        format!("is `self` part of the key of `{name}`? neither `skip` nor `key` says so");
    let key = if has_key {
        "add `self`, or what of it counts, to `key(…)`"
    } else {
        "write what of it counts: `key(self.id, …)`"
    };
    Diagnostic::new(Code::ReceiverUndecided, location, message).with_help(format!(
        "write `skip(self)` if the result does not depend on the receiver; otherwise {key}"
    ))
}

/// An `impl Trait` parameter.
pub(crate) fn opaque_parameter(location: Location, name: &str, shown: &str) -> Diagnostic {
    Diagnostic::new(Code::UnkeyableParameter, location, format!("`{name}: {shown}` can't be part of a key"))
        .with_help(format!("use what counts of it in `key(…)`, such as `key({name}.as_ref())`; leave it out with `skip({name})`; or add `+ serde::Serialize`"))
}

/// A `dyn` parameter.
pub(crate) fn dynamic_parameter(location: Location, name: &str, shown: &str) -> Diagnostic {
    Diagnostic::new(Code::UnkeyableParameter, location, format!("`{name}: {shown}` can't be part of a key"))
        .with_help(format!("leave it out with `skip({name})` if the result does not depend on it, or use what counts of it in `key(…)`, such as `key({name}.id())`"))
}

/// A `&mut` parameter.
pub(crate) fn mutable_parameter(location: Location, name: &str) -> Diagnostic {
    Diagnostic::new(Code::UnkeyableParameter, location, format!("`{name}` is taken by `&mut`, and a hit would not change `{name}`"))
        .with_help(format!("return what changes instead; if the change does not matter to callers, leave it out with `skip({name})`"))
}

/// A pattern of which `skip` names only some bindings.
pub(crate) fn partly_skipped(location: Location, skipped: &str, rest: &str) -> Diagnostic {
    Diagnostic::new(
        Code::UnknownParameter,
        location,
        format!("`{skipped}` is part of a pattern, and {rest} of the same parameter stays"),
    )
    .with_help("name every binding of the pattern in `skip`, or write the key with `key(…)`")
}

/// A helper's name that something else has.
pub(crate) fn name_taken(
    location: Location,
    function: &str,
    helper: &str,
    other: Location,
    what: &str,
) -> Diagnostic {
    Diagnostic::new(
        Code::NameTaken,
        location,
        format!("the wrapper `{helper}` of `{function}` has a name that is taken"),
    )
    .with_related(other, what)
    .with_help(format!(
        "rename `{function}`, or the other: a wrapper would silently take its place"
    ))
}
