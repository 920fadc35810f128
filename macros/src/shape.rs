//! The form of a field's type: containers that the macro sees through, and leaves.

use syn::{Expr, GenericArgument, Ident, PathArguments, Type};

use crate::transparent::bare_type;

/// The outermost layer of a type.
pub(crate) enum Layer<'a> {
    Option(&'a Type),
    Vec(&'a Type),
    Boxed(&'a Type),
    Array(&'a Type, &'a Expr),
    Tuple(Vec<&'a Type>),
    Leaf(Primitive),
}

/// What kind of leaf a type is, as far as its spelling tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Primitive {
    Flag,
    Integer,
    Float,
    Text,
    Other,
}

impl Primitive {
    /// Whether values of it can be printed in an error without asking anything of a user's type.
    pub(crate) fn is_printable(self) -> bool {
        self != Self::Other
    }
}

pub(crate) fn layer(ty: &Type) -> Layer<'_> {
    match bare_type(ty) {
        Type::Array(array) => Layer::Array(&array.elem, &array.len),
        Type::Tuple(tuple) if !tuple.elems.is_empty() => Layer::Tuple(tuple.elems.iter().collect()),
        Type::Path(_) => path_layer(ty),
        Type::Reference(reference) if is_named(&reference.elem, "str") => Layer::Leaf(Primitive::Text),
        _ => Layer::Leaf(Primitive::Other),
    }
}

fn path_layer(ty: &Type) -> Layer<'_> {
    match (last_name(ty).as_deref(), argument(ty)) {
        (Some("Option"), Some(inner)) => Layer::Option(inner),
        (Some("Vec"), Some(inner)) => Layer::Vec(inner),
        (Some("Box" | "Arc" | "Rc"), Some(inner)) if is_sized(inner) => Layer::Boxed(inner),
        (Some(name), _) => Layer::Leaf(primitive(name)),
        (None, _) => Layer::Leaf(Primitive::Other),
    }
}

/// Not `str`, a slice or a trait object: what holds one of these is one value.
fn is_sized(ty: &Type) -> bool {
    !is_named(ty, "str") && !matches!(bare_type(ty), Type::Slice(_) | Type::TraitObject(_))
}

/// The name of a type of the standard library that has no decisions.
pub(crate) fn without_decisions(ty: &Type) -> Option<String> {
    const NAMES: [&str; 10] = [
        "HashMap",
        "BTreeMap",
        "HashSet",
        "BTreeSet",
        "VecDeque",
        "LinkedList",
        "BinaryHeap",
        "RefCell",
        "Mutex",
        "RwLock",
    ];
    let name = last_name(ty)?;
    (has_arguments(ty) && NAMES.contains(&name.as_str())).then_some(name)
}

fn has_arguments(ty: &Type) -> bool {
    let Type::Path(path) = bare_type(ty) else { return false };
    path.path.segments.last().is_some_and(|last| !last.arguments.is_empty())
}

/// The whole-number type inside of `NonZeroU8` or `NonZero<u8>`.
pub(crate) fn non_zero(ty: &Type) -> Option<String> {
    let name = last_name(ty)?;
    if name == "NonZero" {
        return argument(ty).and_then(last_name);
    }
    let inner = name.strip_prefix("NonZero")?.to_lowercase();
    (primitive(&inner) == Primitive::Integer).then_some(inner)
}

fn primitive(name: &str) -> Primitive {
    match name {
        "bool" => Primitive::Flag,
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => {
            Primitive::Integer
        }
        "f32" | "f64" => Primitive::Float,
        "String" => Primitive::Text,
        _ => Primitive::Other,
    }
}

/// Whether a type is the one of this name, or holds it in a container that the macro sees through.
pub(crate) fn mentions(ty: &Type, this: &Ident) -> bool {
    match layer(ty) {
        Layer::Option(inner) | Layer::Vec(inner) | Layer::Boxed(inner) | Layer::Array(inner, _) => {
            mentions(inner, this)
        }
        Layer::Tuple(parts) => parts.into_iter().any(|part| mentions(part, this)),
        Layer::Leaf(_) => match bare_type(ty) {
            Type::Path(path) if path.path.segments.len() == 1 => {
                path.path.segments.iter().any(|segment| segment.ident == *this || segment.ident == "Self")
            }
            _ => false,
        },
    }
}

/// The name of a path type.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = bare_type(ty) else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

fn is_named(ty: &Type, name: &str) -> bool {
    last_name(ty).as_deref() == Some(name)
}

/// The only type argument of a path such as `Option<T>`.
fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = bare_type(ty) else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}
