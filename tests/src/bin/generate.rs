//! A build script without a build: generates for the package its environment describes, as Cargo
//! would have it do, so that a test needs milliseconds instead of a compilation.

fn main() -> Result<(), selfsame_build::Error> {
    selfsame_build::generate()
}
