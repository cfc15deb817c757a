//! The list for people.

use crate::model::{Function, Timing};
use crate::output::{BOLD, DIM, VERSION, WARNING, styled};
use crate::survey::{Survey, Surveyed};

pub(super) fn list(survey: &Survey) -> String {
    let functions = survey.functions();
    if functions.is_empty() {
        return format!("no marked functions in {}\n", packages(survey));
    }
    let widest = functions
        .iter()
        .map(|surveyed| surveyed.function.path.chars().count())
        .max();
    let lines = functions
        .iter()
        .map(|surveyed| line(surveyed, widest.unwrap_or(0)));
    lines.collect()
}

fn packages(survey: &Survey) -> String {
    let mut names: Vec<String> = survey
        .targets
        .iter()
        .map(|target| target.package.clone())
        .collect();
    names.dedup();
    crate::error::list(&names)
}

fn line(surveyed: &Surveyed<'_>, widest: usize) -> String {
    let Surveyed {
        function, version, ..
    } = surveyed;
    let blank = " ".repeat(widest - function.path.chars().count());
    let mut line = format!(
        "{}{blank}  {}  {:>5} items  {}",
        styled(BOLD, &function.path),
        styled(VERSION, &version.text),
        function.closure.len(),
        options(function),
    );
    if !function.widened.is_empty() {
        line.push_str(&format!("  {}", styled(WARNING, "widened")));
    }
    if !version.is_compiled {
        line.push_str(&format!(
            "  {}",
            styled(DIM, "not compiled with these settings")
        ));
    }
    line.push('\n');
    line
}

/// `ttl 5m, stale 1h, codec json`
fn options(function: &Function) -> String {
    let mut options = vec![format!("ttl {}", duration(function.ttl_ms))];
    options.extend(timing(&function.timing));
    let chosen = function.chosen_options();
    // Several tags, keys or names stand on a line each.
    options.extend(chosen.map(|(name, value)| format!("{name} {}", value.replace('\n', " "))));
    options.join(", ")
}

fn timing(timing: &Timing) -> Vec<String> {
    let lease = match timing.lease_ms {
        Some(0) => Some("lease off".to_owned()),
        lease => named("lease", lease),
    };
    let refresh = timing
        .refresh
        .as_ref()
        .map(|refresh| format!("refresh {refresh}"));
    [
        named("stale", timing.stale_ms),
        refresh,
        named("soft", timing.soft_ms),
        named("hard", timing.hard_ms),
        lease,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn named(name: &str, milliseconds: Option<u64>) -> Option<String> {
    milliseconds.map(|milliseconds| format!("{name} {}", duration(milliseconds)))
}

/// `90s`, `5m`, `1h30m`, `forever`.
fn duration(milliseconds: u64) -> String {
    if milliseconds == u64::MAX {
        return "forever".to_owned();
    }
    if milliseconds == 0 || !milliseconds.is_multiple_of(1000) {
        return format!("{milliseconds}ms");
    }
    let seconds = milliseconds / 1000;
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    parts
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_markers_have_them() {
        let shown = [90_000, 300_000, 5_400_000, 86_400_000, 250, u64::MAX].map(duration);
        assert_eq!(shown, ["1m30s", "5m", "1h30m", "1d", "250ms", "forever"]);
    }

    #[test]
    fn options_are_listed_as_far_as_they_are_chosen() {
        let function: Function = serde_json::from_value(serde_json::json!({
            "path": "app::f", "static": "00", "place": "src/lib.rs:1", "closure": [],
            "ttl_ms": 300_000, "none_ms": 1, "l1_ms": 1,
            "stale_ms": 3_600_000, "refresh": "ahead", "hard_ms": 2000, "lease_ms": 0,
            "marker": {"tags": "all\nuser:{id}", "key": "*", "epoch": "0"},
        }))
        .unwrap();
        assert_eq!(
            options(&function),
            "ttl 5m, stale 1h, refresh ahead, hard 2s, lease off, tags all user:{id}"
        );
    }
}
