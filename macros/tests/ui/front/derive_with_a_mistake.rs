use transfer_nas::prelude::*;

#[derive(Debug, Clone, SearchSpace)]
#[space(nam = "Layer")]
struct Dense {
    #[space(choices = [16, 32])]
    units: u32,
    #[cfg(any())]
    #[space(choices = wrong)]
    gone: u32,
    #[cfg_attr(all(), space(range = 8..=1))]
    depth: u32,
}

fn main() {
    let dense = Dense { units: 16, depth: 1 };
    println!("{:?} {}", dense.clone(), Dense::space());
}
