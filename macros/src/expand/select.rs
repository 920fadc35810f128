//! One of several values by a number.

use proc_macro2::TokenStream;
use quote::quote;

/// One of the values by its position; the last one takes all positions that are left.
pub(super) fn select(position: &TokenStream, values: &[TokenStream]) -> TokenStream {
    let count = values.len();
    let arms = values.iter().enumerate().map(
        |(i, value)| {
            if i + 1 == count { quote!(_ => #value) } else { quote!(#i => #value) }
        },
    );
    quote!(match #position { #(#arms),* })
}
