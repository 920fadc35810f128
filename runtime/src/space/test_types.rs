//! Small spaces that together use all of the grammar that shows in a picture.

use crate::search_space;

#[search_space]
pub(super) struct Dense {
    #[space(choices = [64, 128])]
    units: u32,
    bias: bool,
}

#[search_space]
pub(super) enum Cnn {
    #[space(alias = "Convolve")]
    Conv {
        #[space(choices = [1, 3, 5, 7])]
        kernel: u32,
        head: Dense,
    },
    Pool,
}

#[search_space]
pub(super) struct FeedForward {
    #[space(len = 0..=2)]
    layers: Vec<Dense>,
}

#[search_space(max_depth = 4)]
pub(super) enum Expr {
    Leaf,
    Add(Box<Expr>, Box<Expr>),
    Not { of: Box<Expr>, strict: bool },
}

#[search_space(prune = Grid::is_dead)]
pub(super) struct Grid {
    #[space(range = 0..=1000)]
    low: u32,
    #[space(choices = [500, 1001], ge = low, ne = low)]
    high: u32,
    cells: [bool; 21],
    #[space(indices = [2, 5])]
    some: [Option<bool>; 2],
    #[space(tied)]
    alike: [bool; 3],
    #[space(only(Pool))]
    layer: Cnn,
    pair: [(bool, Dense); 2],
}

impl Grid {
    fn is_dead(&self, _: usize) -> bool {
        self.low == 1000
    }
}
