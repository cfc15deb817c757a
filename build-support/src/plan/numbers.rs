//! The long numbers of a plan, versions and masks, apart from everything else: they move with most edits of the code,
//! the rest with few.

use crate::hash::HashMap;

use super::{FunctionPlan, ModulePlan, Plan};

/// The numbers of a plan, each under what stands for it in the plan without them.
#[derive(Debug, Default)]
pub(crate) struct Numbers(HashMap<u128, u128>);

impl Numbers {
    /// What a number stands for, if it was put into a plan.
    pub(crate) fn meant_by(&self, number: u128) -> Option<u128> {
        self.0.get(&number).copied()
    }

    fn take(&mut self, number: &mut u128) {
        let position = self.0.len() as u128;
        let stand_in = STAND_IN.wrapping_add(position);
        self.0.insert(stand_in, std::mem::replace(number, stand_in));
    }
}

/// The first number that stands for another: random, so that no source has it for anything else.
const STAND_IN: u128 = 0xd7a1_0c5e_93f4_4b82_a6e9_1b70_5c3d_f200;

impl Plan {
    /// The same plan with other numbers in the place of its own, always the same ones.
    pub(crate) fn without_numbers(&self) -> (Self, Numbers) {
        let mut plan = self.clone();
        let mut numbers = Numbers::default();
        for number in plan.numbers() {
            numbers.take(number);
        }
        (plan, numbers)
    }

    fn numbers(&mut self) -> Vec<&mut u128> {
        let Self {
            late,
            functions,
            root,
            inside,
            crate_name: _,
            is_binary: _,
            tags: _,
        } = self;
        let masks = late.iter_mut().flatten().map(|late| &mut late.mask);
        let entries = functions.iter_mut().map(|entry| &mut entry.version.fixed);
        let inside = inside.iter_mut().flat_map(|inside| &mut inside.functions);
        let mut numbers: Vec<&mut u128> = masks.chain(entries).collect();
        numbers.extend(inside.map(of_function));
        of_module(root, &mut numbers);
        numbers
    }
}

fn of_module<'p>(module: &'p mut ModulePlan, numbers: &mut Vec<&'p mut u128>) {
    numbers.extend(module.functions.iter_mut().map(of_function));
    for child in &mut module.children {
        of_module(child, numbers);
    }
}

fn of_function(function: &mut FunctionPlan) -> &mut u128 {
    &mut function.version.fixed
}
