//! Configs that fail, next to the best ones: how many trials they cost.

use transfer_nas::prelude::*;
use transfer_nas::study::{Outcome, Phase, Study};

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Net {
    #[space(range = 1..=8)]
    depth: u32,
    #[space(pow2 = 16..=512)]
    width: u32,
    #[space(pow2 = 8..=256)]
    batch: u32,
    norm: bool,
    skip: bool,
}

impl Net {
    /// Bits of memory.
    fn memory(&self) -> f64 {
        f64::from(self.depth * self.width * self.batch).log2()
    }

    /// The larger the better, as long as it fits.
    fn train(&self, limit: f64) -> Outcome {
        if self.memory() > limit {
            return Outcome::Failed("out of memory".to_owned());
        }
        let bonus = f64::from(u8::from(self.norm)) + f64::from(u8::from(self.skip));
        Outcome::Reward(self.memory() / 14.0 + 0.05 * bonus)
    }
}

/// The share of failing trials in each eighth of 1,000.
fn shares(seed: u64, limit: f64) -> Vec<f64> {
    let agent = Agent::<Net>::builder().seed(seed).build().unwrap();
    let study = Study::in_memory().quiet().ctrl_c(false).agent(agent).repeats(true).trials(1000);
    let study = study.run(move |net: &Net| net.train(limit)).unwrap();
    let rows = study.trials().unwrap();
    let share = |rows: &[transfer_nas::study::TrialRow<Net>]| {
        rows.iter().filter(|row| row.phase == Phase::Failed).count() as f64 / rows.len() as f64
    };
    rows.chunks(125).map(share).collect()
}

/// Seeds 1 to 10. 45 % of all configs fail where the limit is 14 bits, 99 % where it is 8.5. Margin: on seeds 101 to 106 no agent
/// was above 0.08 in the last eighth.
#[test]
fn what_fails_is_rarely_proposed_in_the_end() {
    for (limit, bound) in [(14.0, 0.10), (8.5, 0.20)] {
        let all: Vec<Vec<f64>> = (1..=10).map(|seed| shares(seed, limit)).collect();
        let mean = |eighth: usize| all.iter().map(|shares| shares[eighth]).sum::<f64>() / all.len() as f64;
        let worst = all.iter().map(|shares| shares[7]).fold(0.0, f64::max);
        println!("limit {limit}: first eighth {:.2}, last eighth {:.2}, at worst {worst:.2}", mean(0), mean(7));
        assert!(worst < bound, "limit {limit}: {all:?}");
    }
}
