//! A version as the manifest tells it, completed by what the compiler answered.

use serde::Deserialize;

/// One function's part of `selfsame.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Recorded {
    path: String,
    #[serde(rename = "static")]
    pub(super) fixed: String,
    late: Vec<Late>,
}

/// An input that only the build decides.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Late {
    Cfg { cfg: String, mask: String },
    Env { env: String },
}

impl Recorded {
    /// Finds the function with this path.
    pub(super) fn find(manifest: &str, path: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Manifest {
            functions: Vec<Recorded>,
        }
        let manifest: Manifest =
            serde_json::from_str(manifest).expect("the manifest says all that is asked here");
        let mut functions = manifest.functions.into_iter();
        functions
            .find(|function| function.path == path)
            .ok_or_else(|| format!("`{path}` is not in the manifest"))
    }

    /// The predicates that the compiler is to decide.
    pub(super) fn predicates(&self) -> Result<Vec<&str>, String> {
        fn predicate(late: &Late) -> Result<&str, String> {
            match late {
                Late::Cfg { cfg, .. } => Ok(cfg.as_str()),
                Late::Env { env } => Err(format!(
                    "the version depends on `{env}`: build it with selfsame to see what it comes to"
                )),
            }
        }
        self.late.iter().map(predicate).collect()
    }

    /// The version where these predicates hold, in the order of [`Self::predicates`].
    pub(super) fn completed(&self, holds: &[bool]) -> String {
        assert_eq!(
            self.late.len(),
            holds.len(),
            "each predicate has its answer"
        );
        let masks = self.late.iter().zip(holds).filter(|(_, holds)| **holds);
        let version = masks.fold(number(&self.fixed), |version, (late, _)| match late {
            Late::Cfg { mask, .. } => version ^ number(mask),
            Late::Env { .. } => version,
        });
        format!("{version:032x}")
    }
}

fn number(digits: &str) -> u128 {
    u128::from_str_radix(digits, 16).expect("the manifest holds digests as hexadecimal digits")
}
