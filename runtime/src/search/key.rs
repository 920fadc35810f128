//! What tells configs apart.

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::tried::mixed;
use crate::policy::AnyConfig;
use crate::space::Trace;

/// What tells configs apart.
pub trait Key {
    /// The key of a config; none where it is known by its decisions.
    fn key(&mut self, space: usize, trace: &Trace) -> Option<u128>;
}

/// Configs are known by their decisions.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByTrace;

impl Key for ByTrace {
    fn key(&mut self, _: usize, _: &Trace) -> Option<u128> {
        None
    }
}

/// Configs are known by what a function makes of them.
pub struct ByKey<T, K, F> {
    key: F,
    /// Known where the search is made, so that what is no key is told of there and nowhere else.
    hash: fn(&K, &mut Fnv),
    config: PhantomData<fn(&T) -> K>,
}

/// What configs can be told apart by: texts, whole numbers, or anything else that is `Eq` and `Hash`.
#[diagnostic::on_unimplemented(
    message = "[TN28] `{Self}` is no key, since it is not `Eq` and `Hash`",
    label = "write `unique()`, which tells configs apart by their decisions, or have the function give a text or whole numbers"
)]
pub trait TellsApart: Eq + Hash {}

#[diagnostic::do_not_recommend]
impl<K: Eq + Hash> TellsApart for K {}

impl<T, K, F: Clone> Clone for ByKey<T, K, F> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), ..*self }
    }
}

impl<T, K, F> ByKey<T, K, F> {
    pub(super) fn new(key: F) -> Self
    where
        K: TellsApart,
    {
        Self { key, hash: K::hash, config: PhantomData }
    }
}

impl<T: AnyConfig, K, F: FnMut(&T) -> K> Key for ByKey<T, K, F> {
    fn key(&mut self, space: usize, trace: &Trace) -> Option<u128> {
        let config = T::decode_any(space, trace).ok()?;
        let mut hasher = Fnv(crate::space::name::Hash::EMPTY.0);
        (self.hash)(&(self.key)(&config), &mut hasher);
        Some(mixed(hasher.0, 0))
    }
}

/// 64-bit FNV-1a: the same in every process, as the standard library's hasher is not.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
