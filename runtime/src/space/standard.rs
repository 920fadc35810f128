//! The spaces of types that need no annotation.

use core::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use super::codec::{DecodeError, Decoder, EncodeError, Encoder};
use super::generated::{decode_array, decode_option, encode_option, option_branches};
use super::node::{Domain, Kind, Naming, Node};
use super::search_space::SearchSpace;

#[diagnostic::do_not_recommend]
impl SearchSpace for bool {
    const SPACE: &'static Node = &Node::Decide(Domain::FLAG);

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(decoder.next(2)? == 1)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        encoder.push(usize::from(*self));
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: SearchSpace> SearchSpace for Option<T> {
    const SPACE: &'static Node = &Node::Choice {
        kind: Kind::Presence,
        branches: &option_branches(&Node::Within { suffix: ".some", node: T::SPACE }),
    };

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decode_option(decoder, T::decode)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        encode_option(self.as_ref(), encoder, T::encode)
    }

    fn is_valid(&self) -> bool {
        self.as_ref().is_none_or(T::is_valid)
    }
}

macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: SearchSpace> SearchSpace for $pointer<T> {
    const SPACE: &'static Node = &Node::Link(T::LINK);

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        T::decode(decoder).map(Self::new)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        T::encode(self, encoder)
    }

    fn is_valid(&self) -> bool {
        T::is_valid(self)
    }
}
    )*};
}

pointers! { Box Arc Rc }

#[diagnostic::do_not_recommend]
impl<T: SearchSpace, const N: usize> SearchSpace for [T; N] {
    const SPACE: &'static Node = &Node::Array { item: T::SPACE, len: N, naming: Naming::Numbered };

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        decode_array(decoder, T::decode)
    }

    fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
        self.iter().try_for_each(|item| item.encode(encoder))
    }

    fn is_valid(&self) -> bool {
        self.iter().all(T::is_valid)
    }
}

macro_rules! tuple_spaces {
    ($(($($name:ident $index:tt $suffix:literal),*);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: SearchSpace),*> SearchSpace for ($($name,)*) {
            const SPACE: &'static Node =
                &Node::Sequence(&[$(&Node::Within { suffix: $suffix, node: $name::SPACE }),*]);

            fn decode(decoder: &mut Decoder<'_>) -> Result<Self, DecodeError> {
                Ok(($($name::decode(decoder)?,)*))
            }

            fn encode(&self, encoder: &mut Encoder) -> Result<(), EncodeError> {
                $(self.$index.encode(encoder)?;)*
                Ok(())
            }

            fn is_valid(&self) -> bool {
                true $(&& self.$index.is_valid())*
            }
        }
    )*};
}

tuple_spaces! {
    (A 0 ".0");
    (A 0 ".0", B 1 ".1");
    (A 0 ".0", B 1 ".1", C 2 ".2");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4", F 5 ".5");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4", F 5 ".5", G 6 ".6");
    (A 0 ".0", B 1 ".1", C 2 ".2", D 3 ".3", E 4 ".4", F 5 ".5", G 6 ".6", H 7 ".7");
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> SearchSpace for PhantomData<T> {
    const SPACE: &'static Node = &Node::Unit;

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(Self)
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl SearchSpace for () {
    const SPACE: &'static Node = &Node::Unit;

    fn decode(_: &mut Decoder<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }

    fn encode(&self, _: &mut Encoder) -> Result<(), EncodeError> {
        Ok(())
    }
}
