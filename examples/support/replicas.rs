//! Runs of one experiment under different seeds, in parallel.

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

/// The seed of a replica: near seeds of the command line do not share replicas.
pub(crate) fn seed(base: u64, replica: usize) -> u64 {
    base.wrapping_mul(1_000_003).wrapping_add(replica as u64)
}

/// Runs `replicas` times `run(replica, progress)`, in order of the replicas whatever the number of threads.
///
/// `run` ticks the bar once a trial. The bar is drawn on standard error, and only where that is a terminal.
pub(crate) fn run<R: Send, E: Send>(
    name: &str,
    replicas: usize,
    trials: usize,
    run: impl Fn(usize, &ProgressBar) -> Result<R, E> + Sync,
) -> Result<(Vec<R>, f64), E> {
    let bar = ProgressBar::new((replicas * trials) as u64).with_style(style()).with_message(name.to_owned());
    let clock = std::time::Instant::now();
    let results = (0..replicas).into_par_iter().map(|replica| run(replica, &bar)).collect::<Result<Vec<R>, E>>();
    bar.finish_and_clear();
    Ok((results?, clock.elapsed().as_secs_f64()))
}

fn style() -> ProgressStyle {
    let template = "{msg:>12} {bar:40.cyan/blue} {human_pos}/{human_len} trials, {per_sec}, {eta} left";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
