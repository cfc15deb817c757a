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
    assert_eq!(name(shape!(Result<u8, String>)), "ResultOf");
    assert_eq!(name(shape!(io::Result<u8>)), "ResultOf");
    assert_eq!(name(shape!(Aliased<Option<u8>>)), "ResultOfOption");
    assert_eq!(name(shape!(Option<Result<u8, ()>>)), "OptionOf");
    assert_eq!(name(shape!(Vec<Option<u8>>)), "Plain");
    assert_eq!(name(shape!(())), "Plain");
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
