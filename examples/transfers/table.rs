//! The regrets as tables, and learning beside the other searches.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cases::Case;
use crate::runs::{Plan, Replica};
use crate::searches::Method;
use crate::spread::{mean, standard_error};

/// All runs of a case.
pub(crate) struct Block {
    case: Case,
    marks: Vec<usize>,
    /// The mean rank correlation of each source with the target.
    correlations: Vec<(&'static str, f64)>,
    /// For each method and mark the regrets of all replicas.
    regrets: Vec<(Method, Vec<Vec<f64>>)>,
}

#[derive(Serialize)]
pub(crate) struct Line {
    case: Case,
    method: Method,
    replicas: usize,
    /// The mean rank correlation of each source with the target.
    correlations: BTreeMap<&'static str, f64>,
    regret_at: BTreeMap<usize, f64>,
    sem_at: BTreeMap<usize, f64>,
}

/// How many standard errors count as a difference.
const CLEAR: f64 = 2.0;

/// The mark at which learning is compared with elites.
const COMPARED: usize = 50;

impl Block {
    pub(crate) fn new(plan: &Plan<'_>, replicas: &[Replica]) -> Self {
        let names = replicas.first().into_iter().flat_map(|replica| &replica.correlations).map(|(name, _)| *name);
        let of = |source: usize| replicas.iter().map(|it| it.correlations[source].1).collect::<Vec<_>>();
        let correlations = names.enumerate().map(|(source, name)| (name, mean(&of(source)))).collect();
        let marks: Vec<usize> = plan.marks().collect();
        let at = |method: usize, mark: usize| replicas.iter().map(|it: &Replica| it.regrets[method][mark]).collect();
        let all = |method| (0..marks.len()).map(|mark| at(method, mark)).collect();
        let regrets = plan.methods.iter().enumerate().map(|(place, method)| (*method, all(place))).collect();
        Self { case: plan.case, correlations, regrets, marks }
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = Line> {
        self.regrets.iter().map(|(method, regrets)| Line {
            case: self.case,
            method: *method,
            replicas: regrets.first().map_or(0, Vec::len),
            correlations: self.correlations.iter().copied().collect(),
            regret_at: self.marks.iter().copied().zip(regrets.iter().map(|at| mean(at))).collect(),
            sem_at: self.marks.iter().copied().zip(regrets.iter().map(|at| standard_error(at))).collect(),
        })
    }

    pub(crate) fn print(&self) {
        let correlations: Vec<String> = self.correlations.iter().map(|(name, it)| format!("{name} {it:.2}")).collect();
        println!("\n{}, rank correlation of values with the source's: {}", self.case.name(), correlations.join(", "));
        print!("{:<24}", "trial");
        self.marks.iter().for_each(|mark| print!(" {mark:>15}"));
        println!();
        for (method, regrets) in &self.regrets {
            print!("{:<24}", method.name());
            for at in regrets {
                print!(" {:>7.3} ± {:.3}", mean(at), standard_error(at));
            }
            println!();
        }
        for other in [Method::Cold, Method::Elites] {
            let Some(behind) = self.behind(other) else { continue };
            print!("learn-from − {:<11}", other.name());
            for behind in behind.values() {
                print!(" {behind:>15.1}");
            }
            println!();
        }
    }

    /// For each mark, how many standard errors of the paired difference learning is worse by than another search.
    fn behind(&self, other: Method) -> Option<BTreeMap<usize, f64>> {
        let of = |method| self.regrets.iter().find(|(known, _)| *known == method).map(|(_, regrets)| regrets);
        let (ours, theirs) = (of(Method::LearnFrom)?, of(other)?);
        let pairs = ours.iter().zip(theirs).map(|(ours, theirs)| behind(ours, theirs));
        Some(self.marks.iter().copied().zip(pairs).collect())
    }
}

fn behind(ours: &[f64], theirs: &[f64]) -> f64 {
    let differences: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours - theirs).collect();
    mean(&differences) / standard_error(&differences).max(1e-12)
}

pub(crate) fn introduce() {
    println!(
        "Normalised regret, mean ± standard error: 1 is the median of all configs, 0 the best of them. Below it the paired"
    );
    println!(
        "difference of learn-from to each other search, in standard errors of it (below 0: learn-from is better)."
    );
}

/// In how many cases learning is worse, and in how many it is better.
pub(crate) fn sum_up(blocks: &[Block]) {
    println!();
    count(
        blocks,
        Method::Cold,
        &format!("worse than cold by more than {CLEAR} standard errors at any mark"),
        |_, by| by > CLEAR,
    );
    count(blocks, Method::Elites, &format!("better than elites at {COMPARED} trials"), |mark, by| {
        mark == COMPARED && by < 0.0
    });
    let worse = format!("worse than elites by more than {CLEAR} standard errors at {COMPARED} trials");
    count(blocks, Method::Elites, &worse, |mark, by| mark == COMPARED && by > CLEAR);
}

/// Names the cases of which a mark counts, by how far learning is behind another search there.
fn count(blocks: &[Block], other: Method, what: &str, counts: impl Fn(usize, f64) -> bool) {
    let compared: Vec<_> = blocks.iter().filter_map(|block| Some((block, block.behind(other)?))).collect();
    if compared.is_empty() {
        return;
    }
    let is_one = |behind: &BTreeMap<usize, f64>| behind.iter().any(|(mark, by)| counts(*mark, *by));
    let names: Vec<&str> = compared.iter().filter(|(_, it)| is_one(it)).map(|(block, _)| block.case.name()).collect();
    let list = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    println!("learn-from is {what} in {} of {} cases{list}", names.len(), compared.len());
}
