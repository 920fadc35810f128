use transfer_nas::prelude::*;

#[search_space]
struct Config {
    flag: bool,
}

#[objectives]
struct Score {
    #[objective(maximize)]
    accuracy: f64,
    #[objective(minimize)]
    params: f64,
}

fn evaluate(config: &Config) -> Score {
    Score { accuracy: f64::from(u8::from(config.flag)) }
}

fn main() {
    let _ = evaluate;
}
