//! Which type it is, by where it stands.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::model::Model;

/// None of a type with parameters, of which there are many.
pub(super) fn of(model: &Model) -> Option<TokenStream> {
    let Model { ident, name, .. } = model;
    // As the user's own tokens, which may be of the edition 2015: that knows no `::core`.
    let place = quote_spanned!(ident.span()=>
        (__tn::core::file!(), __tn::core::line!(), __tn::core::column!(), __tn::core::module_path!())
    );
    let written = ident.to_string();
    model.generics.params.is_empty().then(|| quote!(__tn::Owner::new(#name, #written, #place)))
}
