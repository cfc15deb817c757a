//! Ways into `semver`: parsing, printing, order and matching.

use semver::{BuildMetadata, Comparator, Prerelease, Version, VersionReq};

/// @cache
pub fn parsed(text: &str) -> String {
    Version::parse(text).map_or_else(
        |error| error.to_string(),
        |version| format!("{} {} {}", version.major, version.minor, version.patch),
    )
}

/// @cache
pub fn printed(text: &str) -> String {
    Version::parse(text).map_or_else(|_| String::new(), |version| format!("{version:>20}"))
}

/// @cache
pub fn debugged(text: &str) -> String {
    format!("{:?}", Comparator::parse(text))
}

/// @cache
pub fn requirement(text: &str) -> String {
    VersionReq::parse(text).map_or_else(|error| error.to_string(), |found| found.to_string())
}

/// @cache
pub fn matching(text: &str) -> Vec<bool> {
    let versions = ["0.0.3", "0.2.3", "1.0.0", "1.2.3-rc.1", "1.2.3", "2.0.0"];
    let requirement = VersionReq::parse(text).unwrap_or_default();
    versions
        .iter()
        .map(|version| requirement.matches(&Version::parse(version).unwrap()))
        .collect()
}

/// @cache
pub fn prerelease_order(text: &str) -> String {
    let ours = Prerelease::new("rc.2").unwrap();
    Prerelease::new(text).map_or_else(
        |error| error.to_string(),
        |other| format!("{:?} {}", ours.cmp(&other), other.is_empty()),
    )
}

/// @cache
pub fn build_order(text: &str) -> String {
    let ours = BuildMetadata::new("007.a").unwrap();
    BuildMetadata::new(text).map_or_else(
        |error| error.to_string(),
        |other| format!("{:?} {}", ours.partial_cmp(&other), other.as_str()),
    )
}

/// @cache
pub fn constructed(number: u64) -> Vec<u64> {
    let version = Version::new(number, number + 1, 7);
    vec![version.major, version.minor, version.patch]
}

/// @cache
pub fn empty(number: usize) -> bool {
    let identifier = if number == 0 { BuildMetadata::EMPTY } else { Default::default() };
    identifier.is_empty()
}

const VERSIONS: &[&str] = &[
    "1.2.3", "0.0.0-alpha.1+007", "1.2.3-rc.10.long-enough-to-be-boxed", "01.2.3", "1.2", "1.2.3-", "", "1.2.3+a!",
    "99999999999999999999.0.0",
];
const REQUIREMENTS: &[&str] = &[
    "^1.2.3", "~0.2", "=1.2.3-rc.1", ">1, <=2.0.0", "*", "1.*", "^0.0.3", ">=1.2.3-rc", "1.2.3.4", ">", "~1.2.3", "<1.2.3",
];
const IDENTIFIERS: &[&str] = &["rc.10", "rc.2", "alpha", "1", "007.a", "7", "", "a..b", "rc.2.x"];

fn main() {
    table::print(&[
        ("parsed", &|| table::of(VERSIONS, |text| parsed(text))),
        ("printed", &|| table::of(VERSIONS, |text| printed(text))),
        ("debugged", &|| table::of(REQUIREMENTS, |text| debugged(text))),
        ("requirement", &|| table::of(REQUIREMENTS, |text| requirement(text))),
        ("matching", &|| table::of(REQUIREMENTS, |text| matching(text))),
        ("prerelease_order", &|| table::of(IDENTIFIERS, |text| prerelease_order(text))),
        ("build_order", &|| table::of(IDENTIFIERS, |text| build_order(text))),
        ("constructed", &|| table::of(&[0, 5], |number| constructed(*number))),
        ("empty", &|| table::of(&[0, 1], |number| empty(*number))),
    ]);
}

mod table;
