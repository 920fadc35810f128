//! `#[joint_space]`: an enum whose variants hold one space each becomes a universe of several spaces.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DataEnum, DeriveInput, Expr, Fields, Ident, Path, Type, parse_quote};

use crate::errors::{Code, Errors};
use crate::label::{plain, written};
use crate::parse::meta::{self, key, labels, set, unknown, unquoted};
use crate::parse::{keys, space_attributes};

/// The enum, and what its attributes say.
struct Joint<'a> {
    item: &'a DeriveInput,
    is_empty: bool,
    krate: Path,
    /// `tasks = Task`
    tasks: Option<Type>,
    spaces: Vec<Space>,
}

/// One variant.
struct Space {
    variant: Ident,
    ty: Type,
    /// `tasks(A, B)`: those on which the space is judged; all of them where it is not given.
    tasks: Option<Vec<Ident>>,
}

pub(crate) fn run(item: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    // The attribute goes on enums only.
    let Data::Enum(data) = &item.data else { return TokenStream::new() };
    let joint = Joint::read(item, data, &mut errors);
    joint.validate(&mut errors);
    if errors.is_empty() { joint.expand() } else { joint.stubs(errors) }
}

impl<'a> Joint<'a> {
    fn read(item: &'a DeriveInput, data: &DataEnum, errors: &mut Errors) -> Self {
        let (mut krate, mut tasks) = (None, None);
        for attribute in space_attributes(&item.attrs) {
            meta::read(attribute, &keys::JOINT, errors, |meta, errors| {
                match key(meta).as_str() {
                    "crate" => set(&mut krate, meta, unquoted(meta)?, errors),
                    "tasks" => set(&mut tasks, meta, unquoted(meta)?, errors),
                    _ => unknown(meta, &keys::JOINT, errors)?,
                }
                Ok(())
            });
        }
        let spaces = data.variants.iter().filter_map(|variant| space(variant, errors)).collect();
        Self {
            item,
            is_empty: data.variants.is_empty(),
            krate: krate.unwrap_or_else(|| parse_quote!(::transfer_nas)),
            tasks,
            spaces,
        }
    }

    fn validate(&self, errors: &mut Errors) {
        if !self.item.generics.params.is_empty() {
            let message =
                "a joint space has no type parameters: its tables have one size; name concrete types in its variants";
            errors.push(Code::JointSpace, &self.item.generics.params, message);
        }
        if self.is_empty {
            let message = "there is no space to choose; a joint space has a variant for each space";
            errors.push(Code::NoLiveVariant, &self.item.ident, message);
        }
        for (i, space) in self.spaces.iter().enumerate() {
            if self.spaces[..i].iter().any(|earlier| written(&earlier.ty) == written(&space.ty)) {
                let message =
                    format!("`{}` is a space of this joint space already; keep one of them", written(&space.ty));
                errors.push(Code::Duplicate, &space.ty, message);
            }
            match (&space.tasks, &self.tasks) {
                (Some(tasks), None) => {
                    let message =
                        "the joint space names no tasks; say which enum they are: `#[joint_space(tasks = Task)]`";
                    tasks.iter().take(1).for_each(|task| errors.push(Code::MisplacedKey, task, message));
                }
                (Some(tasks), Some(_)) if tasks.is_empty() => {
                    let message =
                        "a space is judged on one task at least: `tasks(A, B)`; without the key it is judged on all";
                    errors.push(Code::NothingToChoose, &space.variant, message);
                }
                _ => {}
            }
        }
    }

    fn expand(&self) -> TokenStream {
        let Self { item, krate, tasks, spaces, .. } = self;
        let ident = &item.ident;
        let types: Vec<&Type> = spaces.iter().map(|space| &space.ty).collect();
        let tasks: Type = tasks.clone().unwrap_or_else(|| parse_quote!(()));
        let tasks_of = spaces.iter().map(|space| space.tasks_of(&tasks));
        let contains = types.iter().enumerate().map(|(i, ty)| {
            quote! {
                #[automatically_derived]
                impl __tn::Contains<#ty> for #ident { const SPACE_INDEX: usize = #i; }
            }
        });
        let any_config = self.any_config();
        quote! {
            const _: () = {
                use #krate::__private as __tn;
                const __BRANCHES: &[__tn::Branch] = &[#(__tn::only_space(<#types as __tn::Universe>::START)),*];
                const __START: &__tn::Node = &__tn::Node::Named {
                    name: __tn::START,
                    aliases: &[],
                    local: ::core::option::Option::None,
                    shared: true,
                    site: "the start state",
                    node: &__tn::Node::Choice { kind: __tn::Kind::Space, branches: __BRANCHES },
                };
                const _: () = __tn::check_spaces(__BRANCHES);
                #[allow(long_running_const_eval)]
                const __COUNTS: __tn::Counts = __tn::counts::<{ __tn::capacity(__START) }>(__START);
                #[automatically_derived]
                impl __tn::Universe for #ident {
                    const START: &'static __tn::Node = __START;
                    const TASKS_OF: &'static [::core::option::Option<&'static [usize]>] = &[#(#tasks_of),*];
                    type Tasks = #tasks;
                    type States = __tn::Const<{ __COUNTS.states }>;
                    type Actions = __tn::Const<{ __COUNTS.actions }>;
                    type Steps = __tn::Const<{ __COUNTS.steps }>;
                    type TaskRows = __tn::Const<{ <#tasks as __tn::Tasks>::NAMES.len() }>;
                }
                #(#contains)*
                #any_config
            };
        }
    }

    /// The messages, and what keeps uses of the type from erring as well.
    fn stubs(&self, errors: Errors) -> TokenStream {
        let Self { item, krate, spaces, .. } = self;
        let (errors, universe) = (errors.into_compile_errors(), crate::fallback::universe(&item.ident));
        let (ident, mut types) = (&item.ident, Vec::<&Type>::new());
        for space in spaces {
            if types.iter().all(|known| written(known) != written(&space.ty)) {
                types.push(&space.ty);
            }
        }
        let stubs = item.generics.params.is_empty().then(|| {
            quote! {
                #universe
                #(impl __tn::Contains<#types> for #ident { const SPACE_INDEX: usize = 0; })*
            }
        });
        quote! {
            #errors
            const _: () = {
                use #krate::__private as __tn;
                #stubs
            };
        }
    }

    /// Between values of the enum and traces of its spaces.
    fn any_config(&self) -> TokenStream {
        let ident = &self.item.ident;
        let (mut decode, mut encode, mut valid) = (TokenStream::new(), TokenStream::new(), TokenStream::new());
        for (i, Space { variant, ty, .. }) in self.spaces.iter().enumerate() {
            let place = if i + 1 == self.spaces.len() { quote!(_) } else { quote!(#i) };
            decode.extend(quote!(#place => Self::#variant(__tn::decode::<#ty>(__trace)?),));
            encode.extend(quote!(Self::#variant(__value) => (#i, __tn::encode::<#ty>(__value)?),));
            valid.extend(quote!(Self::#variant(__value) => <#ty as __tn::SearchSpace>::is_valid(__value),));
        }
        quote! {
            #[automatically_derived]
            impl __tn::Serves<#ident> for #ident {
                const SPACE: ::core::option::Option<usize> = ::core::option::Option::None;
            }
            #[automatically_derived]
            impl __tn::AnyConfig for #ident {
                const ROOT: __tn::Root = __tn::Root::universe::<Self>();
                fn decode_any(__space: usize, __trace: &__tn::Trace) -> ::core::result::Result<Self, __tn::DecodeError> {
                    ::core::result::Result::Ok(match __space { #decode })
                }
                fn encode_any(&self) -> ::core::result::Result<(usize, __tn::Trace), __tn::EncodeError> {
                    ::core::result::Result::Ok(match self { #encode })
                }
                fn is_valid_any(&self) -> bool {
                    match self { #valid }
                }
            }
        }
    }
}

impl Space {
    fn tasks_of(&self, tasks: &Type) -> TokenStream {
        match &self.tasks {
            None => quote!(::core::option::Option::None),
            Some(only) => quote!(::core::option::Option::Some(&[#(<#tasks>::#only as usize),*])),
        }
    }
}

/// The one type of a variant and its tasks.
fn space(variant: &syn::Variant, errors: &mut Errors) -> Option<Space> {
    let mut tasks = None;
    for attribute in space_attributes(&variant.attrs) {
        meta::read(attribute, &keys::JOINT_VARIANT, errors, |meta, errors| {
            match key(meta).as_str() {
                "tasks" => {
                    let names = labels(meta)?;
                    set(&mut tasks, meta, names.iter().filter_map(|name| task(name, errors)).collect(), errors);
                }
                _ => unknown(meta, &keys::JOINT_VARIANT, errors)?,
            }
            Ok(())
        });
    }
    match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Some(Space { variant: variant.ident.clone(), ty: fields.unnamed[0].ty.clone(), tasks })
        }
        _ => {
            let name = plain(&variant.ident);
            let message = format!("a variant of a joint space holds one space: `{name}({name})`");
            errors.push(Code::JointSpace, variant, message);
            None
        }
    }
}

/// The last part of `Task::Cifar10` or `Cifar10`.
fn task(name: &Expr, errors: &mut Errors) -> Option<Ident> {
    if let Expr::Path(path) = name
        && let Some(last) = path.path.segments.last()
    {
        return Some(last.ident.clone());
    }
    errors.push(Code::Syntax, name, "expected tasks by name: `tasks(Cifar10, Mnist)`");
    None
}
