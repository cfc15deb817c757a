//! The verdict for people.

use super::Verified;
use crate::output::{BOLD, WARNING, styled};

pub(super) fn report(verified: &[Verified]) -> String {
    if verified.is_empty() {
        return "nothing to verify: no package has a manifest of selfsame\n".to_owned();
    }
    let mut text = String::new();
    for target in verified.iter().filter(|target| !target.is_covered()) {
        let name = styled(BOLD, &target.target);
        for file in &target.missing {
            text.push_str(&format!(
                "{}  {name}: rustc read {file}\n",
                styled(WARNING, "not in any version")
            ));
        }
        for variable in &target.variables {
            text.push_str(&format!(
                "{}  {name}: rustc asked for the variable {variable}\n",
                styled(WARNING, "not in any version")
            ));
        }
    }
    let files: usize = verified.iter().map(|target| target.files).sum();
    let crates = verified.len();
    if text.is_empty() {
        text.push_str(&format!(
            "verified: versions know all {files} files that rustc read for {crates} crates\n"
        ));
    } else {
        text.push_str("\nversions don't move with these: name them in `depends(…)` of the functions that use them, and report it\n");
    }
    text
}
