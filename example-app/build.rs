//! Writes the cached wrappers of the marked functions.

fn main() -> Result<(), selfsame_build::Error> {
    selfsame_build::generate()
}
