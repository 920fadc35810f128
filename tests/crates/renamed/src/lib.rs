//! A space in a crate that calls transfer-nas `tnas`.

use shared_space::Dense;

/// Two layers of another crate and a choice of our own.
#[tnas::search_space(crate = tnas)]
#[derive(Debug, Clone, PartialEq)]
pub struct Net {
    /// From the input.
    pub first: Dense,
    /// To the output.
    pub last: Dense,
    /// Whether the input is added to the output.
    pub residual: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use tnas::Agent;
    use tnas::space::Graph;

    #[test]
    fn a_space_of_two_crates_is_sampled_and_learned() {
        let mut agent = Agent::<Net>::builder().seed(1).build().unwrap();
        for _ in 0..50 {
            let trial = agent.sample::<Net>().unwrap();
            let reward = f64::from(trial.config.last.units);
            agent.observe(trial, reward).unwrap();
        }
        assert_eq!(agent.best::<Net>().unwrap().config.last.units, 64);
    }

    #[test]
    fn every_key_works_where_nothing_is_in_scope() {
        use tnas::SearchSpace;
        let mut search = tnas::search::RandomSearch::<shared_space::All>::new(4);
        for _ in 0..200 {
            let all = search.sample().unwrap();
            assert!(all.part < all.batch && all.edges != [true, true] && all.device == 3);
            let trace = tnas::space::encode(&all).unwrap();
            assert_eq!(tnas::space::decode::<shared_space::All>(&trace).unwrap(), all);
        }
        assert_eq!(shared_space::Tree::space().cardinality(), 3u8.into());
    }

    #[test]
    fn both_uses_of_the_shared_layer_have_the_same_states() {
        let graph = Graph::new(<Net as tnas::Universe>::START);
        let names: Vec<&str> = graph.vocabulary().states().iter().map(tnas::space::State::name).collect();
        let expected = [
            "start",
            "Dense.units",
            "Dense.skips",
            "Dense.skips.some.len",
            "Dense.skips.some[0]",
            "Dense.skips.some[1]",
            "Activation",
            "Activation.Leaky.slope",
            "Net.residual",
        ];
        assert_eq!(names, expected);
    }
}
