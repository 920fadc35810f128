//! Tokens that several traces have before them: what does not depend on the past is computed once for them.

use std::ops::Range;

use super::batch::Token;

/// The distinct tokens among the candidates of a step.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    tokens: Vec<Token>,
    /// The groups among them.
    groups: Vec<Range<usize>>,
    which: Vec<usize>,
}

impl Distinct {
    /// Finds groups that are alike; `groups` are those of `Candidates::encode`. They are compared as a whole, since
    /// traces in step mostly have the same decisions before them, so a token that stands in unlike groups stays twice.
    pub(super) fn find(&mut self, tokens: &[Token], groups: &[(usize, usize)]) {
        self.tokens.clear();
        self.groups.clear();
        self.which.clear();
        let mut rest = tokens;
        for &(_, candidates) in groups {
            let (group, after) = rest.split_at(candidates);
            rest = after;
            let known = self.groups.iter().find(|known| self.tokens[(*known).clone()] == *group);
            let found = known.cloned().unwrap_or_else(|| self.add(group));
            self.which.extend(found);
        }
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// For each token its position among the distinct ones.
    pub(super) fn which(&self) -> &[usize] {
        &self.which
    }

    fn add(&mut self, group: &[Token]) -> Range<usize> {
        let first = self.tokens.len();
        self.tokens.extend_from_slice(group);
        self.groups.push(first..self.tokens.len());
        first..self.tokens.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{ActionRow, StateRow};

    fn token(action: u32) -> Token {
        Token { action: ActionRow(action), state: StateRow(1), task: 0, position: 3 }
    }

    #[test]
    fn groups_that_are_alike_stand_once() {
        let tokens = [1, 2, 3, 1, 2, 1, 1, 2].map(token);
        let mut distinct = Distinct::default();
        distinct.find(&tokens, &[(0, 2), (1, 1), (2, 2), (3, 1), (4, 2)]);
        assert_eq!(distinct.tokens(), [1, 2, 3, 1].map(token));
        assert_eq!(distinct.which(), [0, 1, 2, 0, 1, 3, 0, 1]);
        distinct.find(&tokens[2..3], &[(0, 1)]);
        assert_eq!((distinct.tokens(), distinct.which()), (&[token(3)][..], &[0][..]));
    }
}
