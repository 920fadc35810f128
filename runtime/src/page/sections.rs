//! All parts of the page, in order.

use super::section::Section;
use super::story::Story;
use super::{
    attention, by_choice, curves, distribution, failures, finalists, front, graph, importance, model, pairs, parallel,
    policy, rewards, running, table, transfer, workers,
};

pub(super) const SECTIONS: [Section; 18] = [
    Section { id: "rewards", heading: "Rewards", write: rewards::write, is_due: always },
    Section {
        id: "distribution",
        heading: "How rewards are distributed",
        write: distribution::write,
        is_due: distribution::is_there,
    },
    Section { id: "front", heading: "The front", write: front::write, is_due: front::is_there },
    Section { id: "running", heading: "Running trials", write: running::write, is_due: running::are_there },
    Section { id: "workers", heading: "Workers", write: workers::write, is_due: workers::are_there },
    Section { id: "failures", heading: "Failures", write: failures::write, is_due: failures::are_there },
    Section { id: "finalists", heading: "Finalists", write: finalists::write, is_due: finalists::are_there },
    Section { id: "pairs", heading: "Best by space and task", write: pairs::write, is_due: pairs::are_several },
    Section { id: "curves", heading: "Learning curves", write: curves::write, is_due: always },
    Section { id: "choices", heading: "Choices and rewards", write: parallel::write, is_due: always },
    Section { id: "importance", heading: "What the reward depends on", write: importance::write, is_due: always },
    Section { id: "slices", heading: "Rewards by choice", write: by_choice::write, is_due: by_choice::is_there },
    Section { id: "model", heading: "What matters", write: model::write, is_due: model::is_there },
    Section { id: "policy", heading: "What the policy has learned", write: policy::write, is_due: has_policy },
    Section { id: "space", heading: "The space", write: graph::write, is_due: always },
    Section { id: "attention", heading: "Attention", write: attention::write, is_due: has_attention },
    Section { id: "transfer", heading: "Transfer", write: transfer::write, is_due: has_transfer },
    Section { id: "trials", heading: "Trials", write: table::write, is_due: always },
];

fn always(_: &Story) -> bool {
    true
}

// A searcher with a model need not have what agents have, and then nothing is missing.

fn has_policy(story: &Story) -> bool {
    !story.policy.is_empty() || !model::is_there(story)
}

fn has_attention(story: &Story) -> bool {
    story.attention.is_some() || !model::is_there(story)
}

fn has_transfer(story: &Story) -> bool {
    story.transfer.is_some() || !model::is_there(story)
}
