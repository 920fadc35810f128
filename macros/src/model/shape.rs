//! How a field's value is made of decisions.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, Ident, Lit, LitInt, Type};

use crate::parse::Range;
use crate::shape::Primitive;
use crate::transparent::bare;

/// How a field's value is made of decisions.
pub(crate) enum Shape {
    /// The type says itself.
    Space(Type),
    /// The type that is being annotated.
    Again(Type),
    Choices {
        ty: Type,
        primitive: Primitive,
        choices: Vec<Choice>,
        /// Where the choices stand on a grid: its bounds, as they were written.
        grid: Option<Box<Range>>,
    },
    Range {
        ty: Type,
        range: Box<Range>,
        step: Box<Expr>,
    },
    /// Fewer actions of the decision inside.
    Restricted {
        inner: Box<Shape>,
        key: Ident,
        labels: Vec<Expr>,
    },
    /// A decision whose actions are not alike before anything is known.
    Weighted {
        inner: Box<Shape>,
        span: Span,
        weights: Vec<Expr>,
    },
    /// Which of the choices inside a `Vec` holds.
    Subset {
        inner: Box<Shape>,
        len: Box<Range>,
    },
    /// In which order a `Vec` or an array holds the choices inside.
    Permutation {
        inner: Box<Shape>,
        /// The length of the array, if it is one.
        array: Option<Box<Expr>>,
    },
    Option(Box<Shape>),
    /// In a `Box`, an `Arc` or an `Rc`.
    Boxed(Type, Box<Shape>),
    Array {
        item: Box<Shape>,
        len: Expr,
        naming: Naming,
    },
    Vec {
        item: Box<Shape>,
        len: Box<Range>,
        naming: Naming,
    },
    Tuple(Vec<Shape>),
    /// No decision: always this value, or the type's default.
    Fixed(Type, Option<Expr>),
}

impl Shape {
    /// The types that must be search spaces themselves.
    pub(crate) fn spaces<'a>(&'a self, into: &mut Vec<&'a Type>) {
        match self {
            Self::Space(ty) => into.push(ty),
            Self::Restricted { inner, .. }
            | Self::Weighted { inner, .. }
            | Self::Option(inner)
            | Self::Boxed(_, inner) => inner.spaces(into),
            Self::Array { item, .. } | Self::Vec { item, .. } => item.spaces(into),
            Self::Tuple(parts) => parts.iter().for_each(|part| part.spaces(into)),
            Self::Again(_)
            | Self::Choices { .. }
            | Self::Range { .. }
            | Self::Fixed(..)
            | Self::Subset { .. }
            | Self::Permutation { .. } => {}
        }
    }

    /// Whether the type that is annotated stands in it.
    pub(crate) fn is_recursive(&self) -> bool {
        match self {
            Self::Again(_) => true,
            Self::Restricted { inner, .. }
            | Self::Weighted { inner, .. }
            | Self::Option(inner)
            | Self::Boxed(_, inner) => inner.is_recursive(),
            Self::Array { item, .. } | Self::Vec { item, .. } => item.is_recursive(),
            Self::Tuple(parts) => parts.iter().any(Self::is_recursive),
            Self::Space(_)
            | Self::Choices { .. }
            | Self::Range { .. }
            | Self::Fixed(..)
            | Self::Subset { .. }
            | Self::Permutation { .. } => false,
        }
    }

    /// What kind of numbers a plain numeric decision takes.
    pub(crate) fn numeric(&self) -> Option<Primitive> {
        match self {
            Self::Range { .. } => Some(Primitive::Integer),
            Self::Choices { primitive: p @ (Primitive::Integer | Primitive::Float), .. } => Some(*p),
            Self::Restricted { inner, .. } | Self::Weighted { inner, .. } => inner.numeric(),
            _ => None,
        }
    }
}

/// How the decisions of repeated items are named.
#[derive(Clone)]
pub(crate) enum Naming {
    Numbered,
    Tied,
    At(Vec<LitInt>),
}

pub(crate) struct Choice {
    pub(crate) value: Expr,
    pub(crate) label: String,
    /// What stands for it in messages about labels.
    pub(crate) culprit: TokenStream,
}

impl Choice {
    /// The value as an expression of the field's type: string literals are converted, all else stands as written.
    pub(crate) fn value(&self) -> TokenStream {
        let value = &self.value;
        if let Expr::Lit(syn::ExprLit { lit: Lit::Str(_), .. }) = bare(value) {
            return quote!(::core::convert::From::from(#value));
        }
        quote!(#value)
    }
}
