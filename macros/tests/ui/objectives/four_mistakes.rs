use transfer_nas::prelude::*;

#[objectives]
struct Unsaid {
    #[objective(maximize)]
    accuracy: f64,
    params: f64,
}

#[objectives]
struct Whole {
    #[objective(minimize)]
    params: u64,
}

#[objectives]
struct Twice {
    #[objective(maximize)]
    accuracy: f64,
    #[objective(minimize, name = "accuracy")]
    params: f64,
}

#[objectives]
struct Both {
    #[objective(maximize, minimise)]
    accuracy: f64,
}

fn main() {}
