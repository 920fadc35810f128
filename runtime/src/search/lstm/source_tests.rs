//! What a trace is drawn from: its own source, uniform choice where that is asked for, a guide; and what diverges.

use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::tests::INPUTS;
use super::*;
use crate::agent::ObserveError;
use crate::policy::sampler::Source;
use crate::policy::walker::Draw;
use crate::search::Searcher;
use crate::space::Trace;
use crate::space::guide::Guide;
use crate::train::model::Model;

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Pyramid {
    #[space(range = 1..=4)]
    top: u8,
    #[space(range = 1..=6, gt = top)]
    base: u8,
    bias: bool,
}

const PAIR: Pair = Pair { space: 0, task: 0 };

fn agent(input: LstmInput) -> LstmAgent<Pyramid> {
    LstmAgent::builder().seed(5).input(input).build().unwrap()
}

fn draw(agent: &LstmAgent<Pyramid>, sources: &mut [Source<'_>]) -> Vec<Option<Draw>> {
    agent.core.model.sample(&agent.core.graph, PAIR, sources)
}

/// A guide of the decisions of a config whose states have these places in the trace.
fn guide(agent: &LstmAgent<Pyramid>, config: &Pyramid, places: &[usize]) -> Guide {
    let trace = encode(config).unwrap();
    let steps = agent.core.graph.follow(0, &trace).unwrap();
    Guide::new(places.iter().map(|&i| (steps[i].decision.state, steps[i].action())).collect())
}

#[test]
fn a_trace_depends_on_its_own_source_only() {
    for input in INPUTS {
        let agent = agent(input);
        let known = |draw: Option<Draw>| draw.map(|draw| (draw.trace, draw.log_prob.to_bits()));
        let mut rngs: Vec<Pcg64> = (0..8).map(Pcg64::seed_from_u64).collect();
        let mut sources: Vec<Source<'_>> = rngs.iter_mut().map(|rng| Source::free(0.3, rng)).collect();
        let together: Vec<_> = draw(&agent, &mut sources).into_iter().map(known).collect();
        let alone = |seed| draw(&agent, &mut [Source::free(0.3, &mut Pcg64::seed_from_u64(seed))]).remove(0);
        let alone: Vec<_> = (0..8).map(|seed| known(alone(seed))).collect();
        assert_eq!(together, alone);
    }
}

/// The policy is taught never to choose `bias`; 2,000 draws with γ = 1 have it 1,000 times, with a deviation of 22.
#[test]
fn uniform_choice_is_mixed_in_and_leaves_the_log_probability_alone() {
    let mut agent = agent(LstmInput::PerState);
    agent.core.model.network.parameters.output_bias.iter_mut().last().map(|bias| *bias = -30.0).unwrap();
    let mut rng = Pcg64::seed_from_u64(1);
    let mut with_bias = |gamma: f64| {
        let drawn = (0..2000).filter_map(|_| draw(&agent, &mut [Source::free(gamma, &mut rng)]).remove(0));
        let drawn: Vec<Draw> = drawn.filter(|draw| draw.trace.indices().last() == Some(&1)).collect();
        assert!(drawn.iter().all(|draw| draw.log_prob < -20.0), "the policy's own, without the mixing");
        drawn.len()
    };
    assert_eq!(with_bias(0.0), 0);
    assert!((890..=1110).contains(&with_bias(1.0)));
}

#[test]
fn a_guide_is_followed_or_there_is_no_trace() {
    let agent = agent(LstmInput::Shared);
    let mut rng = Pcg64::seed_from_u64(1);
    let mut guided = |guide: Guide| -> Option<Trace> {
        let mut sources = [Source { gamma: 0.0, rng: &mut rng, guide: Some(guide) }];
        draw(&agent, &mut sources).remove(0).map(|draw| draw.trace)
    };
    let wanted = Pyramid { top: 2, base: 5, bias: true };
    let all = guide(&agent, &wanted, &[0, 1, 2]);
    assert_eq!(guided(all.clone()), Some(encode(&wanted).unwrap()));
    for _ in 0..20 {
        let trace = guided(guide(&agent, &wanted, &[0, 2])).unwrap();
        assert_eq!((trace.indices()[0], trace.indices()[2]), (1, 1));
    }
    // One decision too many, and one that is not available after the first.
    let twice = all.decisions().iter().chain(all.decisions()).copied().collect();
    assert_eq!(guided(Guide::new(twice)), None);
    let steep = guide(&agent, &Pyramid { top: 1, base: 2, bias: true }, &[1]).decisions()[0];
    assert_eq!(guided(Guide::new(vec![guide(&agent, &wanted, &[0]).decisions()[0], steep])), None);
}

#[test]
fn where_the_gradient_is_not_finite_nothing_has_changed() {
    for input in INPUTS {
        let mut agent = agent(input);
        for i in 0..3 {
            let trial = agent.ask().unwrap();
            agent.tell(trial, f64::from(i)).unwrap();
        }
        let trial = agent.ask().unwrap();
        agent.core.model.network.parameters.output.fill(f32::INFINITY);
        let before = agent.clone();
        assert_eq!(agent.tell(trial, 9.0), Err(ObserveError::Diverged));
        let [model, known] = [&agent, &before].map(|agent| &agent.core.model);
        assert_eq!((&model.network.parameters, &model.adam), (&known.network.parameters, &known.adam));
        let [memory, known] = [&agent, &before].map(|agent| agent.core.memories.get(PAIR).unwrap());
        assert_eq!((memory.elites.best(), memory.baseline), (known.elites.best(), known.baseline));
        assert_eq!(agent.core.rng, before.core.rng);
    }
}

#[test]
fn the_builder_checks_its_settings() {
    let settings = |learning_rate: f64| Settings { learning_rate, ..Settings::default() };
    let error = LstmAgent::<Pyramid>::builder().settings(settings(0.0)).build().unwrap_err();
    assert!(matches!(error, BuildError::Setting { setting: "learning_rate", .. }), "{error}");
    let of_seed = |seed| LstmAgent::<Pyramid>::builder().settings(settings(0.1)).seed(seed).build().unwrap();
    let config = Pyramid { top: 1, base: 3, bias: false };
    let [first, again, other] = [1, 1, 2].map(|seed| of_seed(seed).log_prob(&config).unwrap().to_bits());
    assert!(first == again && first != other);
}
