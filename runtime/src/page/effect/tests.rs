use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::{Case, Effect, Unknown};

type Decisions = Vec<(String, String)>;

/// So many random trials, each by what it decides and what that is worth.
fn trials(count: usize, make: impl Fn(&mut Pcg64) -> (Vec<(&'static str, String)>, f64)) -> Vec<(Decisions, f64)> {
    let mut rng = Pcg64::seed_from_u64(5);
    let trial = |_| {
        let (decisions, value) = make(&mut rng);
        (decisions.into_iter().map(|(name, action)| (name.to_owned(), action)).collect(), value)
    };
    (0..count).map(trial).collect()
}

fn effect(trials: &[(Decisions, f64)]) -> Result<Effect, Unknown> {
    let cases: Vec<Case<'_>> = trials.iter().map(|(decisions, value)| Case { decisions, value: *value }).collect();
    Effect::of(&cases)
}

/// A number below a bound, as an action.
fn any(rng: &mut Pcg64, below: u32) -> (String, f64) {
    let number = rng.random_range(0..below);
    (number.to_string(), f64::from(number))
}

#[test]
fn what_determines_the_reward_gets_all_and_the_others_nothing() {
    for count in [60, 300, 3000] {
        let trials = trials(count, |rng| {
            let ((width, worth), (depth, _), (seed, _)) = (any(rng, 5), any(rng, 4), any(rng, 50));
            (vec![("width", width), ("depth", depth), ("seed", seed)], worth + 0.1 * rng.random::<f64>())
        });
        let effect = effect(&trials).unwrap();
        assert!(effect.share("width") > 0.97, "{effect:?}");
        assert!(effect.share("depth") < 0.02 && effect.share("seed") < 0.02, "{effect:?}");
        assert!(effect.explained > 0.8, "{effect:?}");
        assert!((effect.names().map(|name| effect.share(name)).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn words_that_are_worth_different_things_count_like_numbers() {
    let trials = trials(300, |rng| {
        let kind = rng.random_range(0..4);
        let names = ["relu", "tanh", "gelu", "silu"];
        let (noise, _) = any(rng, 6);
        (vec![("activation", names[kind].to_owned()), ("noise", noise)], [0.1, 0.9, 0.2, 0.8][kind])
    });
    assert!(effect(&trials).unwrap().share("activation") > 0.97);
}

#[test]
fn two_that_count_alike_share_alike_also_where_they_only_count_together() {
    let sum = trials(400, |rng| {
        let ((a, x), (b, y), (c, _)) = (any(rng, 4), any(rng, 4), any(rng, 4));
        (vec![("a", a), ("b", b), ("c", c)], x + y)
    });
    let equal = trials(400, |rng| {
        let ((a, x), (b, y), (c, _)) = (any(rng, 2), any(rng, 2), any(rng, 2));
        (vec![("a", a), ("b", b), ("c", c)], f64::from(u8::from((x - y).abs() < 0.5)))
    });
    for trials in [sum, equal] {
        let effect = effect(&trials).unwrap();
        assert!((effect.share("a") - 0.5).abs() < 0.1 && (effect.share("b") - 0.5).abs() < 0.1, "{effect:?}");
        assert!(effect.share("c") < 0.02, "{effect:?}");
    }
}

/// One trial in ten decides `rate`, which is all that matters there.
#[test]
fn what_is_rarely_decided_gets_its_share() {
    let trials = trials(500, |rng| {
        let ((rate, worth), (noise, _)) = (any(rng, 4), any(rng, 4));
        if rng.random_range(0..10) > 0 {
            return (vec![("kind", "plain".to_owned()), ("noise", noise)], 1.5);
        }
        (vec![("kind", "rich".to_owned()), ("rate", rate), ("noise", noise)], worth)
    });
    let effect = effect(&trials).unwrap();
    assert!(effect.share("rate") > 0.5, "{effect:?}");
    assert!(effect.share("rate") + effect.share("kind") > 0.98, "{effect:?}");
}

/// Whether a decision is made is the doing of the one that leads to it.
#[test]
fn what_hangs_on_a_decision_does_not_get_its_share() {
    let trials = trials(400, |rng| {
        let (is_adam, (beta, _), (momentum, _)) = (rng.random_range(0..2) > 0, any(rng, 4), any(rng, 4));
        if is_adam {
            return (vec![("optimizer", "Adam".to_owned()), ("beta", beta)], 1.0 + 0.05 * rng.random::<f64>());
        }
        let nesterov = rng.random_range(0..2).to_string();
        (
            vec![("optimizer", "Sgd".to_owned()), ("momentum", momentum), ("nesterov", nesterov)],
            0.05 * rng.random::<f64>(),
        )
    });
    let effect = effect(&trials).unwrap();
    assert!(effect.share("optimizer") > 0.97, "{effect:?}");
}

#[test]
fn what_says_nothing_has_a_reason() {
    let noise = |rng: &mut Pcg64| {
        let ((a, _), (b, _)) = (any(rng, 4), any(rng, 3));
        (vec![("a", a), ("b", b)], rng.random::<f64>())
    };
    assert_eq!(effect(&trials(19, noise)).unwrap_err(), Unknown::Few(19));
    assert_eq!(effect(&[]).unwrap_err(), Unknown::Few(0));
    assert_eq!(effect(&trials(200, noise)).unwrap_err(), Unknown::Unexplained);
    let equal = trials(200, |rng| (noise(rng).0, 0.5));
    assert_eq!(effect(&equal).unwrap_err(), Unknown::Equal);
    let one = trials(200, |rng| (vec![("a", "1".to_owned())], rng.random()));
    assert_eq!(effect(&one).unwrap_err(), Unknown::OneConfig);
}

#[test]
fn small_rewards_differ_like_great_ones() {
    let trials = trials(300, |rng| {
        let ((width, worth), (noise, _)) = (any(rng, 5), any(rng, 4));
        (vec![("width", width), ("noise", noise)], 1e-15 * worth)
    });
    assert!(effect(&trials).unwrap().share("width") > 0.97);
}

/// More decisions than are shown, each of them made by all trials but the last, which some make.
#[test]
fn of_very_many_decisions_those_that_most_trials_make_are_left() {
    let trial = |trial: usize| -> Decisions {
        let count = if trial == 0 { 1200 } else { 1100 };
        (0..count).map(|place| (format!("d{place}"), (trial % 2).to_string())).collect()
    };
    let trials: Vec<Decisions> = (0..4).map(trial).collect();
    let trials: Vec<&[(String, String)]> = trials.iter().map(Vec::as_slice).collect();
    let columns = super::columns::columns(&trials);
    assert_eq!((columns.len(), columns[0].name, columns[999].name), (1000, "d0", "d999"));
}

#[test]
fn the_same_trials_show_the_same_to_the_bit() {
    let make = || {
        trials(300, |rng| {
            let ((a, x), (b, y)) = (any(rng, 4), any(rng, 40));
            (vec![("a", a), ("b", b)], x * y)
        })
    };
    let shares = |effect: &Effect| ["a", "b"].map(|name| effect.share(name).to_bits());
    assert_eq!(shares(&effect(&make()).unwrap()), shares(&effect(&make()).unwrap()));
}

/// More lengths than there are groups of numbers: whether an item is there is the doing of the length all the same.
#[test]
fn items_of_long_lists_do_not_get_the_share_of_the_length() {
    let names: [&'static str; 4] = ["items[0]", "items[10]", "items[35]", "items[60]"];
    let trials = trials(600, |rng| {
        let (length, worth) = any(rng, 80);
        let mut decisions = vec![("length", length)];
        let there = names.iter().zip([0.0, 10.0, 35.0, 60.0]).filter(|(_, place)| worth > *place);
        there.for_each(|(name, _)| decisions.push((*name, any(rng, 3).0)));
        (decisions, worth)
    });
    let effect = effect(&trials).unwrap();
    assert!(effect.share("length") > 0.95, "{effect:?}");
}

#[test]
fn names_that_stand_twice_and_lists_that_end_do_no_harm() {
    let trials = trials(200, |rng| {
        let (length, worth) = any(rng, 4);
        let count = length.parse().unwrap();
        let mut decisions = vec![("length", length)];
        let names = ["items[0]", "items[1]", "items[2]"];
        names.iter().take(count).for_each(|name| decisions.push((*name, any(rng, 3).0)));
        decisions.push(("again", any(rng, 2).0));
        decisions.push(("again", any(rng, 2).0));
        (decisions, worth + 0.01 * rng.random::<f64>())
    });
    let effect = effect(&trials).unwrap();
    assert!(effect.share("length") > 0.95, "{effect:?}");
}
