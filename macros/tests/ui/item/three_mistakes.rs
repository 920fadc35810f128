use transfer_nas::prelude::*;

#[search_space]
struct Config {
    width: u32,
    #[space(range = 8..=1)]
    depth: u8,
    #[space(choice = [1, 2])]
    kernel: u8,
    #[space(lt = width, range = 1..=4)]
    groups: u32,
}

fn main() {
    let mut agent = Agent::<Config>::builder().build().unwrap();
    let _ = agent.sample::<Config>().unwrap().config.width;
}
