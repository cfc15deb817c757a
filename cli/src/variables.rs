//! What cargo sets for build scripts and for rustc, worked out without running either.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use selfsame_build::tool::Memory;

use crate::arguments::Selection;
use crate::cfg::Cfgs;
use crate::config::Config;
use crate::error::Error;
use crate::late::Compiled;
use crate::profile::Profile;
use crate::project::{Package, Target};
use crate::rustc::Rustc;

/// Everything about a build that is the same for all packages.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) config: Config,
    pub(crate) rustc: Rustc,
    /// The triple that is compiled for; empty where no rustc could be asked.
    pub(crate) target: String,
    pub(crate) rustflags: Vec<String>,
    /// As rustc prints them with these flags, knowing nothing of the profile.
    cfgs: Cfgs,
    profile: String,
    /// The folder of the workspace's manifest.
    root: PathBuf,
    /// See [`Ground`](crate::survey::Ground).
    pub(crate) moved: Option<(PathBuf, PathBuf)>,
    /// What analyses of packages leave to each other.
    pub(crate) memory: Rc<Memory>,
}

impl Platform {
    /// `folder` is where cargo would be run: its configuration holds.
    pub(crate) fn find(folder: &Path, root: &Path, selection: &Selection) -> Self {
        let config = Config::read(folder);
        let rustc = Rustc::find(&config);
        let target = selection
            .target
            .clone()
            .or_else(|| config.text("build", "target"));
        let target = target.unwrap_or_else(|| rustc.host.clone());
        let bare = || rustc.cfgs(&target, &[]);
        let unflagged = config.rustflags(&target, &Cfgs::default());
        let rustflags = if config.has_conditional_flags() {
            config.rustflags(&target, &bare().unwrap_or_default())
        } else {
            unflagged
        };
        // Flags rustc does not take are for the build to complain of.
        let cfgs = rustc
            .cfgs(&target, &rustflags)
            .or_else(bare)
            .unwrap_or_default();
        Self {
            config,
            rustc,
            target,
            rustflags,
            cfgs,
            profile: selection.profile_name().to_owned(),
            root: root.to_owned(),
            moved: None,
            memory: Rc::default(),
        }
    }

    /// Whether the compiler told what it sets.
    pub(crate) fn is_known(&self) -> bool {
        self.cfgs != Cfgs::default()
    }

    pub(crate) fn profile(&self, package: &str) -> Result<Profile, Error> {
        Profile::read(&self.root, &self.config, &self.profile, package)
    }

    /// The flags a package is compiled with.
    pub(crate) fn cfgs(&self, profile: &Profile, features: &BTreeSet<String>) -> Cfgs {
        let mut cfgs = self.cfgs.clone();
        // Flags of one's own come last on rustc's command line, so they win.
        let by_hand = |name: &str| self.rustflags.iter().any(|flag| flag.contains(name));
        if !by_hand("debug-assertions") {
            cfgs.remove("debug_assertions");
            if profile.debug_assertions {
                cfgs.insert("debug_assertions", None);
            }
        }
        if let Some(panic) = profile.panic.as_deref().filter(|_| !by_hand("panic=")) {
            cfgs.remove("panic");
            cfgs.insert("panic", Some(panic));
        }
        for feature in features {
            cfgs.insert("feature", Some(feature));
        }
        cfgs
    }

    /// The variables of a package's build script.
    pub(crate) fn of_build_script(
        &self,
        package: &Package,
        profile: &Profile,
        features: &BTreeSet<String>,
    ) -> BTreeMap<String, String> {
        let mut variables = self.inherited();
        variables.extend(of_package(package));
        let mut set = |name: &str, value: &str| variables.insert(name.to_owned(), value.to_owned());
        set("TARGET", &self.target);
        set("HOST", &self.rustc.host);
        set("RUSTC", &self.rustc.program);
        set("PROFILE", profile.root);
        set("OPT_LEVEL", &profile.opt_level);
        set("DEBUG", if profile.debug { "true" } else { "false" });
        set("CARGO_ENCODED_RUSTFLAGS", &self.rustflags.join("\u{1f}"));
        for feature in features {
            set(&format!("CARGO_FEATURE_{}", upper(feature)), "1");
        }
        for (name, values) in grouped(&self.cfgs) {
            if name != "debug_assertions" {
                set(&format!("CARGO_CFG_{}", upper(name)), &values.join(","));
            }
        }
        if profile.debug_assertions {
            set("CARGO_CFG_DEBUG_ASSERTIONS", "");
        }
        if !features.is_empty() {
            let all: Vec<&str> = features.iter().map(String::as_str).collect();
            set("CARGO_CFG_FEATURE", &all.join(","));
        }
        variables
    }

    /// What a target of a package is compiled with, without what its build script adds.
    pub(crate) fn compiled(
        &self,
        package: &Package,
        target: &Target,
        profile: &Profile,
        features: &BTreeSet<String>,
    ) -> Compiled {
        let mut variables = self.inherited();
        variables.extend(of_package(package));
        self.move_folders(&mut variables);
        let name = target.name.clone();
        variables.insert("CARGO_CRATE_NAME".to_owned(), name.replace('-', "_"));
        if target.is_bin() {
            variables.insert("CARGO_BIN_NAME".to_owned(), name);
        }
        Compiled {
            is_built: true,
            cfgs: self.cfgs(profile, features),
            variables,
        }
    }

    /// Has code see the folder it stands for.
    fn move_folders(&self, variables: &mut BTreeMap<String, String>) {
        let Some((from, to)) = &self.moved else {
            return;
        };
        for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
            let Some(value) = variables.get_mut(name) else {
                continue;
            };
            if let Ok(below) = Path::new(value.as_str()).strip_prefix(from) {
                *value = to.join(below).to_string_lossy().into_owned();
            }
        }
    }

    /// The environment, without what a cargo around this one has set for its own.
    fn inherited(&self) -> BTreeMap<String, String> {
        let mut variables = self.config.variables().clone();
        let of_cargo = [
            "CARGO_PKG_",
            "CARGO_CFG_",
            "CARGO_FEATURE_",
            "CARGO_BIN_",
            "CARGO_MANIFEST_",
        ];
        let single = [
            "OUT_DIR",
            "CARGO_CRATE_NAME",
            "CARGO_PRIMARY_PACKAGE",
            "RUSTFLAGS",
        ];
        variables.retain(|name, _| {
            !of_cargo.iter().any(|prefix| name.starts_with(prefix)) && !single.contains(&&**name)
        });
        variables.extend(self.config.env());
        variables
    }
}

/// `CARGO_PKG_*` and the like.
fn of_package(package: &Package) -> BTreeMap<String, String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (release, pre) = package
        .version
        .split_once('-')
        .unwrap_or((&package.version, ""));
    let release = release.split('+').next().unwrap_or_default();
    let mut parts = release.splitn(3, '.').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (major, minor, patch) = (part(), part(), part());
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let values = [
        ("CARGO_PKG_NAME", package.name.clone()),
        ("CARGO_PKG_VERSION", package.version.clone()),
        ("CARGO_PKG_VERSION_MAJOR", major),
        ("CARGO_PKG_VERSION_MINOR", minor),
        ("CARGO_PKG_VERSION_PATCH", patch),
        (
            "CARGO_PKG_VERSION_PRE",
            pre.split('+').next().unwrap_or_default().to_owned(),
        ),
        ("CARGO_PKG_AUTHORS", package.authors.join(":")),
        ("CARGO_PKG_DESCRIPTION", text(&package.description)),
        ("CARGO_PKG_HOMEPAGE", text(&package.homepage)),
        ("CARGO_PKG_REPOSITORY", text(&package.repository)),
        ("CARGO_PKG_LICENSE", text(&package.license)),
        ("CARGO_PKG_LICENSE_FILE", text(&package.license_file)),
        ("CARGO_PKG_RUST_VERSION", text(&package.rust_version)),
        ("CARGO_PKG_README", text(&package.readme)),
        ("CARGO_MANIFEST_DIR", path(package.folder())),
        ("CARGO_MANIFEST_PATH", path(&package.manifest_path)),
        ("CARGO_MANIFEST_LINKS", text(&package.links)),
    ];
    let values = values
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    values.collect()
}

/// Each flag with its values; none for a flag that has none.
fn grouped(cfgs: &Cfgs) -> BTreeMap<&str, Vec<&str>> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in cfgs.iter() {
        groups.entry(name).or_default().extend(value);
    }
    groups
}

fn upper(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}
