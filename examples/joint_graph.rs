//! Two spaces merged by state name (paper, Figure 1): a convolutional network and a feed-forward network share what is
//! decided of a dense layer.
//!
//! ```sh
//! cargo run --release --example joint_graph
//! cargo run --release --example joint_graph -- --format dot | dot -Tsvg
//! ```

use clap::{Parser, ValueEnum};
use transfer_nas::prelude::*;
use transfer_nas::space::JointGraph;

#[search_space]
#[derive(Debug)]
enum Activation {
    Relu,
    Tanh,
}

#[search_space]
#[derive(Debug)]
struct Dense {
    #[space(choices = [64, 128, 256])]
    units: u32,
    activation: Activation,
}

#[search_space]
#[derive(Debug)]
struct Convolution {
    #[space(range = 1..=7, step = 2)]
    kernel: u32,
    #[space(choices = [16, 32, 64])]
    filters: u32,
    pooling: Option<Pooling>,
}

#[search_space]
#[derive(Debug)]
enum Pooling {
    Max,
    Mean,
}

/// Convolutions, then one dense layer.
#[search_space]
#[derive(Debug)]
struct Cnn {
    #[space(len = 1..=4)]
    convolutions: Vec<Convolution>,
    head: Dense,
}

/// Dense layers only.
#[search_space]
#[derive(Debug)]
struct FeedForward {
    #[space(len = 1..=3)]
    layers: Vec<Dense>,
    #[space(choices = [0.0, 0.5])]
    dropout: f64,
}

/// Print the transition graph of two spaces that share a layer.
#[derive(Debug, Parser)]
struct Arguments {
    /// For which program.
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Dot,
    Mermaid,
}

fn main() {
    let graph = JointGraph::new(&[("Cnn", Cnn::space()), ("FeedForward", FeedForward::space())]);
    let picture = match Arguments::parse().format {
        Format::Dot => graph.to_dot(),
        Format::Mermaid => graph.to_mermaid(),
    };
    print!("{picture}");
}
