//! Names and numbers that no page should break on.

use super::story::{BestConfig, Curve, Failure, Graph, Moment, Node as State, Outcome, Story, Worker};
use super::synthetic::{moment, study};
use super::tests::{all, axis, read, row};
use crate::agent::{AttentionMap, Importance};
use crate::search::{Insight, Slice, StateInsight};

#[test]
fn hostile_names_stay_text() {
    let hostile = "</script><b a='1' b=\"2\">&amp;\u{0}\u{1b}\u{202e}\u{ffff}]]>".to_owned();
    let shown = "</script><b a='1' b=\"2\">&amp;␀␛\u{fffd}\u{fffd}]]>";
    let name = hostile.as_str();
    let mut story = Story {
        title: hostile.clone(),
        facts: vec![(hostile.clone(), hostile.clone())],
        trials: vec![
            row(0, Outcome::Reward(1.0), &[(name, name), (name, name)]),
            row(1, Outcome::Failed(hostile.clone()), &[(name, name)]),
            row(2, Outcome::Running, &[(name, name)]),
        ],
        failures: [hostile.clone(), hostile.repeat(100)]
            .map(|text| Failure { trial: 1, attempt: 1, text, when: Some(Moment { ago: 0, utc: hostile.clone() }) })
            .into(),
        workers: vec![Worker {
            name: hostile.clone(),
            place: Some(hostile.clone()),
            leads: true,
            trials: vec![2],
            wants: u64::MAX,
            heartbeat: moment(u64::MAX),
        }],
        curves: vec![Curve { trial: 2, points: vec![(1, 0.5)] }],
        states: vec![axis(name, &[name])],
        policy: vec![Importance {
            state: hostile.clone(),
            entropy: 0.0,
            uniform: 0.0,
            shift: 0.0,
            actions: vec![(hostile.clone(), 1.0)],
        }],
        graph: Graph {
            nodes: vec![State { name: hostile.clone(), depth: 0 }, State { name: hostile.clone(), depth: 1 }],
            edges: vec![(0, 1, Some(hostile.clone())), (1, 1, None), (7, 0, None)],
        },
        model: Some(Insight {
            states: vec![StateInsight {
                state: hostile.clone(),
                weight: 1.0,
                share: 1.0,
                decided: 0.5,
                slice: [1.0, 2.0]
                    .map(|mean| Slice { label: hostile.clone(), mean, deviation: 0.5, is_best: true })
                    .into(),
            }],
        }),
        attention: Some(AttentionMap { states: vec![hostile.clone()], layers: vec![vec![vec![1.0]]] }),
        best: Some(BestConfig { number: 0, reward: 1.0, code: hostile.clone() }),
        ..study(3)
    };
    for trial in &mut story.trials {
        (trial.worker, trial.origin) = (Some(hostile.clone()), Some(hostile.clone()));
        trial.notes = vec![(hostile.clone(), hostile.clone())];
    }
    read(&story, |page| {
        assert_eq!(all(page, "b").count() + all(page, "script").count(), 0);
        assert_eq!(all(page, "h1").next().unwrap().text(), Some(shown));
        assert_eq!(all(page, "pre").next().unwrap().first_element_child().unwrap().text(), Some(shown));
        let sections: Vec<_> = all(page, "section").filter_map(|section| section.attribute("id")).collect();
        assert!(["running", "workers", "failures"].iter().all(|id| sections.contains(id)), "{sections:?}");
    });
}

#[test]
fn numbers_that_cannot_be_drawn_are_not() {
    let rewards =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0, -0.0, f64::MIN_POSITIVE, 1e-300];
    let mut story = study(3);
    story.trials =
        rewards.iter().zip(0..).map(|(reward, number)| row(number, Outcome::Reward(*reward), &[("a", "b")])).collect();
    story.trials.push(row(u64::MAX, Outcome::Pruned(Some(f64::NAN)), &[]));
    story.trials[0].seconds = Some(f64::NAN);
    story.trials[1].seconds = Some(f64::INFINITY);
    story.trials.push(row(100, Outcome::Running, &[]));
    story.trials.push(row(101, Outcome::Running, &[]));
    story.curves.push(Curve { trial: 100, points: vec![(0, f64::NAN), (u64::MAX, f64::MAX), (3, f64::MIN)] });
    story.curves.push(Curve { trial: 101, points: vec![(0, f64::NEG_INFINITY)] });
    story.states = vec![axis("a", &[])];
    story.policy[0].shift = f64::NAN;
    story.policy[1].shift = f64::INFINITY;
    story.policy[2].entropy = f64::NAN;
    story.policy[3].actions[0].1 = f64::NAN;
    let states = &mut story.model.as_mut().unwrap().states;
    (states[0].share, states[1].weight, states[2].decided) = (f64::NAN, f64::INFINITY, f64::NAN);
    (states[3].slice[0].mean, states[4].slice[0].deviation) = (f64::NAN, f64::INFINITY);
    (states[5].slice[0].mean, states[5].slice[0].deviation) = (f64::MAX, f64::MAX);
    states[6].slice[1].mean = f64::MIN;
    let weights = &mut story.attention.as_mut().unwrap().layers[0];
    (weights[0][0], weights[1][0], weights[2][0]) = (f32::NAN, f32::INFINITY, -1.0);
    read(&story, |_| ());
}
