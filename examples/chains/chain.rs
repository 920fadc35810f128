//! Which chains there are.

use std::fmt;
use std::str::FromStr;

pub(crate) const LENGTHS: [usize; 4] = [10, 26, 100, 400];
pub(crate) const ACTIONS: [usize; 3] = [2, 10, 50];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) decisions: usize,
    pub(crate) actions: usize,
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.decisions, self.actions)
    }
}

impl FromStr for Chain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('x')
            .and_then(|(decisions, actions)| Some((decisions.parse().ok()?, actions.parse().ok()?)));
        let (decisions, actions) = numbers.ok_or("not like 10x2")?;
        Ok(Self { decisions, actions })
    }
}
