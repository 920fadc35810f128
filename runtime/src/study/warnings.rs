//! What a reader of a study should be told of, in a sentence each.
//!
//! The options take plain numbers, so that a run says of itself what a report says of it.

use crate::agent::Importance;

/// So many of the trials that ended last count here.
pub(super) const WINDOW: usize = 50;
/// With fewer rewards a policy need not have moved.
pub(super) const ENOUGH: u64 = 100;
/// A policy whose mean shift, in nats, is below this has not moved.
const LITTLE: f64 = 0.01;

/// Says so where more than half of the last `of` trials that ended were pruned or failed. Fewer than [`WINDOW`] say nothing.
pub(super) fn too_many_lost(pruned: usize, failed: usize, of: usize) -> Option<String> {
    if of < WINDOW || 2 * (pruned + failed) <= of {
        return None;
    }
    let advice = if pruned > failed {
        "let the pruner wait longer before it gives a trial up"
    } else {
        "read their errors, and leave out of the space what cannot work"
    };
    let pruned = counted(pruned, "pruned");
    Some(format!("Of the last {of} trials that ended, {pruned} and {failed} failed: {advice}."))
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {} {what}", if number == 1 { "was" } else { "were" })
}

/// Says so where a policy is about what it began as, though `done` trials have a reward.
pub(super) fn unmoved(done: u64, policy: &[Importance]) -> Option<String> {
    let mean = policy.iter().map(|state| state.shift).sum::<f64>() / policy.len() as f64;
    // Without a policy the mean is NaN, and less than nothing.
    if done < ENOUGH || mean.is_nan() || mean >= LITTLE {
        return None;
    }
    Some(format!(
        "After {done} trials the policy has hardly moved in any state (by {:.4} nats on average): see whether \
         rewards differ between configs by more than noise, or raise the learning rate.",
        mean.max(0.0)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::export::tests::study;
    use super::super::study_view::Insight;
    use super::*;
    use crate::study::{Phase, TrialRecord};

    fn policy(shifts: &[f64]) -> Vec<Importance> {
        let state = |shift: &f64| Importance {
            state: "Net.width".to_owned(),
            entropy: 1.0,
            uniform: 1.0,
            shift: *shift,
            actions: Vec::new(),
        };
        shifts.iter().map(state).collect()
    }

    /// The last fifty that ended count, whatever runs, and however many ended before.
    #[test]
    fn a_study_in_a_store_is_warned_of() {
        let mut study = study();
        let trial = |number: u64, phase: Phase| TrialRecord { number, phase, ..study.trials[0].clone() };
        let of = |number: u64| match number {
            0..40 => Phase::Failed,
            65..70 => Phase::Running,
            number if number.is_multiple_of(2) => Phase::Done,
            _ => Phase::Pruned,
        };
        // Trials 40 to 64 and 70 to 94 ended last.
        let trials: Vec<TrialRecord> = (0..95).map(|number| trial(number, of(number))).collect();
        study.trials = trials;
        assert_eq!(study.warnings(), [] as [String; 0]);
        study.trials[94].phase = Phase::Failed;
        study.trials[92].phase = Phase::Failed;
        let [lost] = &study.warnings()[..] else { panic!("{:?}", study.warnings()) };
        assert!(
            lost.starts_with("Of the last 50 trials that ended, 24 were pruned and 2 failed: let the pruner"),
            "{lost}"
        );
        let insight = Insight { policy: policy(&[0.001]), ..Insight::default() };
        study.study.insight = serde_json::to_string(&insight).ok();
        study.study.done = 100;
        let [_, unmoved] = &study.warnings()[..] else { panic!("{:?}", study.warnings()) };
        assert!(unmoved.starts_with("After 100 trials"), "{unmoved}");
        let page = study.to_html();
        assert!([lost, unmoved].into_iter().all(|warning| page.contains(&warning.replace('\'', "&#39;"))));
    }

    #[test]
    fn half_may_be_lost_and_no_more() {
        let sentence = |lost: &str, advice: &str| Some(format!("Of the last 50 trials that ended, {lost}: {advice}."));
        assert_eq!(too_many_lost(20, 5, 50), None);
        let wait = "let the pruner wait longer before it gives a trial up";
        assert_eq!(too_many_lost(20, 6, 50), sentence("20 were pruned and 6 failed", wait));
        let advice = "read their errors, and leave out of the space what cannot work";
        assert_eq!(too_many_lost(1, 49, 50), sentence("1 was pruned and 49 failed", advice));
        assert_eq!(too_many_lost(0, 49, 49), None);
    }

    #[test]
    fn a_policy_should_have_moved_after_a_hundred_rewards() {
        let said = unmoved(100, &policy(&[0.0, 0.004, -1e-12])).unwrap();
        assert!(said.starts_with("After 100 trials the policy has hardly moved in any state (by 0.0013"));
        assert_eq!(unmoved(99, &policy(&[0.0])), None);
        assert_eq!(unmoved(500, &policy(&[0.0, 0.03])), None);
        assert_eq!(unmoved(500, &policy(&[0.0, f64::NAN])), None);
        assert_eq!(unmoved(500, &[]), None);
    }
}
