//! What a study adds to a trial, early and late, in a file: ask, and tell.

use std::time::Instant;

use transfer_nas::Agent;
use transfer_nas::study::Study;

/// 26 decisions, as many and of as many actions as NAS-Bench-101's cells have.
#[transfer_nas::search_space]
#[derive(Debug, Clone)]
struct Chain {
    edges: [bool; 21],
    #[space(range = 0..=2)]
    operations: [u8; 5],
}

fn value(chain: &Chain) -> f64 {
    let edges = chain.edges.iter().filter(|edge| **edge).count();
    edges as f64 / 21.0 + chain.operations.iter().map(|operation| f64::from(*operation)).sum::<f64>() / 10.0
}

/// Milliseconds, in order.
fn quantile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    #[allow(clippy::cast_sign_loss)] // A share of a length.
    times[((times.len() - 1) as f64 * share).round() as usize]
}

/// The bounds: 8 ms a trial, and no more at trial 5,000 than at trial 100. The median of 400 trials each, with the checkpoints
/// that are due every 50 of them; 1.5 is what two parts of a run differ by on a shared machine.
#[test]
fn a_trial_costs_the_same_early_and_late() {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::<Chain>::builder().seed(1).build().unwrap();
    let study = Study::open(folder.path().join("runs.db")).unwrap().quiet().agent(agent);
    let mut study = study.checkpoint_every(50).build::<Chain>().unwrap();
    let mut times = Vec::new();
    for _ in 0..5400 {
        let begin = Instant::now();
        let trial = study.ask().unwrap().unwrap();
        let reward = value(&trial);
        study.tell(trial, reward).unwrap();
        times.push(1e3 * begin.elapsed().as_secs_f64());
    }
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    let (early, late) = (&times[100..500], &times[5000..5400]);
    let means = (mean(early), mean(late));
    let medians = (quantile(&mut early.to_vec(), 0.5), quantile(&mut late.to_vec(), 0.5));
    let p99 = (quantile(&mut early.to_vec(), 0.99), quantile(&mut late.to_vec(), 0.99));
    println!("from trial 100: median {:.2} ms, mean {:.2}, 99 % below {:.2}", medians.0, means.0, p99.0);
    println!("from trial 5000: median {:.2} ms, mean {:.2}, 99 % below {:.2}", medians.1, means.1, p99.1);
    assert!(medians.0 <= 8.0 && medians.1 <= 8.0, "{medians:?} ms");
    assert!(medians.1 <= 1.5 * medians.0, "{medians:?} ms");
}
