use transfer_nas::prelude::*;

use transfer_nas::study::Study;

#[search_space]
#[derive(Clone, PartialEq)]
struct Config {
    #[space(choices = [0.1, 0.2])]
    rate: f64,
}

fn main() {
    let agent = Agent::<Config>::builder().build().unwrap();
    let study = Study::in_memory().agent(agent).unique_by(|config: &Config| config.rate).trials(3);
    let _ = study.run(|config: &Config| Ok::<f64, String>(config.rate));
}
