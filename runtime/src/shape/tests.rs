//! Which shape a type gets.

use std::io;
use std::rc::Rc;

use super::*;
use crate::__shape as shape;

type Aliased<T> = Result<T, io::Error>;

fn name(shape: impl fmt::Debug) -> String {
    format!("{shape:?}")
}

#[test]
fn the_type_decides_and_not_its_spelling() {
    assert_eq!(name(shape!(Result<String, u8>)), "ResultOf");
    assert_eq!(name(shape!(io::Result<String>)), "ResultOf");
    assert_eq!(name(shape!(Aliased<Option<String>>)), "ResultOfOption");
    assert_eq!(name(shape!(Option<Result<String, ()>>)), "OptionOf");
    assert_eq!(name(shape!(Vec<Option<u8>>)), "Plain");
}

#[test]
fn values_that_can_be_copied_are_known() {
    fn of<S: Shape>(_: S) -> bool {
        S::COPY.is_some()
    }
    fn of_parameter<T: 'static>() -> bool {
        of(shape!(Option<T>))
    }
    fn of_copy_parameter<T: Copy + 'static>() -> bool {
        of(shape!(Option<T>))
    }

    assert!(of(shape!(())));
    assert!(of(shape!([u8; 4])));
    assert!(of(shape!(Option<&'static str>)));
    assert!(of(shape!(io::Result<u8>)), "the error is not a value");
    assert!(of(shape!(Aliased<Option<u8>>)));
    assert!(!of(shape!(String)));
    assert!(!of(shape!(Aliased<Option<String>>)));
    assert!(!of_parameter::<u8>());
    assert!(of_copy_parameter::<u8>());
}

#[test]
fn a_copy_runs_no_clone() {
    #[derive(Copy, Debug, PartialEq)]
    struct Loud(u8);
    #[expect(
        clippy::non_canonical_clone_impl,
        reason = "that it does more is the point"
    )]
    impl Clone for Loud {
        fn clone(&self) -> Self {
            unreachable!("it might come back to the cache")
        }
    }
    fn copy<S: Shape>(_: S, value: &S::Value) -> Option<S::Value> {
        S::COPY.map(|copy| copy(value))
    }

    assert_eq!(copy(shape!(Loud), &Loud(7)), Some(Loud(7)));
}

#[test]
fn nothing_is_known_of_a_generic_parameter() {
    fn of<R: 'static>() -> String {
        name(shape!(R))
    }
    fn of_result<T: 'static>() -> String {
        name(shape!(Result<T, ()>))
    }

    assert_eq!(of::<Result<u8, ()>>(), "Plain");
    assert_eq!(of_result::<Option<u8>>(), "ResultOf");
}

#[test]
fn a_shape_is_send_and_sync_and_weighs_nothing_whatever_the_type() {
    fn check<S: Shape>(_: S) {
        assert_eq!(size_of::<S>(), 0);
    }
    check(shape!(Result<Rc<u8>, Rc<u8>>));
    check(shape!(Option<Rc<u8>>));
    check(shape!(Rc<u8>));
}

#[test]
fn outputs_open_and_close() {
    fn of<S: Shape>(_: S, output: S::Output) -> Result<S::Value, S::Output> {
        S::open(output)
    }
    assert_eq!(of(shape!(Result<u8, &'static str>), Ok(7)), Ok(7));
    assert_eq!(
        of(shape!(Result<u8, &'static str>), Err("no")),
        Err(Err("no"))
    );
    assert_eq!(of(shape!(Result<Option<u8>, ()>), Ok(None)), Ok(None));
    assert_eq!(of(shape!(Option<u8>), None), Ok(None));
    assert_eq!(of(shape!(u8), 7), Ok(7));
}
