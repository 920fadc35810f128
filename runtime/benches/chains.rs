//! One trial on chains of 10 to 400 decisions and 2 to 50 actions, with causal attention.
//!
//! `cargo bench -p transfer-nas --bench chains`

use divan::Bencher;
use transfer_nas::prelude::*;

fn main() {
    divan::main();
}

/// `$len` decisions of the actions `0..=$last`.
macro_rules! chain {
    ($name:ident, $len:literal, $last:literal) => {
        #[search_space]
        struct $name {
            #[space(range = 0..=$last)]
            decisions: [u8; $len],
        }

        impl Chain for $name {
            fn sum(&self) -> u32 {
                self.decisions.iter().map(|&decision| u32::from(decision)).sum()
            }
        }
    };
}

trait Chain {
    fn sum(&self) -> u32;
}

chain!(L10A2, 10, 1);
chain!(L10A10, 10, 9);
chain!(L10A50, 10, 49);
chain!(L26A2, 26, 1);
chain!(L26A10, 26, 9);
chain!(L26A50, 26, 49);
chain!(L100A2, 100, 1);
chain!(L100A10, 100, 9);
chain!(L100A50, 100, 49);
chain!(L400A2, 400, 1);
chain!(L400A10, 400, 9);
chain!(L400A50, 400, 49);

#[divan::bench(
    types = [L10A2, L10A10, L10A50, L26A2, L26A10, L26A50, L100A2, L100A10, L100A50, L400A2, L400A10, L400A50],
    sample_count = 12,
    sample_size = 1,
)]
fn trial<C>(bencher: Bencher<'_, '_>)
where
    C: Chain + transfer_nas::SearchSpace + transfer_nas::Universe + transfer_nas::Contains<C>,
{
    let mut agent = Agent::<C>::builder().build().expect("the defaults are good");
    bencher.bench_local(|| {
        let trial = agent.sample::<C>().expect("every chain is valid");
        let reward = f64::from(trial.config.sum() % 17) / 17.0;
        agent.observe(trial, reward).expect("the reward is finite")
    });
}
