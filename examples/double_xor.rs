use transfer_nas::prelude::*;
#[search_space]
#[derive(Debug, Clone)]
struct DoubleXor { s1: bool, s2: bool, s3: bool, s4: bool, s5: bool, s6: bool, s7: bool }
fn main() {
    for att in [Attention::Causal, Attention::Full] {
    for seed in 0..5 {
        let mut agent = Agent::<DoubleXor>::builder().seed(seed).attention(att).build().unwrap();
        let t = std::time::Instant::now();
        let mut rewards = vec![];
        let mut hit = None;
        for i in 0..2000 {
            let trial = agent.sample::<DoubleXor>().unwrap();
            let c = &trial.config;
            let r = f64::from(u8::from((c.s1 ^ c.s5) && (c.s3 ^ c.s7)));
            agent.observe(trial, r).unwrap();
            rewards.push(r);
            if i >= 99 && hit.is_none() && rewards[i-99..=i].iter().sum::<f64>() >= 90.0 { hit = Some(i+1); }
        }
        println!("{att:?} {seed}: {hit:?} {:.3} ms/trial", t.elapsed().as_secs_f64()/2.0);
    }}
}
