use super::*;
use crate::source::FileId;

fn parse(text: &str) -> Result<Template, Problem> {
    let at = |range: Range<usize>| Location {
        file: FileId(0),
        start: u32::try_from(range.start).unwrap(),
        end: u32::try_from(range.end).unwrap(),
    };
    Template::parse(text, at(0..text.len()), at)
}

fn problem(text: &str) -> (ProblemKind, Range<usize>) {
    let Problem { kind, range } = parse(text).unwrap_err();
    (kind, range)
}

#[test]
fn holes_take_expressions_and_formats() {
    let template = parse("user:{user_id}/{order . id ( ):>5}:{Kind::A:?}{{x}}").unwrap();
    let holes: Vec<(&str, &str)> = template
        .holes()
        .map(|hole| (&*hole.expression, &*hole.spec))
        .collect();

    assert_eq!(
        holes,
        [("user_id", ""), ("order . id ()", ">5"), ("Kind :: A", "?")]
    );
    assert_eq!(
        template.to_string(),
        "user:{user_id}/{order . id ():>5}:{Kind :: A:?}{{x}}"
    );
    assert_eq!(template.pieces.last(), Some(&Piece::Text("{x}".to_owned())));
}

#[test]
fn braces_and_colons_inside_expressions_are_theirs() {
    let template = parse("a:{m[\"}:{\"]}:{f(Point { x: 1 })}:{'}'}").unwrap();
    let holes: Vec<&str> = template.holes().map(|hole| &*hole.expression).collect();

    assert_eq!(holes, ["m [\"}:{\"]", "f (Point {x : 1})", "'}'"]);
    assert!(template.holes().all(|hole| hole.spec.is_empty()));
}

#[test]
fn a_keyword_is_a_raw_name() {
    let template = parse("kind:{type}:{r#fn}:{self}").unwrap();
    let names: Vec<Option<&str>> = template.holes().map(Hole::name).collect();

    assert_eq!(names, [Some("r#type"), Some("r#fn"), Some("self")]);
}

#[test]
fn only_a_bare_name_is_one() {
    let template = parse("t:{a.b}{7}{f()}{a}").unwrap();
    let names: Vec<Option<&str>> = template.holes().map(Hole::name).collect();

    assert_eq!(names, [None, None, None, Some("a")]);
}

#[test]
fn what_is_wrong_is_found_where_it_is() {
    assert_eq!(problem("user:{id"), (ProblemKind::Unclosed, 5..6));
    assert_eq!(problem("user:id}"), (ProblemKind::Unopened, 7..8));
    assert_eq!(problem("user:{ }"), (ProblemKind::Empty, 5..8));
    assert_eq!(problem("user:{:?}"), (ProblemKind::Empty, 5..9));
    assert_eq!(problem("{a}:{b}"), (ProblemKind::NoText, 0..7));
    assert_eq!(problem(""), (ProblemKind::NoText, 0..0));
    assert_eq!(
        problem("é:{id:width$}"),
        (ProblemKind::Spec("width$".to_owned()), 3..14)
    );
    assert_eq!(
        problem("user:{find(id)?}"),
        (ProblemKind::Escapes("?"), 5..16)
    );
    assert!(
        matches!(problem("user:{id +}"), (ProblemKind::NoExpression(_), range) if range == (5..11))
    );
}
