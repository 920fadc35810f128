//! `#[objectives]`: a struct of numbers becomes what a study of several objectives searches for.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, LitStr, Path, Type, parse_quote};

use crate::errors::{Code, Errors};
use crate::label::{plain, written};
use crate::parse::meta::{self, flag, name, set, unknown, unquoted};
use crate::parse::{keys, space_attributes};
use crate::transparent::bare_type;

/// A field, and what is wanted of it.
struct Objective {
    field: Ident,
    name: LitStr,
    direction: Ident,
    unit: Option<LitStr>,
}

/// As many as `Scores` can hold.
const MOST: usize = 8;

const FORM: &str = "`struct Score { #[objective(maximize)] accuracy: f64, #[objective(minimize)] params: f64 }`";

pub(crate) fn run(item: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let krate = krate(&item.attrs, &mut errors);
    let objectives: Vec<Objective> =
        fields(item, &mut errors).into_iter().filter_map(|field| objective(field, &mut errors)).collect();
    check(item, &objectives, &mut errors);
    if errors.is_empty() { expand(&item.ident, &krate, &objectives) } else { errors.into_compile_errors() }
}

fn krate(attributes: &[Attribute], errors: &mut Errors) -> Path {
    let mut krate = None;
    for attribute in space_attributes(attributes) {
        meta::read(attribute, &keys::OBJECTIVES, errors, |meta, errors| {
            if meta.path.is_ident("crate") {
                set(&mut krate, meta, unquoted(meta)?, errors);
                return Ok(());
            }
            unknown(meta, &keys::OBJECTIVES, errors)
        });
    }
    krate.unwrap_or_else(|| parse_quote!(::transfer_nas))
}

fn fields<'a>(item: &'a DeriveInput, errors: &mut Errors) -> Vec<&'a Field> {
    match &item.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => data.fields.iter().collect(),
        // The attribute goes on structs only.
        Data::Struct(_) => {
            errors.push(Code::Objectives, &item.ident, format_args!("objectives are fields with names: {FORM}"));
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn check(item: &DeriveInput, objectives: &[Objective], errors: &mut Errors) {
    if errors.is_empty() && objectives.is_empty() {
        errors.push(Code::Objectives, &item.ident, format_args!("there is no objective: {FORM}"));
    }
    if let Some(first) = objectives.get(MOST) {
        let text = format_args!("there are more than {MOST} objectives; no search tells so many apart");
        errors.push(Code::Objectives, &first.field, text);
    }
    if !item.generics.params.is_empty() {
        errors.push(Code::Objectives, &item.generics.params, "objectives have no type parameters");
    }
    let mut known: HashMap<String, &Ident> = HashMap::new();
    for Objective { field, name, .. } in objectives {
        if let Some(first) = known.insert(name.value(), field) {
            let (name, first) = (name.value(), plain(first));
            let text =
                format_args!("`{name}` is the name of the objective `{first}` already; give this one another `name`");
            errors.push(Code::Objectives, field, text);
        }
    }
}

fn objective(field: &Field, errors: &mut Errors) -> Option<Objective> {
    let ident = field.ident.clone()?;
    let (mut direction, mut own_name, mut unit) = (None, None, None);
    let is_one = |attribute: &&Attribute| attribute.path().is_ident("objective");
    for attribute in field.attrs.iter().filter(is_one) {
        if !matches!(attribute.meta, syn::Meta::List(_)) {
            continue;
        }
        meta::read(attribute, &keys::OBJECTIVE, errors, |meta, errors| {
            match meta.path.get_ident().map(Ident::to_string).as_deref() {
                Some("maximize") => flag(meta).map(|()| set(&mut direction, meta, "Maximize", errors)),
                Some("minimize") => flag(meta).map(|()| set(&mut direction, meta, "Minimize", errors)),
                Some("name") => name(meta).map(|name| set(&mut own_name, meta, name, errors)),
                Some("unit") => name(meta).map(|name| set(&mut unit, meta, name, errors)),
                _ => unknown(meta, &keys::OBJECTIVE, errors),
            }
        });
    }
    let label = plain(&ident);
    if direction.is_none() && errors.is_empty() {
        let text = format_args!(
            "which values of `{label}` are better? Write `#[objective(maximize)]` or `#[objective(minimize)]` before it"
        );
        errors.push(Code::Objectives, &ident, text);
    }
    if let Some(found) = other_type(&field.ty) {
        let text = format_args!("an objective is an `f64`: `{label}: f64` in place of `{label}: {found}`");
        errors.push(Code::Objectives, &field.ty, text);
    }
    let name = own_name.unwrap_or_else(|| LitStr::new(&label, ident.span()));
    Some(Objective { field: ident, name, direction: Ident::new(direction?, proc_macro2::Span::call_site()), unit })
}

/// A type that is surely no `f64`. What cannot be told by its name the compiler checks.
fn other_type(found: &Type) -> Option<String> {
    const OTHERS: [&str; 15] = [
        "f32", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "bool", "String",
    ];
    let Type::Path(path) = bare_type(found) else { return Some(written(found)) };
    path.path.get_ident().filter(|ident| OTHERS.iter().any(|other| ident == other)).map(Ident::to_string)
}

fn expand(ident: &Ident, krate: &Path, objectives: &[Objective]) -> TokenStream {
    let all = objectives.iter().map(|Objective { name, direction, unit, .. }| {
        let unit = unit
            .as_ref()
            .map_or_else(|| quote!(::core::option::Option::None), |unit| quote!(::core::option::Option::Some(#unit)));
        quote!(__tn::Objective::new(#name, __tn::Direction::#direction, #unit))
    });
    let fields: Vec<&Ident> = objectives.iter().map(|objective| &objective.field).collect();
    quote! {
        const _: () = {
            use #krate::__private as __tn;
            #[automatically_derived]
            impl __tn::Objectives for #ident {
                const OBJECTIVES: &'static [__tn::Objective] = &[#(#all),*];
                fn values(&self) -> __tn::Values {
                    __tn::Values::from([#(self.#fields),*])
                }
                fn from_values(values: &[f64]) -> ::core::option::Option<Self> {
                    match *values {
                        [#(#fields),*] => ::core::option::Option::Some(Self { #(#fields),* }),
                        _ => ::core::option::Option::None,
                    }
                }
            }
        };
    }
}
