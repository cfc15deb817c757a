//! One instance: a cache with a clock and a way to the store of its own.

use super::hub::Hub;
use super::port::Port;
use crate::cache::Cache;
use crate::gate::Owed;

#[derive(Debug)]
pub(super) struct Instance {
    pub(super) slot: usize,
    pub(super) life: u64,
    pub(super) cache: Cache,
}

impl Instance {
    /// Starts in a slot, whose last instance is gone.
    pub(super) fn start(hub: &Hub, slot: usize) -> Self {
        let (life, clock) = {
            let mut state = hub.state();
            let life = state.number();
            state.lives[slot] = life;
            state.links[slot] = super::link::Link::default();
            state.judge.forgets(slot);
            state.note(Some(slot), None, None, "starts, life", life);
            (life, state.clocks[slot].clone())
        };
        let (port, ear) = (
            Port {
                hub: hub.clone(),
                slot,
            },
            hub.clone(),
        );
        let cache = Cache::builder()
            .store(port)
            .clock(clock)
            .l1_max_bytes(1 << 20)
            .wait_deadline(std::time::Duration::from_secs(2))
            .on_event(move |_, event| ear.hear(event))
            .on_report(|_| {})
            .build()
            .expect("the settings are valid");
        cache.core().errands.drive_by_hand();
        cache.core().timers.drive_by_hand();
        Self { slot, life, cache }
    }

    /// Does what is due in the background.
    pub(super) fn run_errands(&self, hub: &Hub) {
        let before = self.owed();
        self.cache.core().errands.run_due();
        let after = self.owed();
        let mut state = hub.state();
        for name in before.iter().filter(|name| !after.contains(name)) {
            state.judge.settled(self.life, name);
        }
    }

    pub(super) fn owed(&self) -> Vec<String> {
        let name = |(owed, _)| match owed {
            Owed::Entry(key) => key.as_str().to_owned(),
            Owed::Tag(tag) => tag.as_str().to_owned(),
        };
        self.cache
            .core()
            .gate
            .deferred()
            .list()
            .into_iter()
            .map(name)
            .collect()
    }

    /// What should not be left when nobody calls any more.
    pub(super) fn leftovers(&self) -> Vec<String> {
        let core = self.cache.core();
        let counts = [
            ("flights", core.flights.len()),
            ("leases", core.errands.held()),
            ("places in the background", core.background.taken()),
            ("invalidations that were not sent", self.owed().len()),
            ("suspended stores", usize::from(core.gate.is_suspended())),
        ];
        let left = counts.iter().filter(|(_, count)| *count > 0);
        left.map(|(what, count)| format!("{count} {what}"))
            .collect()
    }
}
