//! The late part of a version: what the compiler would answer, answered here.

use std::collections::BTreeMap;

use selfsame_build::tool::{self, Answer};

use crate::cfg::{Cfgs, Predicate};
use crate::model::{Answered, Function, Late};

/// What one target is compiled with.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    /// Whether cargo compiles the target at all.
    pub(crate) is_built: bool,
    pub(crate) cfgs: Cfgs,
    /// Variables `option_env!` sees.
    pub(crate) variables: BTreeMap<String, String>,
}

impl Compiled {
    /// The version a function has in this build. `None` for a manifest that is damaged.
    pub(crate) fn version(&self, function: &Function) -> Option<u128> {
        let fixed = number(&function.fixed)?;
        let answers = function.late.iter().map(|late| self.answer(late));
        Some(tool::version(fixed, answers.collect::<Option<Vec<_>>>()?))
    }

    fn answer(&self, late: &Late) -> Option<Answer<'_>> {
        Some(match late {
            Late::Cfg { cfg, mask } => Answer::Cfg(self.cfgs.hold(cfg), number(mask)?),
            Late::Env { env, mask } => {
                Answer::Env(self.variables.get(env).map(String::as_str), number(mask)?)
            }
        })
    }

    /// The answers to a function's late inputs, in their order.
    pub(crate) fn answers(&self, function: &Function) -> Vec<Answered> {
        let answer = |late: &Late| match late {
            Late::Cfg { cfg, .. } => Answered::Holds(self.cfgs.hold(cfg)),
            Late::Env { env, .. } => Answered::Value(self.variables.get(env).cloned()),
        };
        function.late.iter().map(answer).collect()
    }

    /// Whether a function is compiled at all.
    pub(crate) fn compiles(&self, function: &Function) -> bool {
        self.is_built
            && function.cfgs.iter().all(|cfg| {
                // What can't be read decides nothing: better listed than lost.
                Predicate::parse(cfg).is_none_or(|predicate| predicate.holds(&self.cfgs))
            })
    }
}

fn number(hex: &str) -> Option<u128> {
    u128::from_str_radix(hex, 16).ok()
}
