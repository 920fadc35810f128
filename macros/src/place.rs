//! Spans of generated code.

use proc_macro2::Span;

/// Generated code that stands at a token of the user's: errors are shown there, but no lint takes it for the user's own code.
pub(crate) fn generated_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}
