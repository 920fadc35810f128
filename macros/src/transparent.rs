//! Groups without delimiters, in which a `macro_rules` fragment comes, and parentheses: what is in them counts. And `Self`,
//! which stands for the type.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::{Expr, Type};

/// The expression inside.
pub(crate) fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => bare(&group.expr),
        Expr::Paren(paren) => bare(&paren.expr),
        expr => expr,
    }
}

/// The type inside.
pub(crate) fn bare_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare_type(&group.elem),
        Type::Paren(paren) => bare_type(&paren.elem),
        ty => ty,
    }
}

/// Tokens with the contents of such groups in their place.
pub(crate) fn flat(tokens: TokenStream) -> TokenStream {
    let inside = |token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => flat(group.stream()),
        TokenTree::Group(group) => TokenTree::from(with_contents(&group, flat(group.stream()))).into(),
        token => token.into(),
    };
    tokens.into_iter().flat_map(inside).collect()
}

/// Tokens that mean the same outside of the type's implementations.
pub(crate) fn without_self(tokens: TokenStream, this: &Ident) -> TokenStream {
    let replaced = |token| match token {
        TokenTree::Ident(ident) if ident == "Self" => {
            let mut this = this.clone();
            this.set_span(ident.span());
            TokenTree::from(this)
        }
        TokenTree::Group(group) => with_contents(&group, without_self(group.stream(), this)).into(),
        token => token,
    };
    tokens.into_iter().map(replaced).collect()
}

fn with_contents(group: &Group, contents: TokenStream) -> Group {
    let mut with_contents = Group::new(group.delimiter(), contents);
    with_contents.set_span(group.span());
    with_contents
}
