//! Arguments of computations that may go on after their caller: they have to be the computation's own.

use crate::timed_out::TimedOut;

/// What a computation in the background can take along, or answer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be used by a computation in the background",
    label = "`refresh`, `soft` and `hard` compute in the background, and `{Self}` is not `Send + 'static`",
    note = "use a type that other threads may have, such as `Arc` in place of `Rc`, or remove these options from the marker"
)]
pub trait Kept: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Kept for T {}

/// What stands behind a reference that a computation in the background can make its own.
#[diagnostic::on_unimplemented(
    message = "a computation in the background can't make a `{Self}` its own",
    label = "`refresh`, `soft` and `hard` compute in the background, and `{Self}` is not `Clone + Send + 'static`",
    note = "derive `Clone` for it, take an `Arc` of it, or remove these options from the marker"
)]
pub trait Ownable: ToOwned<Owned: Kept> {}

#[diagnostic::do_not_recommend]
impl<T: ToOwned<Owned: Kept> + ?Sized> Ownable for T {}

/// An argument that was passed by reference, as the computation's own.
#[derive(Debug)]
pub struct Own<T: Ownable + ?Sized>(T::Owned);

impl<T: Ownable + ?Sized> Own<T> {
    /// Clones what is behind the reference.
    #[inline]
    pub fn of(argument: &T) -> Self {
        Self(argument.to_owned())
    }

    /// The argument, as the function takes it.
    #[inline]
    pub fn get(&self) -> &T {
        std::borrow::Borrow::borrow(&self.0)
    }
}

/// An argument that was passed by value: it is moved into the computation.
#[inline]
pub const fn keep<T: Kept>(argument: T) -> T {
    argument
}

/// What a function with `hard` returns: something that can say that time was over.
#[diagnostic::on_unimplemented(
    message = "`hard` needs a function that can fail",
    label = "`hard` answers `Err` when time is over, and `{Self}` is not a `Result` whose error implements `From<selfsame::TimedOut>`",
    note = "return a `Result`, and implement `From<selfsame::TimedOut>` for its error, or remove `hard` from the marker"
)]
pub trait GivesUp {
    #[doc(hidden)]
    fn timed_out() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: From<TimedOut>> GivesUp for Result<T, E> {
    fn timed_out() -> Self {
        Err(TimedOut.into())
    }
}

/// What a caller gets whose time is over.
#[must_use]
pub fn timed_out<R: GivesUp>() -> R {
    R::timed_out()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_is_behind_a_reference_becomes_its_own_and_looks_the_same() {
        let path = Own::of(Path::new("/tmp"));
        let numbers = Own::of(&[1, 2, 3][..]);
        let shared = Own::of(&Arc::new(7));

        let thread = std::thread::spawn(move || {
            (
                path.get() == Path::new("/tmp"),
                numbers.get().len(),
                **shared.get(),
            )
        });

        assert_eq!(thread.join().unwrap(), (true, 3, 7));
    }

    #[test]
    fn errors_of_the_standard_library_can_say_that_time_was_over() {
        let io: std::io::Result<u8> = timed_out();
        let boxed: Result<u8, Box<dyn std::error::Error + Send + Sync>> = timed_out();

        assert_eq!(io.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
        assert!(boxed.unwrap_err().is::<TimedOut>());
    }
}
