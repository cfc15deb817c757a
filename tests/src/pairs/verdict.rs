//! Answers and versions of both forms held against each other.

use super::corpus::Case;
use super::package::Outcome;

/// What a case shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The version moved with the answers, or stayed with them.
    Right,
    /// The answers changed under the same version.
    Missed,
    /// The version moved, and no answer did.
    Spurious,
    /// The version of a function that reaches nothing moved too.
    Wide,
    /// One of these, where that is documented.
    Accepted,
    /// The case does not show what it is there for.
    Broken(String),
}

pub(super) fn compare(case: &Case, before: &Outcome, after: &Outcome) -> Verdict {
    let number = &case.number;
    let differ = before.answers != after.answers;
    if before.answers.is_some() && differ == number.harmless {
        return Verdict::Broken(format!(
            "the answers are {:?} and {:?}",
            before.answers, after.answers
        ));
    }
    let moved = before.version != after.version;
    let is_wide = case.leaves_the_build() && before.control != after.control;
    match (number.harmless, moved) {
        (false, false) => Verdict::Missed,
        (false, true) if is_wide && case.after.settings.wide.is_some() => Verdict::Accepted,
        (false, true) if is_wide => Verdict::Wide,
        (true, true) if number.may_move() => Verdict::Accepted,
        (true, true) => Verdict::Spurious,
        _ => Verdict::Right,
    }
}

/// What a group of cases came to.
pub(super) struct Report {
    pub(super) text: String,
    pub(super) is_good: bool,
}

fn is_good(judged: &[(&Case, Verdict)], not_yet: &[&str]) -> bool {
    judged.iter().all(|(case, verdict)| match verdict {
        Verdict::Right | Verdict::Accepted => true,
        Verdict::Missed | Verdict::Spurious | Verdict::Wide => {
            not_yet.contains(&case.number.to_string().as_str())
        }
        Verdict::Broken(_) => false,
    })
}

/// One line for each case that is not simply right, and the sums.
pub(super) fn report(group: &str, judged: &[(&Case, Verdict)], not_yet: &[&str]) -> Report {
    let mut text = String::new();
    for (case, verdict) in judged {
        let (word, problem) = match verdict {
            Verdict::Right => continue,
            Verdict::Missed => ("MISSED", ""),
            Verdict::Spurious => ("SPURIOUS", ""),
            Verdict::Accepted => ("accepted", ""),
            Verdict::Wide => ("WIDE", "a function that reaches nothing moved too"),
            Verdict::Broken(problem) => ("BROKEN", problem.as_str()),
        };
        text.push_str(&format!(
            "{word:<9} {:<5} {}\n",
            case.number.to_string(),
            case.title
        ));
        problem
            .lines()
            .for_each(|line| text.push_str(&format!("          {line}\n")));
    }
    let count = |wanted: fn(&Verdict) -> bool| {
        let found = judged.iter().filter(|(_, verdict)| wanted(verdict));
        found.count()
    };
    let missed = count(|verdict| *verdict == Verdict::Missed);
    let spurious = count(|verdict| *verdict == Verdict::Spurious);
    let wide = count(|verdict| *verdict == Verdict::Wide);
    let accepted = count(|verdict| *verdict == Verdict::Accepted);
    let broken = count(|verdict| matches!(verdict, Verdict::Broken(_)));
    text.push_str(&format!(
        "{group}: {} pairs, {missed} missed, {spurious} spurious, {wide} wide, {accepted} moved as documented, {broken} broken",
        judged.len()
    ));
    Report {
        is_good: is_good(judged, not_yet),
        text,
    }
}
