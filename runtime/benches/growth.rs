//! Whether a trial costs more late in a search: at trial 5,000 against trial 100, in turn.
//!
//! `cargo bench -p transfer-nas --bench growth`
//!
//! Both agents have a full memory of elites and are warm, and no draw is refused; the share of trials that learn from an
//! elite, which is half of the work, is printed for each. The old agent is one agent all along, so that all it remembers
//! is there; the young one is made anew for each block, or it would grow old as well.

mod support;

use std::cell::Cell;

use support::{Chain, Pairs, agent, microseconds, rounds, run};
use transfer_nas::prelude::*;

/// The trials of a block that are timed, and those before them that bring its agent into the caches.
const TIMED: usize = 30;
const WARM: usize = 5;

/// The mean cost of a trial.
fn block(agent: &mut Agent<Chain>, imitated: &Cell<usize>) -> f64 {
    for _ in 0..WARM {
        run(agent);
    }
    let mut from_elites = 0;
    let all = microseconds(|| {
        for _ in 0..TIMED {
            from_elites += usize::from(run(agent).imitated.is_some());
        }
    });
    imitated.set(imitated.get() + from_elites);
    all / TIMED as f64
}

fn main() {
    let rounds = rounds(60);
    let (early, late) = (Cell::new(0), Cell::new(0));
    let mut old = agent(Attention::Causal, 5000);
    let pairs = Pairs::measure(rounds, || block(&mut old, &late), || block(&mut agent(Attention::Causal, 100), &early));
    pairs.print("a causal trial at trial 5,000", "a causal trial at trial 100");
    let share = |of: &Cell<usize>| of.get() as f64 / (rounds * TIMED) as f64;
    println!(
        "learned from an elite, too: {:.2} of the late trials, {:.2} of the early ones",
        share(&late),
        share(&early)
    );
}
