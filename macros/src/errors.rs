//! All errors of an item, each with a stable code and the span of the smallest culprit.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// What is wrong, as `docs/diagnostics.md` numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// The attribute's own syntax.
    Syntax = 0,
    BareNumber = 1,
    NothingToChoose = 2,
    Step = 3,
    BadGrid = 4,
    UnknownKey = 5,
    TwoDomains = 6,
    Duplicate = 7,
    DoesNotFit = 8,
    NoLiveVariant = 9,
    NotAType = 10,
    Lifetime = 11,
    Recursion = 12,
    VecWithoutLen = 13,
    // 14, a skipped field without a default, is told by a trait's diagnostics.
    Comparison = 15,
    // Also told by constant evaluation, across items.
    TwoKinds = 16,
    // 17, a label that does not exist, is told by constant evaluation.
    MisplacedKey = 18,
    /// Of types of the standard library; of others it is told by a trait's diagnostics.
    NotASpace = 19,
    // 20 and 21, a foreign space and no universe, are told by traits' diagnostics.
    // 22, a trace that is too long, is told by constant evaluation.
    JointSpace = 23,
    Tasks = 24,
    // 25 to 28, an enum that is no list of tasks, choices that cannot be compared, a predicate that is none and a key that is
    // none, are told by traits' diagnostics.
    Objectives = 29,
}

/// Errors to be reported together.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    errors: Vec<syn::Error>,
}

impl Errors {
    pub(crate) fn push(&mut self, code: Code, culprit: &impl ToTokens, message: impl Display) {
        self.errors.push(syn::Error::new_spanned(culprit, text(code, &message)));
    }

    pub(crate) fn push_at(&mut self, code: Code, span: Span, message: impl Display) {
        self.errors.push(syn::Error::new(span, text(code, &message)));
    }

    /// Takes over an error of parsing, syn's own or one of ours.
    pub(crate) fn push_syntax(&mut self, error: syn::Error) {
        let is_ours = error.to_string().starts_with("[TN");
        self.errors.push(if is_ours { error } else { syn::Error::new(error.span(), text(Code::Syntax, &error)) });
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// An error of parsing.
pub(crate) fn syntax(culprit: &impl ToTokens, message: impl Display) -> syn::Error {
    error(Code::Syntax, culprit, message)
}

/// An error of parsing that has a code of its own.
pub(crate) fn error(code: Code, culprit: &impl ToTokens, message: impl Display) -> syn::Error {
    syn::Error::new_spanned(culprit, text(code, &message))
}

fn text(code: Code, message: &impl Display) -> String {
    format!("[TN{:02}] {message}", code as u8)
}
