//! The package of one case on disk, which takes one form after the other.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::corpus::{Build, Form};
use super::observe;
use super::version::Recorded;
use crate::project;
use crate::scratch;

/// A folder of its own, always the same one, so that Cargo's target folder does not grow from run to run.
pub(super) struct Package {
    folder: PathBuf,
}

/// What one form came to.
pub(super) struct Outcome {
    /// What the calls answer, printed; nothing where they can't be made here.
    pub(super) answers: Option<String>,
    pub(super) version: String,
    /// The version of a function that reaches nothing, or the fixed part of it.
    pub(super) control: Option<String>,
}

/// Added to every crate: whatever the edit, this function stays as it is.
const CONTROL: &str = "
/// @cache
pub fn reaches_nothing(x: i64) -> i64 {
    x
}
";

impl Package {
    pub(super) fn new(name: &str) -> Self {
        let folder = scratch::root().join("pairs").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("the target folder can be written");
        }
        std::fs::create_dir_all(&folder).expect("the target folder can be written");
        Self { folder }
    }

    /// Becomes this form, as if the author had edited it, and says what it answers and what its version is.
    pub(super) fn take(&self, form: &Form) -> Result<Outcome, String> {
        self.write(form);
        if form.settings.build == Build::Selfsame {
            let observed = observe::observe(&self.sources(form), form, &[])?;
            let version = observed.version.ok_or("the build has no version")?;
            return Ok(Outcome {
                answers: observed.answers,
                version,
                control: observed.control,
            });
        }
        if form.settings.build == Build::Cargo {
            // Writes the lock file, which is an input of the version too.
            project::cargo(&self.sources(form), ["metadata", "--format-version=1"]).finished()?;
        }
        let manifest = self.generate(form)?;
        let function = |name: &str| Recorded::find(&manifest, &format!("app::{name}"));
        let recorded = function(&form.settings.function)?;
        let observed = observe::observe(&self.sources(form), form, &recorded.predicates()?)?;
        Ok(Outcome {
            answers: observed.answers,
            version: recorded.completed(&observed.holds),
            control: Some(function("reaches_nothing")?.fixed),
        })
    }

    fn sources(&self, form: &Form) -> PathBuf {
        self.folder.join(&form.settings.folder)
    }

    /// Writes what differs from the form before, and removes what this one no longer has.
    fn write(&self, form: &Form) {
        let root = self.sources(form);
        remove_others(&root, &root, form);
        let checkout = scratch::repository().display().to_string();
        let is_built_by_cargo = matches!(form.settings.build, Build::Cargo | Build::Selfsame);
        for (path, text) in &form.files {
            let mut text = text.replace("{selfsame}", &checkout);
            if is_built_by_cargo && Path::new(path).ends_with("Cargo.toml") {
                text = project::manifest_apart(&self.folder, &text);
            }
            if path == "src/lib.rs" {
                text.push_str(CONTROL);
            }
            let text = if form.settings.is_windows && path.ends_with(".rs") {
                format!("\u{feff}{}", text.replace('\n', "\r\n"))
            } else {
                text
            };
            write_file(&root.join(path), &text);
        }
        if !form.files.contains_key("Cargo.toml") {
            let manifest = project::manifest_apart(&self.folder, &manifest(form));
            scratch::write(&root.join("Cargo.toml"), manifest.as_bytes());
        }
        if form.settings.build == Build::Selfsame && !form.files.contains_key("build.rs") {
            scratch::write(&root.join("build.rs"), project::BUILD_SCRIPT.as_bytes());
        }
    }

    /// The manifest that the generator alone writes, without a build.
    fn generate(&self, form: &Form) -> Result<String, String> {
        let settings = &form.settings;
        let flags = settings.flags.join("\u{1f}");
        let given = settings.variables.iter();
        let mut variables: Vec<(&str, &OsStr)> = given
            .map(|(name, value)| (name.as_str(), OsStr::new(value)))
            .collect();
        variables.push(("CARGO_ENCODED_RUSTFLAGS", OsStr::new(&flags)));
        let out = self.folder.join("out");
        let mut generated = project::generate_with(&self.sources(form), &out, &variables)?;
        let manifest = generated.files.remove("selfsame.json");
        Ok(manifest.expect("the generator writes a manifest"))
    }
}

/// The form's own manifest, where it does not bring one.
fn manifest(form: &Form) -> String {
    let edition = &form.settings.edition;
    if form.settings.build == Build::Selfsame {
        return project::manifest("app", edition);
    }
    format!(
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n\n[workspace]\n"
    )
}

/// Writes a file, which may be run if it is a script.
fn write_file(path: &Path, text: &str) {
    scratch::write(path, text.as_bytes());
    #[cfg(unix)]
    if text.starts_with("#!/") {
        use std::os::unix::fs::PermissionsExt as _;
        let anyone = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, anyone).expect("scratch can be written");
    }
}

/// Removes the files of another form, but not what Cargo keeps beside the manifest.
fn remove_others(root: &Path, folder: &Path, form: &Form) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("scratch can be read").path();
        let name = path
            .strip_prefix(root)
            .expect("walked from there")
            .to_string_lossy()
            .replace('\\', "/");
        let is_ours = name == "Cargo.toml" || name == "Cargo.lock" || name == "examples";
        if path.is_dir() && !is_ours {
            remove_others(root, &path, form);
        } else if !is_ours && !form.files.contains_key(&name) {
            std::fs::remove_file(&path).expect("scratch can be written");
        }
    }
}
