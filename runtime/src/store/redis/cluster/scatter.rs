//! Commands on keys of several slots: to all nodes at once, and put together again.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use redis::{Cmd, Pipeline, Value};

use super::super::command::Request;
use super::super::link::within;
use super::super::server::Spoken;
use super::super::together::together;
use super::map::Map;
use super::node::Node;
use super::{Cluster, Onward};
use crate::store::{StoreError, StoreErrorKind};

/// A command on one key.
#[derive(Debug)]
pub(in super::super) struct Keyed {
    pub(in super::super) key: String,
    pub(in super::super) command: Cmd,
}

/// The commands for one node.
struct Group {
    node: Arc<Node>,
    /// Where their replies belong.
    places: Vec<usize>,
    commands: Pipeline,
}

impl Cluster {
    /// Sends each command to the node that serves its key, and after all are answered the `last` one. The replies in
    /// this order, and the time of the node that the first reply is from, or the last one's if there is one.
    pub(in super::super) async fn ask_each(
        &self,
        commands: Vec<Keyed>,
        last: Option<Keyed>,
    ) -> Result<(Value, u64), StoreError> {
        let work = async {
            let mut gathered = self.scatter(commands).await?;
            if let Some(Keyed { key, command }) = last {
                let (reply, now_ms) = self.ask(&key, |_| command.into()).await?;
                gathered.add(reply, now_ms);
            }
            gathered.finish()
        };
        within(self.deadline, work)?.await
    }

    /// [`ask_each`](Self::ask_each), blocking the calling thread.
    pub(in super::super) fn ask_each_blocking(
        &self,
        commands: Vec<Keyed>,
        last: Option<Keyed>,
    ) -> Result<(Value, u64), StoreError> {
        let ends = Instant::now() + self.deadline;
        let mut gathered = self.scatter_blocking(commands, ends)?;
        if let Some(Keyed { key, command }) = last {
            let (reply, now_ms) = self.ask_blocking(&key, |_| command.into())?;
            gathered.add(reply, now_ms);
        }
        gathered.finish()
    }

    async fn scatter(&self, commands: Vec<Keyed>) -> Result<Gathered, StoreError> {
        let mut gathered = Gathered::of(commands.len());
        let map = self.survey.found().await?;
        let groups = self.groups(&map, commands)?;
        let answers = together(groups.into_iter().map(|group| async {
            let answer = group.node.ask(|_| Request::Several(group.commands)).await;
            (group.node, group.places, answer)
        }));
        let mut onward = Vec::new();
        for (node, places, answer) in answers.await {
            let spoken = self.noted(answer)?;
            onward.extend(self.sort(&mut gathered, &node, &places, spoken)?);
        }
        for (place, onward, request) in onward {
            let (reply, now_ms) = self.follow(onward, request).await?;
            gathered.put(place, reply, now_ms);
        }
        Ok(gathered)
    }

    fn scatter_blocking(
        &self,
        commands: Vec<Keyed>,
        ends: Instant,
    ) -> Result<Gathered, StoreError> {
        let mut gathered = Gathered::of(commands.len());
        let map = self.survey.found_blocking(ends)?;
        let mut groups = self.groups(&map, commands)?;
        // All are asked before the first is waited for.
        let begun: Vec<_> = groups
            .iter_mut()
            .map(|group| {
                let commands = mem::take(&mut group.commands);
                let begun = group.node.begin(ends, |_| Request::Several(commands));
                (&group.node, &group.places, begun)
            })
            .collect();
        let mut onward = Vec::new();
        for (node, places, begun) in begun {
            let spoken = self.noted(begun.and_then(|pending| node.finish(pending)))?;
            onward.extend(self.sort(&mut gathered, node, places, spoken)?);
        }
        for (place, onward, request) in onward {
            let (reply, now_ms) = self.follow_blocking(&onward, request, ends)?;
            gathered.put(place, reply, now_ms);
        }
        Ok(gathered)
    }

    fn groups(&self, map: &Map, commands: Vec<Keyed>) -> Result<Vec<Group>, StoreError> {
        let mut groups: Vec<Group> = Vec::with_capacity(map.nodes.len());
        for (place, Keyed { key, command }) in commands.into_iter().enumerate() {
            let node = self.served(map.node(&key))?;
            let group = match groups.iter_mut().find(|group| group.node.is(node)) {
                Some(group) => group,
                None => {
                    groups.push(Group {
                        node: Arc::clone(node),
                        places: Vec::new(),
                        commands: Pipeline::new(),
                    });
                    let last = groups.last_mut();
                    last.ok_or(StoreErrorKind::Unavailable)?
                }
            };
            group.places.push(place);
            group.commands.add_command(command);
        }
        Ok(groups)
    }

    /// Takes a node's replies over; those that are redirections are returned, with the command to be sent elsewhere.
    fn sort(
        &self,
        gathered: &mut Gathered,
        node: &Node,
        places: &[usize],
        spoken: Spoken,
    ) -> Result<Vec<(usize, Onward, Request)>, StoreError> {
        let (Value::Array(replies), Request::Several(commands)) = (spoken.reply, spoken.request)
        else {
            return Err(StoreErrorKind::Protocol.into());
        };
        let mut turned = Vec::new();
        for ((&place, reply), command) in places.iter().zip(replies).zip(commands.cmd_iter()) {
            let spoken = Spoken {
                request: command.clone().into(),
                reply,
                now_ms: spoken.now_ms,
            };
            match self.onward(node, &spoken) {
                Some(onward) => turned.push((place, onward, spoken.request)),
                None => gathered.put(place, spoken.reply, spoken.now_ms),
            }
        }
        Ok(turned)
    }
}

/// Replies in the order of their commands.
struct Gathered {
    replies: Vec<Option<Value>>,
    now_ms: u64,
}

impl Gathered {
    fn of(count: usize) -> Self {
        Self {
            replies: (0..count).map(|_| None).collect(),
            now_ms: 0,
        }
    }

    fn put(&mut self, place: usize, reply: Value, now_ms: u64) {
        if place == 0 {
            self.now_ms = now_ms;
        }
        if let Some(slot) = self.replies.get_mut(place) {
            *slot = Some(reply);
        }
    }

    /// Adds the reply to what was asked last, which is what the time is wanted for.
    fn add(&mut self, reply: Value, now_ms: u64) {
        self.replies.push(Some(reply));
        self.now_ms = now_ms;
    }

    fn finish(self) -> Result<(Value, u64), StoreError> {
        let replies: Option<Vec<Value>> = self.replies.into_iter().collect();
        let replies = replies.ok_or(StoreErrorKind::Protocol)?;
        Ok((Value::Array(replies), self.now_ms))
    }
}
