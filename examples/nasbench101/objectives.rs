//! Accuracy up and parameters down, or accuracy among the cells of few parameters.

use std::collections::BTreeMap;
use std::path::Path;

use indicatif::ProgressBar;
use serde::Serialize;
use transfer_nas::AnyConfig;
use transfer_nas::nasbench::{Cell, CellConfig};
use transfer_nas::prelude::*;
use transfer_nas::report::{Curves, Fronts};
use transfer_nas::search::{
    BayesianSearch, DreamingAgent, Dreams, LocalSearch, LstmAgent, Outcome, RandomSearch, Scores, Searcher,
};
use transfer_nas::study::{Objective, hypervolume, pareto_front};

use crate::arguments::Arguments;
use crate::error::Error;
use crate::methods::{self, Method};
use crate::oracle::{Measured, Oracle};
use crate::spread::{mean, standard_error};
use crate::support::replicas;
use crate::weights;

/// The reference of the hypervolume: cells of less accuracy or more parameters add nothing.
const REFERENCE: (f64, f64) = (0.80, 5e7);
const MARKS: [u32; 5] = [50, 100, 200, 300, 1000];

/// A cell whose network is within the limit, which is known before it is trained.
#[search_space(valid = Within::is_one)]
struct Within {
    cell: CellConfig,
}

/// The most parameters, with `--limit`.
pub(crate) const LIMIT: u32 = 5_000_000;

impl Within {
    fn is_one(&self) -> bool {
        self.cell.cell().params().is_some_and(|params| params <= LIMIT)
    }
}

/// The two objectives in the order in which values are compared here.
fn objectives() -> [Objective; 2] {
    [Objective::maximize("accuracy"), Objective::minimize("ln params")]
}

fn volume(values: &[[f64; 2]]) -> f64 {
    hypervolume(&objectives(), values, &[REFERENCE.0, REFERENCE.1.ln()])
}

/// One run: what was measured of each trial in order.
pub(crate) type Run = Vec<Measured>;

#[derive(Serialize)]
struct Line {
    example: &'static str,
    method: Method,
    replicas: u32,
    trials: u32,
    seed: u64,
    data: &'static str,
    /// The mean over replicas of the hypervolume of all trials so far, and its standard error.
    hypervolume_at: BTreeMap<u32, f64>,
    sem_at: BTreeMap<u32, f64>,
    /// The mean as a share of that of the true front, where that is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    share_at: BTreeMap<u32, f64>,
    trials_per_second: f64,
}

/// Runs each method with both objectives.
pub(crate) fn run(arguments: &Arguments, oracle: &Oracle) -> Result<(), Error> {
    let truth = oracle.all().map(|all| all.map(Measured::values).collect::<Vec<_>>());
    let whole = truth.as_ref().map(|truth| volume(truth));
    if let Some((truth, whole)) = truth.as_ref().zip(whole).filter(|_| !arguments.json) {
        let front = pareto_front(&objectives(), truth).len();
        println!("The true front has {front} cells and a hypervolume of {whole:.4}, reference (0.80, 5e7).");
    }
    let mut all = Vec::new();
    for &method in &arguments.method {
        let (count, trials) = (arguments.replicas as usize, arguments.trials as usize);
        let (runs, seconds) = replicas::run(method.name(), count, trials, |replica, bar| {
            let seed = replicas::seed(arguments.seed, replica);
            Search { oracle, seed, trials, bar, limit: None }.both(method)
        })?;
        let line = line(arguments, oracle, method, (&runs, seconds), whole);
        if arguments.json {
            println!("{}", serde_json::to_string(&line)?);
        } else {
            print(&line);
        }
        all.push((method, runs));
    }
    if let Some(folder) = &arguments.plots {
        draw(folder, &all, truth.as_deref())?;
        if !arguments.json {
            println!("wrote nasbench101_hypervolume and nasbench101_fronts, .svg and .png, to {}", folder.display());
        }
    }
    Ok(())
}

fn line(
    arguments: &Arguments,
    oracle: &Oracle,
    method: Method,
    (runs, seconds): (&[Run], f64),
    whole: Option<f64>,
) -> Line {
    let marks = || MARKS.into_iter().filter(|&mark| mark <= arguments.trials);
    let at = |mark: u32| -> Vec<f64> {
        let first = |run: &Run| run.iter().take(mark as usize).map(|it| it.values()).collect::<Vec<_>>();
        runs.iter().map(|run| volume(&first(run))).collect()
    };
    let share = |mark| Some((mark, mean(&at(mark)) / whole?));
    Line {
        example: "nasbench101",
        method,
        replicas: arguments.replicas,
        trials: arguments.trials,
        seed: arguments.seed,
        data: oracle.name(),
        hypervolume_at: marks().map(|mark| (mark, mean(&at(mark)))).collect(),
        sem_at: marks().map(|mark| (mark, standard_error(&at(mark)))).collect(),
        share_at: marks().filter_map(share).collect(),
        trials_per_second: f64::from(arguments.replicas * arguments.trials) / seconds,
    }
}

fn print(line: &Line) {
    println!(
        "\n{}, {} replicas of {} trials, {:.0} trials a second",
        line.method.name(),
        line.replicas,
        line.trials,
        line.trials_per_second
    );
    for (mark, mean) in &line.hypervolume_at {
        let share = line
            .share_at
            .get(mark)
            .map_or_else(String::new, |share| format!(", {:.1} % of the true front's", 100.0 * share));
        println!("  hypervolume after {mark:>4} trials {mean:.4} ± {:.4}{share}", line.sem_at[mark]);
    }
}

/// Runs the default search on the accuracy of cells within the limit: told afterwards, or known before.
pub(crate) fn run_limited(arguments: &Arguments, oracle: &Oracle) -> Result<(), Error> {
    let within = |all: Box<dyn Iterator<Item = Measured> + '_>| {
        all.filter(|it| it.params <= f64::from(LIMIT)).map(|it| it.accuracy).fold(f64::NAN, f64::max)
    };
    let best = oracle.all().map(within).ok_or("--limit needs a table, whose best cell within the limit is known")?;
    println!("The best cell of at most {LIMIT} parameters has an accuracy of {best:.5}.");
    for (name, limit) in [("constraint, told afterwards", Limit::Told), ("valid, known before", Limit::Known)] {
        let (count, trials) = (arguments.replicas as usize, arguments.trials as usize);
        let (runs, _) = replicas::run(name, count, trials, |replica, bar| {
            let seed = replicas::seed(arguments.seed, replica);
            Search { oracle, seed, trials, bar, limit: Some(limit) }.limited()
        })?;
        let reached = |run: &Run| {
            let first = run.iter().position(|it| it.params <= f64::from(LIMIT) && it.accuracy >= best - 0.001);
            first.map_or(f64::INFINITY, |at| at as f64 + 1.0)
        };
        let mut first: Vec<f64> = runs.iter().map(reached).collect();
        first.sort_by(f64::total_cmp);
        let capped: Vec<f64> = first.iter().map(|at| at.min(trials as f64)).collect();
        let short = first.iter().filter(|at| at.is_infinite()).count();
        println!(
            "{name}: within 0.001 of it after {:.0} ± {:.0} trials (median {:.0}, {short} of {count} replicas never, counted as {trials})",
            mean(&capped),
            standard_error(&capped),
            capped[capped.len() / 2],
        );
    }
    Ok(())
}

/// When the limit is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    Told,
    Known,
}

struct Search<'a> {
    oracle: &'a Oracle,
    seed: u64,
    trials: usize,
    bar: &'a ProgressBar,
    limit: Option<Limit>,
}

impl Search<'_> {
    fn both(&self, method: Method) -> Result<Run, Error> {
        let (seed, agent) = (self.seed, || Agent::<CellConfig>::builder().seed(self.seed));
        match method {
            Method::Random => self.search(RandomSearch::<CellConfig>::new(seed)),
            Method::Evolution => self.search(methods::evolution(seed)),
            Method::Bayesian => self.search(BayesianSearch::<CellConfig>::new(seed)),
            Method::Local => self.search(LocalSearch::<CellConfig>::new(seed)),
            Method::Scratch => self.search(agent().build()?),
            Method::ScratchWeights => weights::search(seed, self.trials, |cell| {
                let measured = Measured::of(self.oracle, &cell.cell())?;
                self.bar.inc(1);
                Ok((measured, [measured.accuracy, -measured.params]))
            }),
            Method::Dreaming => self.search(DreamingAgent::new(agent().build()?, Dreams::new())?),
            Method::Lstm => self.search(LstmAgent::<CellConfig>::builder().seed(seed).build()?),
            other => Err(format!("{} is not run with several objectives", other.name()).into()),
        }
    }

    fn limited(&self) -> Result<Run, Error> {
        match self.limit {
            Some(Limit::Known) => {
                self.ask_and_tell(BayesianSearch::<Within>::new(self.seed), |within| within.cell.cell())
            }
            _ => self.search(BayesianSearch::<CellConfig>::new(self.seed)),
        }
    }

    fn search(&self, searcher: impl Searcher<CellConfig>) -> Result<Run, Error> {
        self.ask_and_tell(searcher, CellConfig::cell)
    }

    fn ask_and_tell<T: AnyConfig>(
        &self,
        mut searcher: impl Searcher<T>,
        cell: impl Fn(&T) -> Cell,
    ) -> Result<Run, Error> {
        let mut run = Run::with_capacity(self.trials);
        for _ in 0..self.trials {
            let trial = searcher.ask()?;
            let measured = Measured::of(self.oracle, &cell(&trial.config))?;
            run.push(measured);
            searcher.tell_outcome(trial, self.outcome(measured)?)?;
            self.bar.inc(1);
        }
        Ok(run)
    }

    /// Greater values are better.
    fn outcome(&self, Measured { accuracy, params }: Measured) -> Result<Outcome, Error> {
        let scores = |values: &[f64]| Scores::new(values).ok_or("too many objectives");
        Ok(match self.limit {
            None => Outcome::Scores(scores(&[accuracy, -params.ln()])?),
            Some(Limit::Told) => Outcome::Scores(scores(&[accuracy])?.exceeding(params / f64::from(LIMIT) - 1.0)),
            Some(Limit::Known) => Outcome::Reward(accuracy),
        })
    }
}

/// How the hypervolume grows, and the front of each method in its run of the middle hypervolume.
fn draw(folder: &Path, all: &[(Method, Vec<Run>)], truth: Option<&[[f64; 2]]>) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    let (mut growth, mut fronts) = (
        Curves::new("NAS-Bench-101: accuracy and parameters", "trial", "hypervolume").log_x(),
        Fronts::new("NAS-Bench-101: what is found", [Objective::maximize("accuracy"), Objective::minimize("params")]),
    );
    fronts = fronts.log_x().range(REFERENCE.0, BEST);
    for (method, runs) in all {
        growth = growth.series(method.name(), &runs.iter().map(growing).collect::<Vec<_>>())?;
        let mut by_volume: Vec<(f64, &Run)> = runs.iter().map(|run| (volume(&values(run)), run)).collect();
        by_volume.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, run)) = by_volume.get(by_volume.len() / 2) {
            fronts = fronts.series(method.name(), &within(values(run)))?;
        }
    }
    if let Some(truth) = truth {
        growth = growth.reference("the true front", volume(truth));
        fronts = fronts.series("the true front", &within(truth.to_vec()))?;
    }
    for extension in ["svg", "png"] {
        growth.draw(folder.join(format!("nasbench101_hypervolume.{extension}")))?;
        fronts.draw(folder.join(format!("nasbench101_fronts.{extension}")))?;
    }
    Ok(())
}

/// The accuracy up to which fronts are drawn.
const BEST: f64 = 0.945;

fn values(run: &Run) -> Vec<[f64; 2]> {
    run.iter().map(|it| it.values()).collect()
}

/// The hypervolume after each trial: what does not change the front does not change it.
fn growing(run: &Run) -> Vec<f64> {
    let (mut front, mut volumes): (Vec<[f64; 2]>, Vec<f64>) = (Vec::new(), Vec::with_capacity(run.len()));
    for values in values(run) {
        front.push(values);
        front = pareto_front(&objectives(), &front).into_iter().map(|place| front[place]).collect();
        volumes.push(volume(&front));
    }
    volumes
}

/// What is better than the reference, with parameters as they are counted.
fn within(values: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    values.into_iter().filter(|values| values[0] > REFERENCE.0).map(|[accuracy, ln]| [accuracy, ln.exp()]).collect()
}
