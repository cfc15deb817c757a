//! Who may change global state, by whatever way: what they change it to is part of the version (rule R12).

use super::*;

const ATOMIC: &str = "use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
    static S: AtomicU8 = AtomicU8::new(0);";

/// `setting` sets to 41 what the marked function reads.
#[track_caller]
fn moves_with(state: &str, setting: &str, read: &str) {
    let text = single(&format!(
        "pub struct A; struct G(u8); {state}\n{setting}\n/// @cache\npub fn f() -> u8 {{ {read} }}"
    ));
    edit_moves(setting, &text, "41", "42");
}

#[test]
fn a_setter_by_another_name_of_the_state() {
    for setting in [
        "const CELL: &AtomicU8 = &S; pub fn start() { CELL.store(41, Relaxed) }",
        "impl A { const CELL: &'static AtomicU8 = &S; } pub fn start() { A::CELL.store(41, Relaxed) }",
        "mod q { pub use crate::S as T; } pub fn start() { q::T.store(41, Relaxed) }",
        "static TABLE: [&AtomicU8; 1] = [&S]; pub fn start() { TABLE[0].store(41, Relaxed) }",
        "fn get() -> &'static AtomicU8 { &S } pub fn start() { get().store(41, Relaxed) }",
        "macro_rules! set { ($v:expr) => { S.store($v, Relaxed) } } pub fn start() { set!(41) }",
        "macro_rules! set { ($s:ident $v:expr) => { $s.store($v, Relaxed) } } pub fn start() { set!(S 41) }",
    ] {
        moves_with(ATOMIC, setting, "S.load(Relaxed)");
    }
}

#[test]
fn a_setter_that_nobody_calls_by_name() {
    for setting in [
        "impl Drop for G { fn drop(&mut self) { S.store(self.0, Relaxed) } } pub fn start() { let _g = G(41); }",
        "impl std::ops::AddAssign<u8> for A { fn add_assign(&mut self, v: u8) { S.store(v, Relaxed) } }
        pub fn start() { let mut a = A; a += 41; }",
        "impl From<u8> for A { fn from(v: u8) -> A { S.store(v, Relaxed); A } } pub fn start() { let _: A = 41.into(); }",
        "trait P { fn put(&self, v: u8); } impl P for A { fn put(&self, v: u8) { S.store(v, Relaxed) } }
        pub fn start(p: &dyn P) { p.put(41) }",
        "fn put(v: u8) { S.store(v, Relaxed) } pub fn start() { [41].into_iter().for_each(put) }",
        "struct Ops { put: fn(u8) } const OPS: Ops = Ops { put }; fn put(v: u8) { S.store(v, Relaxed) }
        pub fn start() { (OPS.put)(41) }",
        "#[unsafe(no_mangle)] extern \"C\" fn hook(v: u8) { S.store(v, Relaxed) }
        unsafe extern \"C\" { #[link_name = \"hook\"] fn other(v: u8); } pub fn start() { unsafe { other(41) } }",
        "#[unsafe(export_name = \"hook\")] extern \"C\" fn put(v: u8) { S.store(v, Relaxed) }
        mod c { unsafe extern \"C\" { pub fn hook(v: u8); } } pub fn start() { unsafe { c::hook(41) } }",
    ] {
        moves_with(ATOMIC, setting, "S.load(Relaxed)");
    }
}

#[test]
fn a_setter_that_a_macro_makes() {
    for (made, call) in [
        (
            "macro_rules! m { ($n:ident) => { fn $n(v: u8) { STORE } } } m!(put);",
            "put(41)",
        ),
        (
            "macro_rules! m { ($n:ident) => { impl A { fn $n(&self, v: u8) { STORE } } } } m!(put);",
            "A.put(41)",
        ),
        (
            "macro_rules! m { ($n:ident) => { fn $n(&self, v: u8) { STORE } } } impl A { m!(put); }",
            "A.put(41)",
        ),
        (
            "macro_rules! m { ($n:ident) => { trait Q { fn $n(&self, v: u8) { STORE } } impl Q for A {} } } m!(put);",
            "A.put(41)",
        ),
        (
            "macro_rules! m { ($n:ident) => { struct $n; impl $n { fn put(v: u8) { STORE } } } } m!(Q);",
            "Q::put(41)",
        ),
        (
            "macro_rules! m { ($n:ident) => { struct $n; impl $n { fn put(v: u8) { STORE } } } } m!(Q); type R = Q;",
            "<R>::put(41)",
        ),
        (
            "macro_rules! m { ($n:ident) => { mod $n { use super::*; pub fn put(v: u8) { STORE } } } } m!(q);",
            "q::put(41)",
        ),
        (
            "mod w { use super::*; pub fn put(v: u8) { STORE } } macro_rules! m { ($n:ident) => { use w as $n; } } m!(q);",
            "q::put(41)",
        ),
        (
            "macro_rules! m { ($t:ty) => { impl Drop for $t { fn drop(&mut self) { let v = self.0; STORE } } } } m!(G);",
            "let _g = G(41)",
        ),
        (
            "macro_rules! m { () => { impl Drop for G { fn drop(&mut self) { let v = self.0; STORE } } } } m!();",
            "let _g = G(41)",
        ),
        (
            "macro_rules! m { () => { fn drop(&mut self) { let v = self.0; STORE } } } impl Drop for G { m!(); }",
            "let _g = G(41)",
        ),
        (
            "macro_rules! m { ($t:ty) => { impl From<u8> for $t { fn from(v: u8) -> $t { STORE; A } } } } m!(A);",
            "let _: A = 41.into()",
        ),
    ] {
        let setting = format!(
            "{} pub fn start() {{ {call}; }}",
            made.replace("STORE", "S.store(v, Relaxed)")
        );
        moves_with(ATOMIC, &setting, "S.load(Relaxed)");
    }
}

#[test]
fn a_cell_that_is_handed_out_and_set_once() {
    for (state, read) in [
        (
            "use std::sync::OnceLock; fn o() -> &'static OnceLock<u8> { static O: OnceLock<u8> = OnceLock::new(); &O }",
            "*o().get().unwrap()",
        ),
        (
            "use std::sync::OnceLock; static O: OnceLock<u8> = OnceLock::new(); fn o() -> &'static OnceLock<u8> { &O }",
            "*O.get_or_init(|| 1)",
        ),
    ] {
        moves_with(state, "pub fn start() { let _ = o().set(41); }", read);
    }
}
