//! What a person sees of a study that runs.

use std::cell::Cell;
use std::io::{self, IsTerminal};
#[cfg(feature = "progress")]
use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

#[cfg(feature = "progress")]
use super::pace::Pace;
use super::store::{Phase, StudyRecord, TrialRecord};
use super::summary::Summary;
use crate::page;
use crate::printable::{printable, say};

/// A line on the terminal, where there is one and the feature `progress` is on; and what a person should know at once, on standard
/// error.
pub(super) struct Watch {
    name: String,
    is_quiet: bool,
    is_terminal: bool,
    has_said_failure: bool,
    has_said_interrupt: Cell<bool>,
    #[cfg(feature = "progress")]
    bar: indicatif::ProgressBar,
    #[cfg(feature = "progress")]
    begin: Instant,
    #[cfg(feature = "progress")]
    pace: RefCell<Pace>,
}

impl Watch {
    /// The first failure of a run is said at once.
    pub(super) fn failed(&mut self, trial: u64, error: &str) {
        if !std::mem::replace(&mut self.has_said_failure, true) {
            let error = error.lines().next().unwrap_or_default();
            self.say(&format!("trial {trial} failed: {error} (further failures are in the report and in `tracing`)"));
        }
    }

    /// Somebody pressed Ctrl-C.
    pub(super) fn interrupted(&self, running: usize) {
        if !self.has_said_interrupt.replace(true) {
            let trials = if running == 1 { "1 trial that runs" } else { &format!("{running} trials that run") };
            self.say(&format!("Ctrl-C: the study ends after {trials}; press again to end now"));
        }
    }

    /// A run in which nothing but failures came out says so.
    pub(super) fn ended(&self, summary: &Summary) {
        let Summary { done, failed, pruned, .. } = *summary;
        if done == 0 && failed > 0 {
            self.say(&format!("no trial has a reward: {failed} failed, {pruned} were pruned"));
        }
    }

    /// Whether each trial that ended has a line: where nobody sees a bar.
    pub(super) fn says_each(&self) -> bool {
        !self.is_quiet && !self.is_terminal
    }

    /// A line for a trial that ended.
    pub(super) fn trial_ended(&self, trial: &TrialRecord, best: Option<(u64, f64)>) {
        if self.says_each() {
            self.say(&ended_line(trial, best));
        }
    }

    /// A line, after the study's name.
    pub(super) fn say(&self, line: &str) {
        if self.is_quiet {
            return;
        }
        let line = printable(format!("{}: {line}", self.name)).to_string();
        #[cfg(feature = "progress")]
        self.bar.suspend(|| say!("{line}"));
        #[cfg(not(feature = "progress"))]
        say!("{line}");
    }
}

#[cfg(feature = "progress")]
impl Watch {
    pub(super) fn new(name: &str, trials: Option<u64>, is_quiet: bool) -> Self {
        use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
        let target = if is_quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(5) };
        let (bar, template) = match trials {
            Some(trials) => (ProgressBar::with_draw_target(Some(trials), target), "{prefix} {bar:24} {pos}/{len}{msg}"),
            None => (ProgressBar::with_draw_target(None, target), "{prefix} {spinner} {pos} trials{msg}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(printable(name).to_string());
        bar.enable_steady_tick(Duration::from_millis(500));
        let (name, is_terminal) = (name.to_owned(), io::stderr().is_terminal());
        let (has_said_failure, has_said_interrupt) = (false, Cell::new(false));
        let (begin, pace) = (Instant::now(), RefCell::default());
        Self { name, is_quiet, is_terminal, has_said_failure, has_said_interrupt, bar, begin, pace }
    }

    /// Where the study stands.
    pub(super) fn show(&self, study: &StudyRecord, best: Option<(u64, f64)>) {
        let ended = study.ended();
        let mut pace = self.pace.borrow_mut();
        let pace = pace.at(ended, self.bar.length(), self.begin.elapsed());
        self.bar.set_message(format!("{pace}{}", standing(study, best)));
        self.bar.set_position(ended);
    }
}

#[cfg(feature = "progress")]
impl Drop for Watch {
    fn drop(&mut self) {
        self.bar.abandon();
    }
}

#[cfg(not(feature = "progress"))]
impl Watch {
    pub(super) fn new(name: &str, _: Option<u64>, is_quiet: bool) -> Self {
        let (name, is_terminal) = (name.to_owned(), io::stderr().is_terminal());
        Self { name, is_quiet, is_terminal, has_said_failure: false, has_said_interrupt: Cell::new(false) }
    }

    #[allow(clippy::unused_self)] // As with the bar.
    pub(super) fn show(&self, _: &StudyRecord, _: Option<(u64, f64)>) {}
}

/// How a trial ended, after how long, and which is the best so far.
fn ended_line(trial: &TrialRecord, best: Option<(u64, f64)>) -> String {
    let value = trial.reward.map(page::short);
    let how = match (trial.phase, value) {
        (Phase::Done, Some(_)) if trial.told().len() > 1 => {
            trial.told().iter().map(|value| page::short(*value)).collect::<Vec<_>>().join(", ")
        }
        (Phase::Done, Some(reward)) => reward,
        (Phase::Done, None) => trial.measured.exceeded().unwrap_or_else(|| "without a reward".to_owned()),
        (Phase::Pruned, Some(value)) => {
            format!("pruned at {value}{}", trial.step.map(|step| format!(", step {step}")).unwrap_or_default())
        }
        (Phase::Pruned, None) => "pruned".to_owned(),
        _ => format!("failed: {}", trial.error.as_deref().and_then(|error| error.lines().next()).unwrap_or_default()),
    };
    let took = trial.took().map(|took| format!(", {}", page::duration(took.as_secs_f64()))).unwrap_or_default();
    let best = best.map(|(number, reward)| format!("; best {} (trial {number})", page::short(reward)));
    format!("trial {}: {how}{took}{}", trial.number, best.unwrap_or_default())
}

/// The best trial and what went wrong, in words.
#[cfg(feature = "progress")]
fn standing(study: &StudyRecord, best: Option<(u64, f64)>) -> String {
    let best = best.map(|(number, reward)| format!(", best {} (trial {number})", page::short(reward)));
    let count = |count: u64, what: &str| (count > 0).then(|| format!(", {count} {what}"));
    let parts = [best, count(study.failed, "failed"), count(study.pruned, "pruned")];
    parts.into_iter().flatten().collect()
}

#[cfg(all(test, feature = "progress"))]
mod tests {
    use super::*;
    use crate::study::Millis;

    #[test]
    fn a_name_does_nothing_to_a_terminal() {
        let watch = Watch::new("a\u{1b}[2J\u{202e}\n", Some(3), true);
        assert_eq!(watch.bar.prefix(), r"a\u{1b}[2J\u{202e}\n");
    }

    #[test]
    fn the_best_is_short_whatever_its_size() {
        let study = StudyRecord { failed: 2, ..StudyRecord::new(0, "a", 0, Millis::default()) };
        for (reward, shown) in [(0.25, "0.25"), (1e-6, "1.000e-6"), (1e300, "1.000e300"), (-1e6, "-1.000e6")] {
            assert_eq!(standing(&study, Some((7, reward))), format!(", best {shown} (trial 7), 2 failed"));
        }
    }
}
