//! A lap whose calls are made by several tasks at once.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::time;

/// As many tasks make a lap's calls together.
#[derive(Debug)]
pub struct Lap<'a> {
    /// Where they run.
    pub runtime: &'a Runtime,
    /// How many there are.
    pub tasks: u32,
    /// How many different keys they ask for.
    pub keys: u64,
}

/// What a task asks for, one after the other.
pub type Ids = Box<dyn Iterator<Item = u64> + Send>;

impl Lap<'_> {
    /// How long it takes. `task` asks for all the ids it is given.
    ///
    /// # Panics
    ///
    /// If a task does.
    pub fn run<R>(&self, calls: u32, task: impl Fn(Ids) -> R) -> Duration
    where
        R: Future<Output = ()> + Send + 'static,
    {
        let share = u64::from(calls / self.tasks);
        time(|| {
            self.runtime.block_on(async {
                let tasks: Vec<_> = (0..u64::from(self.tasks))
                    .map(|number| tokio::spawn(task(self.ids(number * 7, share))))
                    .collect();
                for task in tasks {
                    task.await.expect("no bench panics");
                }
            });
        })
    }

    fn ids(&self, first: u64, count: u64) -> Ids {
        let keys = self.keys;
        Box::new((first..first + count).map(move |id| id % keys))
    }
}
