//! Writes the cached wrappers of the functions the runtime tests call.

fn main() -> Result<(), selfsame_build::Error> {
    selfsame_build::generate()
}
