//! What a study adds to a trial, early and late, in a file: ask, and tell.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use transfer_nas::Agent;
use transfer_nas::search::{LocalSearch, RandomSearch, RegularizedEvolution, Searcher};
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

/// What is timed has the machine for itself, as far as these tests go.
static ALONE: Mutex<()> = Mutex::new(());

/// Milliseconds that the disk takes to have a page for certain.
fn sync(folder: &Path) -> f64 {
    let mut file = std::fs::File::create(folder.join("page")).unwrap();
    let begin = Instant::now();
    file.write_all(&[1; 4096]).unwrap();
    file.sync_data().unwrap();
    1e3 * begin.elapsed().as_secs_f64()
}

/// The bounds: 8 ms a trial beside one sync of the disk, which takes 0.3 to 4 ms by the hour, and at trial 5,000 at most twice what it is at trial 100: by then the policy has settled, proposes what
/// was tried a few times in a row, and the search finds something new. The median of 400 trials each, with the checkpoints that
/// are due every 50 of them.
#[test]
fn a_trial_costs_the_same_early_and_late() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::<Chain>::builder().seed(1).build().unwrap();
    let study = Study::open(folder.path().join("runs.db")).unwrap().quiet().agent(agent);
    let mut study = study.checkpoint_every(50).build::<Chain>().unwrap();
    let (mut times, mut syncs) = (Vec::new(), Vec::new());
    for number in 0..5400 {
        if number % 50 == 0 {
            syncs.push(sync(folder.path()));
        }
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
    let sync = quantile(&mut syncs, 0.5);
    println!("a sync of the disk: median {sync:.2} ms");
    assert!(medians.0 <= 8.0 + sync && medians.1 <= 8.0 + sync, "{medians:?} ms");
    assert!(medians.1 <= 2.0 * medians.0, "{medians:?} ms");
}

/// A file with a study of so many trials, whose process ended without a word 13 trials after its last snapshot.
fn left(folder: &std::path::Path, searcher: Box<dyn Searcher<Chain>>, trials: u64) -> PathBuf {
    let file = folder.join(format!("{trials}.db"));
    let study = Study::open(&file).unwrap().quiet().searcher(searcher).checkpoint_every(50);
    let mut study = study.abandon_after(Duration::from_secs(9)).build::<Chain>().unwrap();
    for _ in 0..trials + 13 {
        let trial = study.ask().unwrap().unwrap();
        let reward = value(&trial);
        study.tell(trial, reward).unwrap();
    }
    file
}

/// Milliseconds until the first trial is handed out, the least of five tries by one process after the other.
fn going_on(file: &std::path::Path, searcher: impl Fn() -> Box<dyn Searcher<Chain>>) -> f64 {
    let mut least = f64::INFINITY;
    for _ in 0..5 {
        // The lease of the one before ends after a third of this.
        let patience = Duration::from_millis(90);
        std::thread::sleep(patience);
        let begin = Instant::now();
        let study = Study::open(file).unwrap().quiet().searcher(searcher()).abandon_after(patience);
        let mut study = study.build::<Chain>().unwrap();
        assert!(study.ask().unwrap().is_some());
        least = least.min(1e3 * begin.elapsed().as_secs_f64());
    }
    least
}

type Make = fn() -> Box<dyn Searcher<Chain>>;

/// 30 times the trials may take twice the time: what was tried is read, 16 bytes for each.
#[test]
fn a_study_goes_on_as_quickly_late_as_early() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let all: [(&str, Make); 4] = [
        ("agent", || Box::new(Agent::<Chain>::builder().seed(1).build().unwrap())),
        ("evolution", || Box::new(RegularizedEvolution::<Chain>::new(1))),
        ("local search", || Box::new(LocalSearch::<Chain>::new(1))),
        ("random search", || Box::new(RandomSearch::<Chain>::new(1))),
    ];
    for (name, searcher) in all {
        let folder = tempfile::tempdir().unwrap();
        let (early, late) = (left(folder.path(), searcher(), 100), left(folder.path(), searcher(), 3000));
        std::thread::sleep(Duration::from_secs(3));
        let times = (going_on(&early, searcher), going_on(&late, searcher));
        println!("{name}: goes on after 113 trials in {:.1} ms, after 3,013 in {:.1} ms", times.0, times.1);
        assert!(times.1 <= 2.0 * times.0 + 10.0, "{name}: {times:?} ms");
    }
}
