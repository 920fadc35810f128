//! What a walk of the tree has entered: types may contain each other, and none is entered without end.

use super::link::Owner;

/// What was entered on the way from the root, the innermost first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inside<'a> {
    pub(crate) entered: Entered,
    pub(crate) up: Option<&'a Inside<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Entered {
    /// A type that says how deep it is nested; none of one with parameters, whose depth is counted anew at each place where it stands.
    Recursive(Option<Owner>),
    /// A link of this id.
    Link(u64),
}

/// Whether a type that says how deep stands inside of itself.
pub(crate) const fn is_again(owner: Option<Owner>, inside: Option<&Inside<'_>>) -> bool {
    let (Some(owner), mut next) = (owner, inside) else { return false };
    while let Some(Inside { entered, up }) = next {
        if let Entered::Recursive(Some(known)) = entered
            && known.is(&owner)
        {
            return true;
        }
        next = *up;
    }
    false
}

/// Whether a link was followed already, and since then no type entered that says how deep.
pub(crate) const fn is_endless(link: u64, inside: Option<&Inside<'_>>) -> bool {
    let mut next = inside;
    while let Some(Inside { entered, up }) = next {
        match entered {
            Entered::Recursive(Some(_)) => return false,
            Entered::Link(known) if *known == link => return true,
            Entered::Recursive(None) | Entered::Link(_) => next = *up,
        }
    }
    false
}

/// The links that were followed, each once.
pub(crate) struct Seen {
    ids: [u64; MOST],
    len: usize,
}

/// More types than contain each other. What is beyond is walked each time.
const MOST: usize = 128;

impl Seen {
    pub(crate) const fn nothing() -> Self {
        Self { ids: [0; MOST], len: 0 }
    }

    /// Whether this is the first time.
    pub(crate) const fn enter(&mut self, id: u64) -> bool {
        let mut i = 0;
        while i < self.len {
            if self.ids[i] == id {
                return false;
            }
            i += 1;
        }
        if self.len < MOST {
            self.ids[self.len] = id;
            self.len += 1;
        }
        true
    }
}
