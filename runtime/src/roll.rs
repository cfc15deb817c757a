//! Versions in service: which a process runs, which have entries, and the end of those nobody runs any more.
//!
//! Each process says every ten seconds that it lives and which *build* it runs: the digest of the table of its functions.
//! The table is in the store once for each build. What has entries worth looking for is listed, as *editions*, with the
//! first entry a process stores of it. A version lives while a living process runs a build that has it; every half a
//! minute one process, whose turn it is, compares the two. An edition nobody runs is marked with the store's time, and
//! when that is longer ago than the grace time, its entries are removed in small steps.
//!
//! No decision here is about the right answer of a call: entries are read by their own version alone, and one that is
//! removed too early is computed again. So nothing needs to be exact, and nothing waits: whatever the store forgets or
//! fails to do is done some seconds later, and the grace time begins anew where it is not known how much of it is over.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::clock::{Time, milliseconds};
use crate::event::Change;
use crate::function::Function;
use crate::gate::Gate;
use crate::report::Reporter;
use crate::store::{
    Attended, Build, Edition, EntryKey, Listed, Origin, Presence, Revision, Roster, StoreError,
};
use crate::version::Version;

mod round;
mod settings;
mod survey;
pub(crate) mod table;
#[cfg(test)]
mod tests;

pub use self::round::Purged;
use self::round::Round;
pub use self::settings::Purge;
pub(crate) use self::settings::Settings;
use self::survey::{Survey, Tables, Verdict};
use self::table::Table;

/// What a cache does about versions.
pub(crate) struct Roll {
    control: Box<str>,
    instance: Origin,
    settings: Settings,
    gate: Arc<Gate>,
    time: Time,
    reporter: Reporter,
    /// Is told of what was purged.
    changed: Box<dyn Fn(Change) + Send + Sync>,
    /// Whether there is anything to do at all: it is wanted, and the store can do it.
    is_active: bool,
    /// How many tables of functions there were when this process last said what it runs; 0 before.
    announced: AtomicUsize,
    /// What calls leave to be done. Never held while the store is asked.
    calls: Mutex<Calls>,
    /// When a purge goes on, in milliseconds of the process; `u64::MAX` without one.
    step_ms: AtomicU64,
    /// What the thread that does it all knows.
    work: Mutex<Work>,
    has_complained: AtomicBool,
}

#[derive(Debug, Default)]
struct Calls {
    /// When the next sign of life is due; `None` before the first call.
    next_ms: Option<u64>,
    /// The editions this process has stored entries of, by function and version.
    editions: HashMap<(u64, Version), (Edition, &'static str)>,
    /// Those of them that the store was not told of yet.
    unlisted: Vec<(Edition, &'static str)>,
}

#[derive(Debug, Default)]
struct Work {
    own: Own,
    /// The time of the process at which the store last answered a sign of life.
    attended_ms: u64,
    /// The list of editions this process has listed its own in.
    list: Option<u64>,
    tables: Tables,
    round: Option<Round>,
    has_taken_advice: bool,
}

/// What this process runs.
#[derive(Debug)]
struct Own {
    /// Of how many tables it was made.
    count: usize,
    table: Table,
    written: Vec<u8>,
    build: Build,
    /// It has not been said yet.
    is_new: bool,
}

impl Default for Own {
    fn default() -> Self {
        Self::now()
    }
}

impl Own {
    fn now() -> Self {
        let count = table::count();
        let table = Table::own();
        let written = table.write();
        Self {
            count,
            build: table::build(&written),
            table,
            written,
            is_new: true,
        }
    }
}

impl Roll {
    pub(crate) fn new(
        control: &str,
        instance: Origin,
        settings: Settings,
        gate: Arc<Gate>,
        time: Time,
        reporter: Reporter,
        changed: impl Fn(Change) + Send + Sync + 'static,
    ) -> Self {
        let is_active = settings.purge != Purge::Off && gate.store().roster().is_some();
        Self {
            control: control.into(),
            instance,
            settings,
            gate,
            time,
            reporter,
            changed: Box::new(changed),
            is_active,
            announced: AtomicUsize::new(0),
            calls: Mutex::default(),
            step_ms: AtomicU64::new(u64::MAX),
            work: Mutex::default(),
            has_complained: AtomicBool::new(false),
        }
    }

    /// One that does nothing.
    #[cfg(all(test, selfsame_model))]
    pub(crate) fn idle(gate: &Arc<Gate>, time: &Time) -> Self {
        let settings = Settings {
            purge: Purge::Off,
            ..Settings::default()
        };
        let (gate, time) = (Arc::clone(gate), time.clone());
        Self::new(
            "model",
            Origin(0),
            settings,
            gate,
            time,
            Reporter::default(),
            |_| {},
        )
    }

    /// Whether there is nothing to announce that was not.
    #[inline]
    pub(crate) fn is_announced(&self) -> bool {
        // Relaxed: what it guards is taken under a lock.
        !self.is_active || self.announced.load(Ordering::Relaxed) == table::count()
    }

    /// Has what this process runs said at once.
    pub(crate) fn announce(&self) {
        if self.is_active {
            self.announced.store(table::count(), Ordering::Relaxed);
            self.calls().next_ms = Some(self.time.now_ms());
        }
    }

    /// Whether an entry of this function is to be found by its version.
    pub(crate) fn indexes(&self, function: &Function) -> bool {
        self.is_active && self.settings.indexes(function)
    }

    /// Notes that such an entry is about to be stored; whether it is the first of its edition.
    pub(crate) fn note(&self, key: &EntryKey, function: &'static Function) -> bool {
        let mut calls = self.calls();
        let id = (key.function(), key.version());
        if calls.editions.contains_key(&id) {
            return false;
        }
        let listed = (Edition::of(key), function.path());
        calls.unlisted.push(listed.clone());
        calls.editions.insert(id, listed);
        true
    }

    /// When there is something to do, in milliseconds of the process.
    pub(crate) fn next_ms(&self) -> u64 {
        let calls = self.calls();
        if !calls.unlisted.is_empty() {
            return 0;
        }
        let attend_ms = calls.next_ms.unwrap_or(u64::MAX);
        attend_ms.min(self.step_ms.load(Ordering::Relaxed))
    }

    /// Does what is due.
    pub(crate) fn run_due(&self) {
        if !self.is_active {
            return;
        }
        let mut work = self.work();
        self.list_new();
        if self.is_due() && !self.with_roster(|roster| self.attend(roster, &mut work)) {
            self.plan(self.settings.heartbeat / 10);
        }
        self.go_on(&mut work);
        let step_ms = work.round.as_ref().map_or(u64::MAX, |round| round.next_ms);
        self.step_ms.store(step_ms, Ordering::Relaxed);
    }

    /// Removes the entries of all listed editions that no living process runs, whatever the grace time.
    pub(crate) fn purge_now(&self) -> Result<Purged, StoreError> {
        let store = self.gate.admit()?;
        let Some(roster) = store.roster() else {
            return Ok(Purged::default());
        };
        let own = Table::own();
        let mut tables = Tables::new();
        let Some(survey) = Survey::make(roster, &self.control, &own, &mut tables)? else {
            return Ok(Purged::default());
        };
        let mut dead = roster.listed(&self.control)?;
        dead.retain(|listed| !survey.is_live(listed));
        let Some(mut round) = Round::new(dead, true, self.time.now_ms()) else {
            return Ok(Purged::default());
        };
        while !round.is_over() {
            let began = self.time.precise();
            round.step(roster, &self.control)?;
            thread::sleep(round.pause(self.time.precise().saturating_sub(began)));
        }
        self.tell(round.done);
        Ok(round.done)
    }

    /// Lists what was stored for the first time. What could not be listed is so with the next entry of it.
    fn list_new(&self) {
        let unlisted = std::mem::take(&mut self.calls().unlisted);
        if unlisted.is_empty() {
            return;
        }
        if !self.with_roster(|roster| roster.list(&self.control, &unlisted)) {
            self.calls()
                .editions
                .retain(|_, known| !unlisted.contains(known));
        }
    }

    fn is_due(&self) -> bool {
        let now_ms = self.time.now_ms();
        let planned_ms = self.calls().next_ms;
        let is_due = planned_ms.is_some_and(|at_ms| at_ms <= now_ms);
        if is_due {
            self.plan(self.settings.heartbeat);
        }
        is_due
    }

    /// Plans the next sign of life.
    fn plan(&self, pause: Duration) {
        let at_ms = self.time.now_ms().saturating_add(milliseconds(pause));
        self.calls().next_ms = Some(at_ms);
    }

    /// Says that this process lives and what it runs, and does what follows from the answer.
    fn attend(&self, roster: &dyn Roster, work: &mut Work) -> Result<(), StoreError> {
        if work.own.count != table::count() {
            work.own = Own::now();
        }
        let attended = roster.attend(&self.control, &self.presence(work))?;
        work.attended_ms = self.time.now_ms();
        self.take_advice(work);
        self.make_known(roster, work, attended)?;
        if work.own.is_new && self.settings.purge == Purge::Immediate {
            work.round = self.begin_immediate_round(roster, &work.own.table)?;
            work.own.is_new = false;
        } else if work.round.is_none() && attended.has_turn {
            work.round = self.begin_round(roster, work)?;
        }
        Ok(())
    }

    fn presence(&self, work: &Work) -> Presence {
        let keeps_turn = work.round.as_ref().is_some_and(|round| !round.is_immediate);
        Presence {
            instance: self.instance,
            build: work.own.build,
            life: self.settings.life(),
            turn: self.settings.life(),
            keeps_turn,
            kept: self.settings.kept(),
        }
    }

    /// Says again what the store has forgotten, or never knew.
    fn make_known(
        &self,
        roster: &dyn Roster,
        work: &mut Work,
        attended: Attended,
    ) -> Result<(), StoreError> {
        let own = &work.own;
        if !attended.knows_build {
            let kept = self.settings.kept();
            roster.enroll(&self.control, own.build, &own.written, kept)?;
        }
        if attended.list.is_none() || attended.list != work.list {
            let editions: Vec<_> = self.calls().editions.values().cloned().collect();
            if !editions.is_empty() {
                roster.list(&self.control, &editions)?;
            }
            work.list = attended.list;
        }
        Ok(())
    }

    /// Looks for editions that nobody runs any more.
    fn begin_round(
        &self,
        roster: &dyn Roster,
        work: &mut Work,
    ) -> Result<Option<Round>, StoreError> {
        let survey = Survey::make(roster, &self.control, &work.own.table, &mut work.tables)?;
        let Some(survey) = survey else {
            return Ok(None);
        };
        let (mut dead, mut revisions) = (Vec::new(), Vec::new());
        for listed in roster.listed(&self.control)? {
            match survey.judge(&listed, self.grace_ms()) {
                Verdict::Keep => {}
                Verdict::Revive => revisions.push((listed, Revision::Live)),
                Verdict::Bury => revisions.push((listed, Revision::DeadSince(survey.now_ms))),
                Verdict::Purge => dead.push(listed),
            }
        }
        if !revisions.is_empty() {
            roster.revise(&self.control, &revisions)?;
        }
        Ok(Round::new(dead, false, self.time.now_ms()))
    }

    /// Other versions of the functions this process has, and what else its crates once had.
    fn begin_immediate_round(
        &self,
        roster: &dyn Roster,
        own: &Table,
    ) -> Result<Option<Round>, StoreError> {
        let is_previous = |listed: &Listed| {
            own.has_crate_of(&listed.path) && !own.has(&listed.path, listed.edition.version)
        };
        let mut dead = roster.listed(&self.control)?;
        dead.retain(is_previous);
        Ok(Round::new(dead, true, self.time.now_ms()))
    }

    /// Goes on with a purge that is due, unless it may be somebody else's turn by now.
    fn go_on(&self, work: &mut Work) {
        let now_ms = self.time.now_ms();
        let Some(mut round) = work.round.take_if(|round| round.next_ms <= now_ms) else {
            return;
        };
        let is_late =
            now_ms.saturating_sub(work.attended_ms) > milliseconds(self.settings.life()) * 2 / 3;
        if is_late && !round.is_immediate {
            return;
        }
        let began = self.time.precise();
        let done = self.with_roster(|roster| {
            self.check(roster, &mut round, work, now_ms)?;
            round.step(roster, &self.control)
        });
        let took = self.time.precise().saturating_sub(began);
        round.pace(took, !done, self.time.now_ms());
        if round.is_over() {
            self.tell(round.done);
        } else {
            work.round = Some(round);
        }
    }

    /// Makes sure, ten times as often as processes say that they live, that nobody runs what is purged.
    fn check(
        &self,
        roster: &dyn Roster,
        round: &mut Round,
        work: &mut Work,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let pause_ms = milliseconds(self.settings.heartbeat / 10);
        if round.is_immediate || now_ms.saturating_sub(round.checked_ms) < pause_ms {
            return Ok(());
        }
        round.checked_ms = now_ms;
        let survey = Survey::make(roster, &self.control, &work.own.table, &mut work.tables)?;
        if let Some(survey) = survey {
            round.check(&survey, self.grace_ms());
        }
        Ok(())
    }

    fn tell(&self, done: Purged) {
        let Purged { versions, entries } = done;
        if versions > 0 || entries > 0 {
            (self.changed)(Change::Purged { versions, entries });
        }
    }

    /// Says once what whoever runs the store should know.
    fn take_advice(&self, work: &mut Work) {
        if !std::mem::replace(&mut work.has_taken_advice, true)
            && let Some(advice) = self.gate.store().advice()
        {
            self.reporter.say(format_args!("{advice}"));
        }
    }

    /// Does `work` with the store's account; whether it is done. What fails is tried again later; what will go on failing is
    /// said, once.
    fn with_roster(&self, work: impl FnOnce(&dyn Roster) -> Result<(), StoreError>) -> bool {
        let Some(roster) = self.gate.admit().ok().and_then(|store| store.roster()) else {
            return false;
        };
        let done = work(roster);
        if let Err(error) = &done
            && !error.kind().is_unreachable()
            && !self.has_complained.swap(true, Ordering::Relaxed)
        {
            self.reporter.say(format_args!(
                "{error}; entries of versions nobody runs any more stay until they end (said once)"
            ));
        }
        done.is_ok()
    }

    fn grace_ms(&self) -> u64 {
        milliseconds(self.settings.grace)
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Roll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roll")
            .field("control", &self.control)
            .field("instance", &self.instance)
            .field("settings", &self.settings)
            .field("is_active", &self.is_active)
            .finish_non_exhaustive()
    }
}
