//! A range with both ends.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprRange, RangeLimits};

use crate::errors::syntax;
use crate::label::written;
use crate::literal::integer;
use crate::transparent::bare;

/// `first..=last`
#[derive(Clone)]
pub(crate) struct Range {
    pub(crate) first: Expr,
    pub(crate) last: Expr,
}

impl Parse for Range {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let expr: Expr = input.parse()?;
        let tokens = expr.to_token_stream();
        if let Expr::Range(range) = bare(&expr)
            && let (Some(first), Some(last)) = (&range.start, &range.end)
        {
            return match range.limits {
                RangeLimits::Closed(_) => Ok(Self { first: Expr::clone(first), last: Expr::clone(last) }),
                RangeLimits::HalfOpen(_) => {
                    let (first, last) = (written(first), including(last));
                    Err(syntax(&tokens, format_args!("a range includes its last value: write `{first}..={last}`")))
                }
            };
        }
        Err(syntax(&tokens, "expected a range with both ends: `1..=8`"))
    }
}

/// The last value of a range that ends before `end`, as far as its spelling tells.
fn including(end: &Expr) -> String {
    integer(end).map_or_else(|| format!("{} - 1", written(end)), |end| (end - 1).to_string())
}

impl Range {
    /// The last value of a range, which may end before its end.
    pub(super) fn last_of(range: &ExprRange) -> Option<Expr> {
        let end = range.end.as_deref()?;
        let last = match range.limits {
            RangeLimits::Closed(_) => Ok(end.clone()),
            RangeLimits::HalfOpen(_) => syn::parse_str(&including(end)),
        };
        last.ok()
    }

    pub(crate) fn to_tokens(&self) -> TokenStream {
        let (first, last) = (&self.first, &self.last);
        quote::quote!(#first..=#last)
    }

    /// What to say where the first value is above the last one.
    pub(crate) fn reversed(&self) -> String {
        format!("the range is empty; the least value comes first: `{}..={}`", written(&self.last), written(&self.first))
    }
}
