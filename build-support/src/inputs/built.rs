//! The workspace being built: its lock file, and the settings of its profile.

use std::path::{Path, PathBuf};

use super::configuration::{self, Settings};
use super::lock::Lock;
use super::patched::Patched;
use super::profile::Profiles;
use super::record::Record;
use crate::cargo::Environment;
use crate::error::Error;
use crate::source::targets::Package;

/// A folder that cargo may have been told to build.
#[derive(Debug)]
pub(super) struct Built {
    /// None where there is no lock file.
    pub(super) lock: Option<Lock>,
    /// The profiles that the build script's run serves, with their settings.
    pub(super) profiles: Vec<(String, String)>,
    pub(super) patched: Patched,
}

/// Where `cargo package` unpacks what it verifies: a workspace around it is none of the package's.
const PUBLISHED: &str = "target/package";

impl Built {
    /// The workspace of the package and, where cargo seems to build the package as a dependency, the one that
    /// depends on it: a build script is not told which it is, so both count.
    pub(super) fn all(
        environment: &Environment,
        package: &Package,
        record: &mut Record<'_>,
    ) -> Result<Vec<Self>, Error> {
        let own = tidied(&package.workspace.folder);
        let lock = lock_in(&own, record)?;
        record.files.insert(own.join("Cargo.toml"));
        let manifest = &package.workspace.manifest;
        let settings = Settings {
            profile: manifest.profile.clone(),
            patch: manifest.patch.clone(),
            include: None,
        };
        // Cargo may have been started in the folder of the package or in that of its workspace.
        let started = tidied(&package.folder);
        let mut all = vec![Self::read(
            environment,
            &own,
            &started,
            lock,
            settings,
            record,
        )?];
        let published = own.parent().is_some_and(|above| above.ends_with(PUBLISHED));
        let Some(root) = around(&environment.out_dir).filter(|root| *root != own && !published)
        else {
            return Ok(all);
        };
        let mut unrelated = Record::new(environment);
        let lock = lock_in(&root, &mut unrelated)?;
        let knows = |lock: &Lock| lock.own(&package.name, &package.version).is_some();
        if lock.as_ref().is_some_and(knows) {
            record.files.extend(unrelated.files);
            let settings = record.toml::<Settings>(&root.join("Cargo.toml"))?;
            let settings = settings.unwrap_or_default();
            all.push(Self::read(
                environment,
                &root,
                &root,
                lock,
                settings,
                record,
            )?);
        }
        Ok(all)
    }

    /// `started` is where cargo was, `manifest` what that of the root says.
    fn read(
        environment: &Environment,
        root: &Path,
        started: &Path,
        lock: Option<Lock>,
        manifest: Settings,
        record: &mut Record<'_>,
    ) -> Result<Self, Error> {
        let mut profiles = Profiles::default();
        let mut patched = Patched::default();
        profiles.add(manifest.profile);
        patched.add(root, &manifest.patch, record)?;
        for (file, settings) in configuration::read(started, record)? {
            profiles.add(settings.profile);
            // Paths in a configuration file begin in the folder that `.cargo` is in.
            let base = file.ancestors().nth(2).unwrap_or(root);
            patched.add(base, &settings.patch, record)?;
        }
        Ok(Self {
            lock,
            profiles: profiles.served(&environment.out_dir, record),
            patched,
        })
    }
}

fn lock_in(root: &Path, record: &mut Record<'_>) -> Result<Option<Lock>, Error> {
    let text = record.text(&root.join("Cargo.lock"))?;
    Ok(text.map(|text| Lock::parse(&text)))
}

/// The nearest folder above the build's output that has a lock file.
fn around(out_dir: &Path) -> Option<PathBuf> {
    let mut above = out_dir.ancestors().skip(1);
    above
        .find(|folder| folder.join("Cargo.lock").is_file())
        .map(tidied)
}

/// One spelling for one folder.
pub(super) fn tidied(folder: &Path) -> PathBuf {
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}
