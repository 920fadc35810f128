//! What many at once save: `sample_many` against `sample` and `observe_many` against `observe`, in turn, for one trial each;
//! on one core and on all.
//!
//! `cargo bench -p transfer-nas --bench batches`

mod support;

use std::cell::RefCell;

use support::{Chain, Pairs, agent, microseconds, rounds, told};
use transfer_nas::prelude::*;

fn sampling(rounds: usize, count: usize) {
    let agent = RefCell::new(agent(Attention::Causal, 100));
    let one_by_one = || {
        microseconds(|| {
            for _ in 0..count {
                drop(agent.borrow_mut().sample::<Chain>().expect("every chain is valid"));
            }
        })
    };
    let at_once = || {
        microseconds(|| {
            agent.borrow_mut().sample_many::<Chain>(count).expect("every chain is valid");
        })
    };
    let each = |time: f64| time / count as f64;
    let pairs = Pairs::measure(rounds, || each(one_by_one()), || each(at_once()));
    pairs.print("sample", &format!("sample_many({count}), each"));
}

/// Both agents begin alike; one takes as many steps as there are trials, the other one a block.
fn observing(rounds: usize, count: usize) {
    let (mut one_by_one, mut at_once) = (agent(Attention::Causal, 100), agent(Attention::Causal, 100));
    let mut step_by_step = || {
        let trials = told(&mut one_by_one, count);
        microseconds(|| {
            for (trial, reward) in trials {
                one_by_one.observe(trial, reward).expect("the reward is finite");
            }
        })
    };
    let mut in_one_step = || {
        let trials = told(&mut at_once, count);
        microseconds(|| {
            at_once.observe_many(trials).expect("the rewards are finite");
        })
    };
    let each = |time: f64| time / count as f64;
    let pairs = Pairs::measure(rounds, || each(step_by_step()), || each(in_one_step()));
    pairs.print("observe", &format!("observe_many({count}), each"));
}

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    for threads in if cores > 1 { vec![1, cores] } else { vec![1] } {
        println!("on {threads} {}\n", if threads == 1 { "core" } else { "cores" });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        pool.install(|| {
            sampling(rounds(60), 64);
            observing(rounds(40), 16);
            observing(rounds(15), 64);
        });
    }
}
