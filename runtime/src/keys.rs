//! What each key of the annotations says. Generated code names these, so that an editor shows this text where a key is
//! hovered over.

#![allow(clippy::missing_const_for_fn)]

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident)*) => {$($(#[$doc])* pub fn $name() {})*};
}

keys! {
    /// `choices = [16, 32, WIDE]`: the values that the field may take, any constant expressions.
    choices
    /// `labels = ["small", "large"]`: names for the choices, one each.
    labels
    /// `range = 1..=8`: the whole numbers of a range; with `bins`, so many numbers from end to end.
    range
    /// `step = 2`: the distance between the numbers of a range.
    step
    /// `bins = 5`: into how many values a range is cut, both ends included.
    bins
    /// `log`: even ratios instead of even distances.
    log
    /// `pow2 = 16..=512`: the powers of two from end to end.
    pow2
    /// `len = 1..=4`: the lengths of a `Vec`.
    len
    /// `subset = ["a", "b", "c"]` on a `Vec`: which of these it holds, in whatever order; `len = 1..=2` says how many.
    subset
    /// `permutation = ["a", "b", "c"]` on a `Vec` or an array: in which order it holds these.
    permutation
    /// `prior = [0.7, 0.2, 0.1]`: how likely each value is before anything is known.
    prior
    /// `weight = 3`: how likely the variant is before anything is known, where others are 1.
    weight
    /// `state = "Shared.name"`: the name of the field's state, in place of `Type.field`.
    state
    /// `alias = "old_name"`: an earlier name, by which checkpoints know the state, variant or type.
    alias
    /// `own`: the types in the field have states of their own here, named after the field: `Net.layers[2].kernel`.
    own
    /// `shared`: other types may have states of the same names; what is learned of one holds for all of them.
    shared
    /// `tied`: all items of an array or `Vec` are decided at one state.
    tied
    /// `indices = [0, 2]`: which positions of a shared array the items are.
    indices
    /// `only(A, B)`: of the actions of the field's state, only these are available here.
    only
    /// `except(C)`: of the actions of the field's state, all but these are available here.
    except
    /// `lt = other`: less than an earlier number.
    lt
    /// `le = other`: at most an earlier number.
    le
    /// `gt = other`: greater than an earlier number.
    gt
    /// `ge = other`: at least an earlier number.
    ge
    /// `ne = other`: not an earlier number.
    ne
    /// `skip` or `skip = value`: not part of the search; always the default, or this value.
    skip
    /// `name = "Name"`: the first part of the names of the type's states, in place of the type's name.
    name
    /// `valid = predicate`: `fn(&Self) -> bool`; a config that it refuses is drawn again.
    valid
    /// `prune = predicate`: `fn(&Self, usize) -> bool`; whether a value, of which so many decisions are made and the rest
    /// stand at their first available action, is beyond saving. Actions that lead to such a value are not available.
    prune
    /// `max_depth = 3`: how deep values of a type that contains itself are nested.
    max_depth
}
