//! What of a return type is the value: decided by the type, not by its spelling.
//!
//! `shape!(R)` chooses between `Result<Option<T>, E>`, `Result<T, E>`, `Option<T>` and anything else by autoref
//! specialisation: method lookup takes the first receiver that fits, and each of the four fits one reference earlier
//! than the next. So aliases like `io::Result` are seen through. Where the type is a bare generic parameter nothing is
//! known of it, and it is stored as it is. In the same way it is found out whether values are [`Copy`].

use std::fmt;
use std::marker::PhantomData;

#[cfg(test)]
mod tests;

/// How a function's output and its value belong together. Implementations are zero-sized, `Send` and `Sync` whatever
/// the types are.
pub trait Shape: Copy + Send + Sync + 'static {
    /// What the function returns.
    type Output;
    /// What is stored of it.
    type Value;

    /// Copies a value without running anything of the user's; where it is known that this can be done.
    const COPY: Option<CopyOf<Self::Value>> = None;

    /// The value of an output; an output that has none (an error) comes back.
    ///
    /// # Errors
    ///
    /// The output itself.
    fn open(output: Self::Output) -> Result<Self::Value, Self::Output>;

    /// The output that has this value.
    fn close(value: Self::Value) -> Self::Output;

    /// Whether the value says that there is nothing.
    fn is_none(value: &Self::Value) -> bool;
}

/// Makes a copy of a value that it is lent.
pub(crate) type CopyOf<V> = fn(&V) -> V;

/// `Result<Option<T>, E>`: the option is the value.
pub struct ResultOfOption<T, E>(PhantomData<fn() -> (T, E)>);
/// `Result<T, E>`: the `T` is the value.
pub struct ResultOf<T, E>(PhantomData<fn() -> (T, E)>);
/// `Option<T>`: the option is the value.
pub struct OptionOf<T>(PhantomData<fn() -> T>);
/// Anything else: it is the value.
pub struct Plain<T>(PhantomData<fn() -> T>);

/// A shape whose values are `Copy`.
pub struct Flat<S>(PhantomData<fn() -> S>);

/// The type in question, for method lookup to look at.
pub struct Probe<R>(PhantomData<fn() -> R>);

impl<R> Probe<R> {
    /// The one there is.
    #[must_use]
    pub const fn of() -> Self {
        Self(PhantomData)
    }
}

/// Fits a shape whose values are `Copy`, one reference earlier than [`ViaClone`].
pub trait ViaCopy {
    /// The shape that was chosen.
    type Shape;
    /// The shape that was chosen.
    fn with_copies(self) -> Self::Shape;
}

/// Fits always, and last.
pub trait ViaClone {
    /// The shape that was chosen.
    type Shape;
    /// The shape that was chosen.
    fn with_copies(self) -> Self::Shape;
}

/// Fits first.
pub trait ViaResultOfOption {
    /// The shape that was chosen.
    type Shape;
    /// The shape that was chosen.
    fn shape(&self) -> Self::Shape;
}

/// Fits second.
pub trait ViaResult {
    /// The shape that was chosen.
    type Shape;
    /// The shape that was chosen.
    fn shape(&self) -> Self::Shape;
}

/// Fits third.
pub trait ViaOption {
    /// The shape that was chosen.
    type Shape;
    /// The shape that was chosen.
    fn shape(&self) -> Self::Shape;
}

/// Fits always, and last.
pub trait ViaPlain {
    /// The shape that was chosen.
    type Shape;
    /// The shape that was chosen.
    fn shape(&self) -> Self::Shape;
}

impl<T, E> ViaResultOfOption for &&&Probe<Result<Option<T>, E>> {
    type Shape = ResultOfOption<T, E>;

    fn shape(&self) -> Self::Shape {
        ResultOfOption(PhantomData)
    }
}

impl<T, E> ViaResult for &&Probe<Result<T, E>> {
    type Shape = ResultOf<T, E>;

    fn shape(&self) -> Self::Shape {
        ResultOf(PhantomData)
    }
}

impl<T> ViaOption for &Probe<Option<T>> {
    type Shape = OptionOf<T>;

    fn shape(&self) -> Self::Shape {
        OptionOf(PhantomData)
    }
}

impl<R> ViaPlain for Probe<R> {
    type Shape = Plain<R>;

    fn shape(&self) -> Self::Shape {
        Plain(PhantomData)
    }
}

impl<S: Shape> ViaCopy for &S
where
    S::Value: Copy,
{
    type Shape = Flat<S>;

    fn with_copies(self) -> Self::Shape {
        Flat(PhantomData)
    }
}

impl<S: Shape> ViaClone for S {
    type Shape = S;

    fn with_copies(self) -> Self::Shape {
        self
    }
}

impl<S: Shape> Shape for Flat<S>
where
    S::Value: Copy,
{
    type Output = S::Output;
    type Value = S::Value;

    const COPY: Option<CopyOf<S::Value>> = Some(|value| *value);

    fn open(output: Self::Output) -> Result<Self::Value, Self::Output> {
        S::open(output)
    }

    fn close(value: Self::Value) -> Self::Output {
        S::close(value)
    }

    fn is_none(value: &Self::Value) -> bool {
        S::is_none(value)
    }
}

impl<T: 'static, E: 'static> Shape for ResultOfOption<T, E> {
    type Output = Result<Option<T>, E>;
    type Value = Option<T>;

    fn open(output: Self::Output) -> Result<Self::Value, Self::Output> {
        output.map_err(Err)
    }

    fn close(value: Self::Value) -> Self::Output {
        Ok(value)
    }

    fn is_none(value: &Self::Value) -> bool {
        value.is_none()
    }
}

impl<T: 'static, E: 'static> Shape for ResultOf<T, E> {
    type Output = Result<T, E>;
    type Value = T;

    fn open(output: Self::Output) -> Result<Self::Value, Self::Output> {
        output.map_err(Err)
    }

    fn close(value: Self::Value) -> Self::Output {
        Ok(value)
    }

    fn is_none(_: &Self::Value) -> bool {
        false
    }
}

impl<T: 'static> Shape for OptionOf<T> {
    type Output = Option<T>;
    type Value = Option<T>;

    fn open(output: Self::Output) -> Result<Self::Value, Self::Output> {
        Ok(output)
    }

    fn close(value: Self::Value) -> Self::Output {
        value
    }

    fn is_none(value: &Self::Value) -> bool {
        value.is_none()
    }
}

impl<T: 'static> Shape for Plain<T> {
    type Output = T;
    type Value = T;

    fn open(output: Self::Output) -> Result<Self::Value, Self::Output> {
        Ok(output)
    }

    fn close(value: Self::Value) -> Self::Output {
        value
    }

    fn is_none(_: &Self::Value) -> bool {
        false
    }
}

/// `Copy`, `Clone` and `Debug` without asking them of the types: a derive would.
macro_rules! zero_sized {
    ($($shape:ident<$($parameter:ident),+>),+) => {$(
        impl<$($parameter),+> Clone for $shape<$($parameter),+> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($parameter),+> Copy for $shape<$($parameter),+> {}

        impl<$($parameter),+> fmt::Debug for $shape<$($parameter),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($shape))
            }
        }
    )+};
}

zero_sized!(ResultOfOption<T, E>, ResultOf<T, E>, OptionOf<T>, Plain<T>, Flat<S>, Probe<R>);

/// Spells the value type of a return type, for the signatures of `peek_` and `put_` wrappers.
pub trait Returns {
    /// What is stored.
    type Value;
}

impl<T, E> Returns for Result<T, E> {
    type Value = T;
}

impl<T> Returns for Option<T> {
    type Value = Self;
}

/// The shape of a return type: see [`crate::__private::Shape`].
#[doc(hidden)]
#[macro_export]
macro_rules! __shape {
    ($output:ty) => {{
        // Of the first two and of the last four, one is used, and the others are there to be passed over.
        #[allow(unused_imports)]
        use $crate::__private::{
            ViaClone as _, ViaCopy as _, ViaOption as _, ViaPlain as _, ViaResult as _,
            ViaResultOfOption as _,
        };
        (&(&&&&$crate::__private::Probe::<$output>::of()).shape()).with_copies()
    }};
}
