//! From a field in a `Box` or a `Vec` to the tree of its type: types may contain each other.

use core::fmt;
use core::mem::MaybeUninit;

use super::name::Hash;

/// Leads to the tree of a type, a `Node`. Where a constant that has one is made, the tree is not looked at: it may lead back here.
#[derive(Clone, Copy)]
pub struct Link<T: 'static> {
    owner: Option<Owner>,
    id: u64,
    tree: Tree<T>,
}

/// A reference that the compiler does not follow when it has made a constant.
///
/// The compiler checks the final value of a constant through all its references. Of two types that contain each other this check would
/// need the one tree for the other, without end (E0391). A union is not looked into.
#[derive(Clone, Copy)]
struct Tree<T: 'static>(MaybeUninit<&'static T>);

impl<T> Tree<T> {
    const fn new(node: &'static T) -> Self {
        Self(MaybeUninit::new(node))
    }

    #[allow(unsafe_code)]
    const fn get(&self) -> &'static T {
        // SAFETY: `new` is the only way to make a `Tree`, and it writes the reference.
        unsafe { self.0.assume_init() }
    }
}

impl<T> Link<T> {
    /// To the tree of a type with parameters.
    #[must_use]
    pub const fn new(tree: &'static T) -> Self {
        Self { owner: None, id: 0, tree: Tree::new(tree) }
    }

    /// To the tree of a type.
    #[must_use]
    pub const fn to(owner: Owner, tree: &'static T) -> Self {
        Self { owner: Some(owner), id: owner.id.0, tree: Tree::new(tree) }
    }

    /// From a type to the tree of a field's type, which has parameters and is written so.
    #[must_use]
    pub const fn from(owner: Owner, field: &'static str, tree: &'static T) -> Self {
        Self { owner: Some(owner), id: owner.id.text(field).0, tree: Tree::new(tree) }
    }

    /// The tree.
    #[must_use]
    pub const fn node(&self) -> &'static T {
        self.tree.get()
    }

    /// The type that it leads to, or comes from; none of a type with parameters.
    pub(crate) const fn owner(&self) -> Option<Owner> {
        self.owner
    }

    /// Another one for each tree; none where that is not known.
    pub(crate) const fn id(&self) -> Option<u64> {
        match self.id {
            0 => None,
            id => Some(id),
        }
    }
}

impl<T> fmt::Debug for Link<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.owner.map_or("a type with parameters", |owner| owner.name);
        formatter.debug_tuple("Link").field(&name).finish()
    }
}

/// A type without parameters, by where it stands. All types that one call of a macro writes stand at one place of a file.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    pub(crate) name: &'static str,
    place: Place,
    id: Hash,
}

/// The file, line, column and module of a type.
type Place = (&'static str, u32, u32, &'static str);

impl Owner {
    /// The type of this state name, and of this name in the source.
    #[must_use]
    pub const fn new(name: &'static str, ident: &str, place: Place) -> Self {
        let (_, line, column, module) = place;
        Self { name, place, id: Hash::of(module).number(line as i128).label(ident).number(column as i128) }
    }

    pub(crate) const fn is(&self, other: &Self) -> bool {
        self.id.0 == other.id.0
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id.0
    }

    /// Whether it stands before the other one.
    pub(crate) const fn is_before(&self, other: &Self) -> bool {
        let ((file, line, column, _), (other_file, other_line, other_column, _)) = (self.place, other.place);
        match order(file, other_file) {
            0 if line != other_line => line < other_line,
            0 if column != other_column => column < other_column,
            0 => self.id.0 < other.id.0,
            order => order < 0,
        }
    }
}

/// Below zero where `a` comes first, above where `b` does.
const fn order(a: &str, b: &str) -> i16 {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() {
        if a[i] != b[i] {
            return a[i] as i16 - b[i] as i16;
        }
        i += 1;
    }
    (a.len() > b.len()) as i16 - (a.len() < b.len()) as i16
}
