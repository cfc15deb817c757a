//! Prints what one function, named on the command line, answers for each of its inputs.

use std::fmt::{Debug, Write as _};

pub fn print(functions: &[(&str, &dyn Fn() -> String)]) {
    let asked = std::env::args().nth(1);
    for (_, table) in functions.iter().filter(|(name, _)| asked.as_deref() == Some(*name)) {
        print!("{}", table());
    }
}

pub fn of<I, O: Debug>(inputs: &[I], function: impl Fn(&I) -> O) -> String {
    let mut lines = String::new();
    for input in inputs {
        writeln!(lines, "{:?}", function(input)).unwrap();
    }
    lines
}
