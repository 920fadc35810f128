//! A step that cannot be taken leaves an agent as it was, whatever its network.

use super::core::Core;
use super::{Agent, ObserveError, Outcome};
use crate::policy::Attention;
use crate::policy::pair::Pair;
use crate::search::{LstmAgent, LstmInput};
use crate::space::encode;
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

fn learn<M: Model>(core: &mut Core<M>, base: u8, reward: f64) -> Result<(), ObserveError> {
    let trace = encode(&Pyramid { top: 1, base, bias: base.is_multiple_of(2) }).unwrap();
    core.learn(PAIR, &[(&trace, Outcome::Reward(reward))]).map(drop)
}

/// With a learning rate beyond all settings the weights would leave their range, at the first step or at a later one.
fn stays_as_it_was<M: Model + Clone>(mut core: Core<M>, steps: u8) {
    for base in 2..2 + steps {
        learn(&mut core, base, f64::from(base)).unwrap();
    }
    let (mut other, rate) = (core.clone(), core.settings.learning_rate);
    for rate in [1e7, 1e38, 1e300] {
        core.settings.learning_rate = rate;
        assert_eq!(learn(&mut core, 6, 9.0), Err(ObserveError::Diverged), "{rate}");
    }
    core.settings.learning_rate = rate;
    assert_eq!(core.checkpoint(), other.checkpoint());
    for core in [&mut core, &mut other] {
        learn(core, 5, 3.0).unwrap();
    }
    assert_eq!(core.checkpoint().to_bytes().unwrap(), other.checkpoint().to_bytes().unwrap());
}

#[test]
fn a_step_out_of_range_leaves_the_agent_as_it_was() {
    for steps in [0, 4] {
        for attention in [Attention::Causal, Attention::Full] {
            stays_as_it_was(Agent::<Pyramid>::builder().seed(5).attention(attention).build().unwrap().core, steps);
        }
        for input in [LstmInput::PerState, LstmInput::Shared] {
            let agent = LstmAgent::<Pyramid>::builder().seed(5).input(input).build().unwrap();
            stays_as_it_was(agent.core, steps);
        }
    }
}
