//! Impls of std's traits that std calls without being told to by name: they move the version wherever something
//! leads to them, and only there.

use super::*;

/// A type, the trait it implements, and a function that does something with a value of it.
fn calling(implementation: &str, body: &str) -> String {
    single(&format!(
        "#[allow(unused)] use std::collections::*;
        #[derive(Clone, PartialEq, Eq)] pub struct V(u8);
        {implementation}
        fn probe(_: u8) {{}}
        /// @cache\npub fn f(v: V, n: u8) -> u8 {{ {body}; 1 }}\n"
    ))
}

const DEFAULT: &str = "impl Default for V { fn default() -> Self { V(41) } }";
const HASH: &str = "impl std::hash::Hash for V {
    fn hash<H: std::hash::Hasher>(&self, to: &mut H) { to.write_u8(41); } }";
const BACK: &str =
    "impl Iterator for V { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
    impl DoubleEndedIterator for V { fn next_back(&mut self) -> Option<u8> { Some(41) } }";
const EXTEND: &str = "impl Extend<u8> for V { fn extend<I: IntoIterator<Item = u8>>(&mut self, _: I) { probe(41) } }";
const FROM_ITER: &str =
    "impl FromIterator<u8> for V { fn from_iter<I: IntoIterator<Item = u8>>(_: I) -> V { V(41) } }";
const SUM: &str =
    "impl std::iter::Sum for V { fn sum<I: Iterator<Item = V>>(_: I) -> V { V(41) } }";
const PRODUCT: &str =
    "impl std::iter::Product for V { fn product<I: Iterator<Item = V>>(_: I) -> V { V(41) } }";
const FROM_STR: &str = "impl std::str::FromStr for V { type Err = (); fn from_str(_: &str) -> Result<V, ()> { Ok(V(41)) } }";
const DISPLAY: &str = "impl std::fmt::Display for V {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { to.write_str(\"41\") } }";
const DEBUG: &str = "impl std::fmt::Debug for V {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { to.write_str(\"41\") } }";
const TEXT: &str = "impl std::fmt::Write for V {
    fn write_str(&mut self, _: &str) -> std::fmt::Result { probe(41); Ok(()) } }";
const FROM: &str = "impl From<u8> for V { fn from(_: u8) -> V { V(41) } }";
const TRY_FROM: &str =
    "impl TryFrom<u8> for V { type Error = (); fn try_from(_: u8) -> Result<V, ()> { Ok(V(41)) } }";
const HASHER: &str = "impl std::hash::Hasher for V {
    fn finish(&self) -> u64 { 41 } fn write(&mut self, _: &[u8]) {} }";
const WRITE: &str = "impl std::io::Write for V {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> { Ok(41) }
    fn flush(&mut self) -> std::io::Result<()> { Ok(()) } }";
const READ: &str = "impl std::io::Read for V {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> { Ok(41) } }";

#[test]
fn what_leads_to_an_impl() {
    for (implementation, body) in [
        (DEFAULT, "let _ = V { ..Default::default() }"),
        (DEFAULT, "let mut v = v; std::mem::take(&mut v)"),
        (DEFAULT, "Some(v).unwrap_or_default()"),
        (DEFAULT, "#[derive(Default)] struct W(V); W::default()"),
        (DEFAULT, "BTreeMap::<u8, V>::new().entry(n).or_default()"),
        (DEFAULT, "fn g<T: Default>() {} g::<V>()"),
        (
            DEFAULT,
            "use std::default::Default as D; fn g<T: D>() {} g::<V>()",
        ),
        (DEFAULT, "let (a, b): (V, V) = [(n, n)].into_iter().unzip()"),
        (
            DEFAULT,
            "#[derive(serde::Deserialize)] struct W { #[serde(skip)] v: V } m(v)",
        ),
        (HASH, "HashSet::from([v])"),
        (HASH, "use HashSet as Set; Set::from([v])"),
        (
            HASH,
            "use std::collections as c; c::HashMap::from([(v, n)])",
        ),
        (HASH, "type Map = HashMap<V, u8>; Map::new().insert(v, n)"),
        (
            HASH,
            "struct Holder { all: HashMap<V, u8> } fn g(h: &Holder) {} m(v)",
        ),
        (
            HASH,
            "#[derive(Hash)] struct W(V); std::hash::RandomState::new().hash_one(W(v))",
        ),
        (HASH, "fn g(v: impl std::hash::Hash) {} g(v)"),
        (HASH, "v.hash(&mut state())"),
        (HASH, "[v].map(std::hash::Hash::hash)"),
        (
            HASH,
            "trait Key: std::hash::Hash {} impl Key for V {} fn g<K: Key>(k: K) {} g(v)",
        ),
        (
            HASH,
            "macro_rules! m { ($m:ident $v:ident) => { $v.$m(&mut state()) } } m!(hash v)",
        ),
        (
            HASH,
            "macro_rules! m { ($t:ident) => { $t::from([v]) } } m!(HashSet)",
        ),
        (HASH, "other::by_key(v)"),
        (BACK, "v.rev()"),
        (BACK, "v.chain(v).next_back()"),
        (BACK, "for x in v.zip(0..3).rev() {}"),
        (BACK, "v.rposition(|x| x == n)"),
        (BACK, "fn g(i: impl DoubleEndedIterator) {} g(v)"),
        (
            BACK,
            "fn g() -> Box<dyn DoubleEndedIterator<Item = u8>> { m() } g()",
        ),
        (EXTEND, "let mut v = v; v.extend([n])"),
        (
            EXTEND,
            "let (a, b): (V, V) = [n].into_iter().partition(|x| x == 1)",
        ),
        (
            EXTEND,
            "let (a, b): (V, V) = [(n, n)].into_iter().collect()",
        ),
        (
            EXTEND,
            "let mut t = (v, v); Extend::extend(&mut t, [(n, n)])",
        ),
        (FROM_ITER, "let v: V = [n].into_iter().collect()"),
        (
            FROM_ITER,
            "let v: Option<V> = [Some(n)].into_iter().collect()",
        ),
        (FROM_ITER, "V::from_iter([n])"),
        (
            FROM_ITER,
            "fn g<T: FromIterator<u8>>() -> T { m() } let v: V = g()",
        ),
        (SUM, "let v: Option<V> = [Some(v)].into_iter().sum()"),
        (PRODUCT, "let v: V = [v].into_iter().product()"),
        (FROM_STR, "let v: V = \"1\".parse().unwrap()"),
        (
            FROM_STR,
            "let v: Result<V, ()> = std::str::FromStr::from_str(\"1\")",
        ),
        (DISPLAY, "let s = format!(\"{v}\")"),
        (DISPLAY, "assert!(n > 1, \"{}\", v)"),
        (DISPLAY, "let s = format!(\"\\x7b\\x7d\", v)"),
        (DISPLAY, "let s = format!(concat!('{', '}'), v)"),
        (DISPLAY, "let s = format!(stringify!({}), v)"),
        (DISPLAY, "let s = format!(include_str!(\"f.txt\"), v)"),
        (
            DISPLAY,
            "macro_rules! m { ($f:literal $v:ident) => { print!($f, $v) } } m!(\"{}\" v)",
        ),
        (DISPLAY, "unreachable!(v)"),
        (DISPLAY, "v.to_string()"),
        (DISPLAY, "[v].map(|v| ToString::to_string(&v))"),
        (DISPLAY, "fn g(v: impl std::fmt::Display) {} g(v)"),
        (DISPLAY, "fn g(v: &dyn std::fmt::Display) {} g(&v)"),
        (
            DISPLAY,
            "use std::fmt::Display as D; fn g(v: &dyn D) {} g(&v)",
        ),
        (DISPLAY, "let e: Box<dyn std::error::Error> = Box::new(v)"),
        (
            DISPLAY,
            "use std::error::Error as E; fn g(e: Box<dyn E>) {} g(Box::new(v))",
        ),
        (
            DISPLAY,
            "use std::io::Error as E; let e = E::new(kind(), v)",
        ),
        (
            DISPLAY,
            "struct W(V); impl serde::Serialize for W { fn serialize<S>(&self, s: S) { s.collect_str(&self.0) } } m(W(v))",
        ),
        (
            DISPLAY,
            "#[derive(serde::Deserialize)] #[serde(try_from = \"u8\")] struct W(V); m(W(v))",
        ),
        (DISPLAY, "anyhow::anyhow!(v)"),
        (DISPLAY, "tracing::info!(%v)"),
        (DISPLAY, "other::show(v)"),
        (DEBUG, "dbg!(v)"),
        (DEBUG, "Err::<u8, V>(v).unwrap()"),
        (DEBUG, "[Err::<u8, V>(v)].map(Result::unwrap)"),
        (DEBUG, "Ok::<V, u8>(v).expect_err(\"none\")"),
        (DEBUG, "assert_eq!(v, v)"),
        (
            DEBUG,
            "struct W(V); impl std::fmt::Debug for W { fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { to.debug_tuple(\"W\").field(&self.0).finish() } } dbg!(W(v))",
        ),
        (TEXT, "let mut v = v; write!(v, \"x\")"),
        (TEXT, "let mut v = v; std::fmt::write(&mut v, args())"),
        (TEXT, "fn g(v: &mut dyn std::fmt::Write) {} g(&mut v)"),
        (FROM, "let v: V = n.into()"),
        (FROM, "V::from(n)"),
        (
            FROM,
            "fn g(r: Result<u8, u8>) -> Result<u8, V> { Ok(r?) } m(g)",
        ),
        (
            FROM,
            "async fn g(r: R) -> Result<u8, V> { Ok(r.await?) } m(g)",
        ),
        (FROM, "macro_rules! m { ($r:expr) => { $r? } } m!(v)"),
        (FROM, "fn g<T: From<u8>>() -> T { m() } let v: V = g()"),
        (
            FROM,
            "#[derive(serde::Deserialize)] #[serde(from = \"u8\")] struct W(V); m(W(v))",
        ),
        (FROM, "serde_json::json!({ v: 1 })"),
        (TRY_FROM, "let v: Result<V, _> = n.try_into()"),
        (TRY_FROM, "V::try_from(n)"),
        (HASHER, "let mut v = v; n.hash(&mut v)"),
        (
            HASHER,
            "fn g(m: HashMap<u8, u8, std::hash::BuildHasherDefault<V>>) {} m(v)",
        ),
        (HASHER, "v.finish()"),
        (HASHER, "fn g(v: impl std::hash::Hasher) {} g(v)"),
        (
            HASHER,
            "struct B; impl std::hash::BuildHasher for B { type Hasher = V; fn build_hasher(&self) -> V { V(1) } } B.hash_one(n)",
        ),
        (WRITE, "let mut v = v; writeln!(v)"),
        (WRITE, "std::io::copy(&mut from(), &mut v)"),
        (WRITE, "let mut w = std::io::BufWriter::new(v)"),
        (WRITE, "serde_json::to_writer(v, &n)"),
        (READ, "v.bytes()"),
        (READ, "std::io::read_to_string(v)"),
        (READ, "fn g(v: std::io::Take<V>) {} m(v)"),
    ] {
        let package = "//- Cargo.toml\n[package]\nname = \"app\"\n[dependencies]\nother = \"1\"\nserde = \"1\"\nserde_json = \"1\"\nanyhow = \"1\"\ntracing = \"1\"\n";
        let text = format!("{package}{}", calling(implementation, body));
        edit_moves(body, &text, "41", "42");
    }
}

#[test]
fn what_a_macro_of_another_crate_may_do_with_a_value() {
    for (implementation, body) in [
        (HASH, "counted!(v)"),
        (DISPLAY, "info!(%v)"),
        (DEBUG, "paste::paste! { Err::<u8, V>(v).[<un wrap>]() }"),
        (FROM, "let v: V = converted!(n)"),
    ] {
        let imported = calling(implementation, body)
            .replace("#[allow(unused)]", "#[macro_use] extern crate other;");
        let package = "//- Cargo.toml\n[package]\nname = \"app\"\n[dependencies]\nother = \"1\"\npaste = \"1\"\n";
        edit_moves(body, &format!("{package}{imported}"), "41", "42");
    }
}

#[test]
fn what_is_known_of_another_crate_that_calls() {
    const ADD: &str =
        "impl std::ops::Add for V { type Output = V; fn add(self, _: V) -> V { V(41) } }";
    let with = |name: &str, implementation: &str| {
        let imported = calling(implementation, "v.meet(n)")
            .replace("#[allow(unused)]", &format!("use {name}::Meet;"));
        let name = name.replace('_', "-");
        format!(
            "//- Cargo.toml\n[package]\nname = \"app\"\n[dependencies]\n{name} = \"1\"\n{imported}"
        )
    };
    for (name, implementation) in [
        ("other", ADD),
        ("other", DISPLAY),
        ("other", HASH),
        ("tracing", DISPLAY),
        ("anyhow", FROM),
        ("num_traits", ADD),
    ] {
        edit_moves(name, &with(name, implementation), "41", "42");
    }
    for (name, implementation) in [
        ("tracing", HASH),
        ("anyhow", ADD),
        ("serde", DISPLAY),
        ("num_traits", DISPLAY),
        ("num_integer", HASH),
    ] {
        edit_stays(name, &with(name, implementation), "41", "42");
    }
}

#[test]
fn an_impl_that_nothing_leads_to_does_not_matter() {
    for (implementation, body) in [
        (DEFAULT, "let w = v.clone()"),
        (DEFAULT, "#[derive(Default)] struct W(V); W(v)"),
        (
            HASH,
            "let all = vec![v]; let m = BTreeMap::from([(n, all)])",
        ),
        (HASH, "#[derive(Hash)] struct W(V); W(v)"),
        (BACK, "for x in v {}"),
        (EXTEND, "let mut all = vec![v]; all.push(V(1))"),
        (
            FROM_ITER,
            "let n: u8 = [n].into_iter().map(|n| n + 1).sum()",
        ),
        (SUM, "[v].into_iter().fold(n, |n, v| n + v.0)"),
        (FROM_STR, "let s = format!(\"{}\", v.0)"),
        (DISPLAY, "println!(\"none\")"),
        (DISPLAY, "let s = \"{}\".len()"),
        (DISPLAY, "Some(v).unwrap()"),
        (DEBUG, "assert!(v.0 > n, \"too few\")"),
        (DEBUG, "#[derive(Debug)] struct W(V); W(v)"),
        (DEBUG, "Some(v).unwrap_or(V(1))"),
        (TEXT, "let mut all = vec![v]; all.push(V(1))"),
        (FROM, "fn g<T: ?Sized>(_: &T) {} g(&v)"),
        (FROM, "V(n)"),
        (TRY_FROM, "V(n)"),
        (HASHER, "BTreeMap::new().insert(n, v)"),
        (WRITE, "println!(\"{}\", v.0)"),
        (READ, "for x in [v] {}"),
    ] {
        edit_stays(body, &calling(implementation, body), "41", "42");
    }
}

#[test]
fn a_trait_that_may_be_another_of_the_name() {
    let globbed =
        calling(DEFAULT, "m(v)").replace("use std::collections::*;", "use other::prelude::*;");
    let package = "//- Cargo.toml\n[package]\nname = \"app\"\n[dependencies]\nother = \"1\"\n";
    edit_moves("a glob", &format!("{package}{globbed}"), "41", "42");
    let own = calling(DEFAULT, "v.default()").replace(
        "use std::collections::*;",
        "trait Default { fn default() -> Self; }",
    );
    edit_moves("a trait of ours", &own, "41", "42");
    let imported = calling(DEFAULT, "m(v)").replace(
        "use std::collections::*;",
        "#[cfg(one)] use std::default::Default; #[cfg(not(one))] use other::Default;",
    );
    edit_moves("one of two", &format!("{package}{imported}"), "41", "42");
}

/// A type, a trait of std's it implements, and a function in a module with nothing but these items and imports.
fn named(implementation: &str, items: &str, body: &str) -> String {
    single(&format!(
        "pub struct V(u8);
        {implementation}
        fn probe(_: u8) {{}}
        {items}
        /// @cache\npub fn f(v: V, n: u8) -> u8 {{ {body}; 1 }}\n"
    ))
}

#[test]
fn what_has_the_name_of_something_in_std_and_is_ours() {
    for (items, body) in [
        (
            "pub struct Hasher(V); impl Hasher { fn go(&self) {} }",
            "Hasher(v).go()",
        ),
        (
            "pub enum HashMap { One(V) } impl HashMap { fn go(&self) {} }",
            "HashMap::go(&HashMap::One(v))",
        ),
        ("fn take(_: V) {}", "take(v)"),
        ("fn take(_: V) {}", "self::take(v)"),
        (
            "mod m { pub fn collect(_: super::V) {} } use m::collect;",
            "collect(v)",
        ),
        ("", "let take = n; let read = take; probe(read)"),
        (
            "",
            "let copy = |hash: u8| probe(hash); copy(n); matches!(n, skip if skip > 1)",
        ),
    ] {
        for implementation in [DEFAULT, HASHER, READ] {
            edit_stays(body, &named(implementation, items, body), "41", "42");
        }
    }
}

#[test]
fn what_has_the_name_of_something_in_std_and_may_be_that() {
    for (items, body) in [
        (
            "use std::mem::take;",
            "let mut v = v; probe(take(&mut v).0)",
        ),
        (
            "",
            "use std::mem::take; let mut v = v; probe(take(&mut v).0)",
        ),
        (
            "",
            "{ use std::mem::*; let mut v = v; probe(take(&mut v).0) }",
        ),
        (
            "mod m { pub use std::mem::take; } use m::*;",
            "let mut v = v; probe(take(&mut v).0)",
        ),
        (
            "macro_rules! imports { () => { use std::mem::take; } } imports!();",
            "let mut v = v; probe(take(&mut v).0)",
        ),
        (
            "macro_rules! imports { ($m:ident $n:ident) => { use std::$m::$n; } } imports!(mem take);",
            "let mut v = v; probe(take(&mut v).0)",
        ),
        (
            "macro_rules! from { ($n:ident) => { std::mem::$n } }",
            "let mut v = v; probe(from!(take)(&mut v).0)",
        ),
        (
            "#[cfg(any())] fn take(v: &mut V) -> &mut V { v } #[cfg(not(any()))] use std::mem::take;",
            "let mut v = v; probe(take(&mut v).0)",
        ),
        (
            "#[cfg(any())] pub trait Default { fn default() -> Self; }",
            "fn g<T: Default>() -> T { T::default() } probe(g::<V>().0)",
        ),
        (
            "fn take(v: V) -> V { v }",
            "probe(take(Option::Some(v).unwrap_or_default()).0)",
        ),
        (
            "macro_rules! m { ($($t:tt)*) => { $($t)* } }",
            "fn take() {} m! { let mut v = v; probe(std::mem::take(&mut v).0) }",
        ),
    ] {
        edit_moves(items, &named(DEFAULT, items, body), "41", "42");
    }
    let body = "let mut v = v; std::hash::Hasher::write_u8(&mut v, n); probe(std::hash::Hasher::finish(&v) as u8)";
    edit_moves(body, &named(HASHER, "struct Hasher;", body), "41", "42");
}
