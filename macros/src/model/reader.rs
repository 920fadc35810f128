//! The shape of one field, from its type and its keys.

use proc_macro2::Span;
use quote::quote;
use syn::{Expr, Ident, Type, parse_quote};

use super::shape::{Choice, Naming, Shape};
use super::whole;
use crate::errors::{Code, Errors};
use crate::label::{label, written};
use crate::parse::{self, FieldKeys, Range};
use crate::shape::{Layer, Primitive, last_name, layer, mentions, non_zero, without_decisions};
use crate::{grid, literal};

/// The type that is being annotated.
#[derive(Clone, Copy)]
pub(super) struct This<'a> {
    pub(super) ident: &'a Ident,
    /// Its type parameters.
    pub(super) parameters: &'a [Ident],
    /// Whether it says how deep it may contain itself.
    pub(super) recursive: bool,
}

pub(super) fn read(keys: &FieldKeys, ty: &Type, this: This<'_>, errors: &mut Errors) -> Shape {
    if keys.broken {
        return Shape::Fixed(ty.clone(), None);
    }
    if let Some((_, value)) = &keys.skip {
        report_skipped(keys, errors);
        return Shape::Fixed(ty.clone(), value.clone());
    }
    let before = errors.len();
    let mut reader = Reader { keys, this, errors, len_used: false, items: false, taken_used: false, bare: Vec::new() };
    let shape = reader.shape(ty);
    reader.report_misplaced(ty);
    if reader.errors.len() == before {
        reader.report_bare();
    }
    shape
}

/// A skipped field has nothing to say anything about.
fn report_skipped(keys: &FieldKeys, errors: &mut Errors) {
    for key in keys.written.iter().filter(|key| *key != "skip") {
        let message = format!("`{key}` says nothing of a field that is skipped; keep `{key}` or `skip`");
        errors.push(Code::MisplacedKey, key, message);
    }
}

struct Reader<'a> {
    keys: &'a FieldKeys,
    this: This<'a>,
    errors: &'a mut Errors,
    len_used: bool,
    /// Whether an array or `Vec` was found.
    items: bool,
    /// Whether a list was found of which each item is taken once.
    taken_used: bool,
    /// Numbers and strings without a domain; a misplaced key was probably meant to be it.
    bare: Vec<(Type, Primitive)>,
}

impl Reader<'_> {
    /// Whether the type must be read through, rather than left to its own trait.
    fn reads_inside(&self, ty: &Type) -> bool {
        let keys = self.keys;
        let domain = keys.choices.is_some() || keys.range.is_some() || keys.pow2.is_some();
        let items = keys.len.is_some() || keys.tied.is_some() || keys.indices.is_some();
        domain
            || items
            || keys.subset.is_some()
            || keys.permutation.is_some()
            || keys.prior.is_some()
            || keys.restriction.is_some()
            || mentions(ty, self.this.ident)
    }

    fn shape(&mut self, ty: &Type) -> Shape {
        if !self.reads_inside(ty) {
            return self.space(ty);
        }
        if let Some((span, values)) = &self.keys.choices
            && whole::are_of(ty, values)
        {
            return self.choices(ty, Primitive::Other, *span, values);
        }
        if let Some(shape) = self.taken(ty) {
            return shape;
        }
        match layer(ty) {
            Layer::Option(inner) => Shape::Option(Box::new(self.shape(inner))),
            Layer::Boxed(inner) => Shape::Boxed(ty.clone(), Box::new(self.shape(inner))),
            Layer::Array(inner, len) => {
                let naming = self.naming();
                Shape::Array { item: Box::new(self.shape(inner)), len: len.clone(), naming }
            }
            Layer::Tuple(parts) => Shape::Tuple(parts.into_iter().map(|part| self.shape(part)).collect()),
            Layer::Vec(inner) => self.vec(ty, inner),
            Layer::Leaf(primitive) => self.restricted(ty, primitive),
        }
    }

    /// Items of which each is taken once.
    fn taken(&mut self, ty: &Type) -> Option<Shape> {
        let keys = self.keys;
        let taken = match (layer(ty), &keys.subset, &keys.permutation) {
            (Layer::Vec(item), Some((span, items)), _) => {
                self.len_used = true;
                let most = items.len();
                let all = || parse::Range { first: parse_quote!(0), last: parse_quote!(#most) };
                let len = Box::new(keys.len.as_ref().map_or_else(all, |(_, len)| len.clone()));
                Shape::Subset { inner: Box::new(self.listed(item, *span, items)), len }
            }
            (Layer::Vec(item), None, Some((span, items))) => {
                Shape::Permutation { inner: Box::new(self.listed(item, *span, items)), array: None }
            }
            (Layer::Array(item, len), None, Some((span, items))) => {
                let array = Some(Box::new(len.clone()));
                Shape::Permutation { inner: Box::new(self.listed(item, *span, items)), array }
            }
            _ => return None,
        };
        self.taken_used = true;
        Some(taken)
    }

    fn listed(&mut self, item: &Type, span: Span, values: &[Expr]) -> Shape {
        let primitive = if let Layer::Leaf(primitive) = layer(item) { primitive } else { Primitive::Other };
        self.choices(item, primitive, span, values)
    }

    fn naming(&mut self) -> Naming {
        let outermost = !std::mem::replace(&mut self.items, true);
        match (&self.keys.tied, &self.keys.indices) {
            (Some(_), _) => Naming::Tied,
            (None, Some((_, indices))) if outermost => Naming::At(indices.clone()),
            _ => Naming::Numbered,
        }
    }

    fn vec(&mut self, ty: &Type, inner: &Type) -> Shape {
        let len = match &self.keys.len {
            Some((_, len)) if !self.len_used => len,
            _ => {
                self.report_vec(ty);
                return Shape::Space(ty.clone());
            }
        };
        self.len_used = true;
        let (len, naming) = (Box::new(len.clone()), self.naming());
        Shape::Vec { item: Box::new(self.shape(inner)), len, naming }
    }

    fn restricted(&mut self, ty: &Type, primitive: Primitive) -> Shape {
        let inner = self.weighted(ty, primitive);
        match &self.keys.restriction {
            Some((key, labels)) => {
                Shape::Restricted { inner: Box::new(inner), key: key.clone(), labels: labels.clone() }
            }
            None => inner,
        }
    }

    fn weighted(&mut self, ty: &Type, primitive: Primitive) -> Shape {
        let inner = self.leaf(ty, primitive);
        let Some((span, weights)) = &self.keys.prior else { return inner };
        match &inner {
            Shape::Choices { choices, .. } if choices.len() != weights.len() => {
                let (has, needs) = (weights.len(), choices.len());
                let message =
                    format!("the number of weights is {has}, that of choices {needs}; give each choice one weight");
                self.errors.push_at(Code::MisplacedKey, *span, message);
            }
            Shape::Choices { .. } | Shape::Range { .. } => {}
            Shape::Space(_) if primitive == Primitive::Flag => {}
            _ => {
                let message = "`prior` is for a field with choices or a range; of an enum each variant says its own: `#[space(weight = 3)]`";
                self.errors.push_at(Code::MisplacedKey, *span, message);
            }
        }
        Shape::Weighted { inner: Box::new(inner), span: *span, weights: weights.clone() }
    }

    fn leaf(&mut self, ty: &Type, primitive: Primitive) -> Shape {
        let keys = self.keys;
        if let Some((span, values)) = &keys.choices {
            return self.choices(ty, primitive, *span, values);
        }
        if let Some((span, range)) = &keys.pow2 {
            if !self.takes(ty, primitive, "pow2", *span) {
                return Shape::Space(ty.clone());
            }
            return self.pow2(ty, range);
        }
        if let Some((span, range)) = &keys.range {
            if !self.takes(ty, primitive, "range", *span) {
                return Shape::Space(ty.clone());
            }
            let primitive = self.of_alias(primitive, range);
            return if primitive == Primitive::Float || keys.bins.is_some() || keys.log.is_some() {
                self.grid(ty, primitive, *span, range)
            } else {
                let step = keys.step.as_ref().map_or_else(|| parse_quote!(1), |(_, step)| step.clone());
                Shape::Range { ty: ty.clone(), range: Box::new(range.clone()), step: Box::new(step) }
            };
        }
        self.space(ty)
    }

    /// A type of an unknown name is a floating-point one where its bounds are.
    fn of_alias(&self, primitive: Primitive, range: &Range) -> Primitive {
        let is_float = |bound| literal::literal(bound) == Some(literal::Literal::Float);
        let is_cut = self.keys.bins.is_some() || self.keys.log.is_some();
        let is_float = is_float(&range.first) || is_float(&range.last);
        if primitive == Primitive::Other && is_cut && is_float { Primitive::Float } else { primitive }
    }

    fn choices(&mut self, ty: &Type, primitive: Primitive, span: Span, values: &[Expr]) -> Shape {
        let converted = self.converted(ty, values);
        if values.is_empty() {
            let message = "there is nothing to choose; list at least one value";
            self.errors.push_at(Code::NothingToChoose, span, message);
        }
        let mut choices: Vec<Choice> = values
            .iter()
            .zip(converted)
            .map(|(written, value)| Choice { label: label(written), culprit: quote!(#written), value })
            .collect();
        if let Some((span, labels)) = &self.keys.labels {
            if labels.len() == values.len() {
                for (choice, text) in choices.iter_mut().zip(labels) {
                    (choice.label, choice.culprit) = (text.value(), quote!(#text));
                }
            } else {
                let (has, needs) = (labels.len(), values.len());
                let message =
                    format!("the number of labels is {has}, that of choices {needs}; give each choice one label");
                self.errors.push_at(Code::MisplacedKey, *span, message);
            }
        }
        Shape::Choices { ty: ty.clone(), primitive, choices, grid: None }
    }

    /// Literals as values of types that have none.
    fn converted(&mut self, ty: &Type, values: &[Expr]) -> Vec<Expr> {
        if let Some(first) = values.iter().find(|value| literal::literal(value).is_some())
            && let Some(message) = self.takes_no_literal(ty, &label(first))
        {
            self.errors.push(Code::DoesNotFit, first, message);
            return values.to_vec();
        }
        let Some(inner) = non_zero(ty) else { return values.to_vec() };
        values.iter().map(|value| self.non_zero(ty, &inner, value)).collect()
    }

    /// A literal as a number that is not zero.
    fn non_zero(&mut self, ty: &Type, inner: &str, value: &Expr) -> Expr {
        let Some(number) = literal::integer(value) else { return value.clone() };
        let (name, text) = (written(ty), label(value));
        if number == 0 {
            self.errors.push(
                Code::DoesNotFit,
                value,
                format!("0 does not fit `{name}`, which holds any number but that"),
            );
        } else if literal::bounds(inner).is_some_and(|(least, greatest)| !(least..=greatest).contains(&number)) {
            self.errors.push(
                Code::DoesNotFit,
                value,
                format!("{text} does not fit `{name}`, which is made of `{inner}`"),
            );
        }
        parse_quote!(::core::option::Option::unwrap(<#ty>::new(#value)))
    }

    /// What to say of a literal, where the type could not be one.
    fn takes_no_literal(&self, ty: &Type, text: &str) -> Option<String> {
        if let Some(name) = without_decisions(ty) {
            return Some(format!(
                "`{text}` is no `{name}`; list whole ones, as in `{name}::from([..])`, or hold items in a `Vec` with `len = 1..=4`"
            ));
        }
        let name = last_name(ty)?;
        self.this.parameters.iter().find(|parameter| **parameter == name).map(|parameter| {
            format!(
                "`{text}` need not be a `{parameter}`, which could be any type; list what its bounds make, as in `{parameter}::from({text})`, or name another type"
            )
        })
    }

    fn pow2(&mut self, ty: &Type, range: &Range) -> Shape {
        let mut bound = |bound: &Expr| match literal::integer(bound) {
            Some(number) if number > 0 && number & (number - 1) == 0 => Some(number),
            Some(number) => {
                let message = format!("{number} is no power of two; {}", neighbours(number));
                self.errors.push(Code::BadGrid, bound, message);
                None
            }
            None => {
                self.errors.push(Code::BadGrid, bound, "the bounds of `pow2` are literals: `pow2 = 16..=512`");
                None
            }
        };
        let bounds = (bound(&range.first), bound(&range.last));
        let (Some(first), Some(last)) = bounds else { return Shape::Space(ty.clone()) };
        if first > last {
            self.errors.push(Code::NothingToChoose, &range.to_tokens(), range.reversed());
        }
        numbers(ty, Primitive::Integer, grid::powers_of_two(first, last).into_iter().map(whole), range)
    }

    fn grid(&mut self, ty: &Type, primitive: Primitive, span: Span, range: &Range) -> Shape {
        let fallback = Shape::Space(ty.clone());
        let Some(bins) = self.bins(span, primitive) else { return fallback };
        let (Some(first), Some(last)) = (literal::float(&range.first), literal::float(&range.last)) else {
            let message = "the bounds of a range with `bins` are literals, since its labels are its numbers; for others, list `choices`";
            self.errors.push(Code::BadGrid, &range.to_tokens(), message);
            return fallback;
        };
        let log = self.keys.log.is_some();
        if first > last {
            self.errors.push(Code::NothingToChoose, &range.to_tokens(), range.reversed());
            return fallback;
        }
        if log && first <= 0.0 {
            let message = "a logarithmic range starts above zero; raise its first value";
            self.errors.push(Code::BadGrid, &range.first, message);
            return fallback;
        }
        if first >= last {
            let message = "the range holds one value and cannot be cut; its two ends differ";
            self.errors.push(Code::BadGrid, &range.to_tokens(), message);
            return fallback;
        }
        if primitive == Primitive::Float {
            return self.floats(ty, &grid::floats(first, last, bins, log), range);
        }
        let (Some(first), Some(last)) = (literal::integer(&range.first), literal::integer(&range.last)) else {
            let message = "the bounds of a range of whole numbers are whole numbers themselves";
            self.errors.push(Code::BadGrid, &range.to_tokens(), message);
            return fallback;
        };
        numbers(ty, primitive, grid::integers(first, last, bins, log).into_iter().map(whole), range)
    }

    fn floats(&mut self, ty: &Type, values: &[f64], range: &Range) -> Shape {
        let is_narrow = last_name(ty).is_some_and(|name| name == "f32");
        let held = |value: f64| if is_narrow { f64::from(value as f32) } else { value };
        let bounds = [&range.first, &range.last];
        let too_great = |bound: &&&Expr| literal::float(bound).is_some_and(|value| !held(value).is_finite());
        if let Some(bound) = bounds.iter().find(too_great) {
            let (text, name) = (written(bound), written(ty));
            self.errors.push(Code::DoesNotFit, bound, format!("{text} does not fit `{name}`; take a smaller bound"));
            return Shape::Space(ty.clone());
        }
        if !values.windows(2).all(|pair| held(pair[0]) < held(pair[1])) {
            let message = "so many values cannot be told apart between these bounds; take fewer `bins` or other bounds";
            self.errors.push(Code::BadGrid, &range.to_tokens(), message);
            return Shape::Space(ty.clone());
        }
        numbers(ty, Primitive::Float, values.iter().copied().map(real), range)
    }

    fn bins(&mut self, range: Span, primitive: Primitive) -> Option<usize> {
        let Some((span, bins)) = &self.keys.bins else {
            let what = if primitive == Primitive::Float { "a floating-point range" } else { "a logarithmic range" };
            let message = format!("{what} says into how many values it is cut: `range = a..=b, bins = 5`");
            self.errors.push_at(Code::BadGrid, range, message);
            return None;
        };
        match bins.base10_parse::<usize>() {
            Ok(bins) if (2..=10_000).contains(&bins) => Some(bins),
            _ => {
                self.errors.push_at(Code::BadGrid, *span, "`bins` is from 2 to 10000");
                None
            }
        }
    }

    /// A type that is left to its own trait, or is the annotated one again.
    fn space(&mut self, ty: &Type) -> Shape {
        if mentions(ty, self.this.ident) {
            if self.this.recursive {
                return Shape::Again(ty.clone());
            }
            let message =
                format!("`{}` contains itself; say how deep: `#[search_space(max_depth = 3)]`", self.this.ident);
            self.errors.push(Code::Recursion, ty, message);
            return Shape::Space(parse_quote!(()));
        }
        self.check_bare(ty);
        Shape::Space(ty.clone())
    }

    /// A type that is left to its own trait must not be a number, a string or a `Vec`.
    fn check_bare(&mut self, ty: &Type) {
        match layer(ty) {
            Layer::Option(inner) | Layer::Boxed(inner) | Layer::Array(inner, _) => self.check_bare(inner),
            Layer::Tuple(parts) => parts.into_iter().for_each(|part| self.check_bare(part)),
            Layer::Vec(_) => self.report_vec(ty),
            Layer::Leaf(Primitive::Other) => self.check_known(ty),
            Layer::Leaf(Primitive::Flag) => {}
            Layer::Leaf(primitive) => self.bare.push((ty.clone(), primitive)),
        }
    }

    /// What the compiler would say of a type of the standard library names the user's own types.
    fn check_known(&mut self, ty: &Type) {
        let Some(name) = without_decisions(ty) else { return };
        let instead = match name.as_str() {
            "HashSet" | "BTreeSet" => "say which items it could hold in a `Vec` with `subset = [..]`",
            "RefCell" | "Mutex" | "RwLock" => "take what it holds as it is",
            _ => "hold its items in a `Vec` with `len = 1..=4`",
        };
        let message = format!(
            "a `{name}` has no decisions; {instead}, list whole ones with `choices = [..]`, or keep it out of the search: `#[space(skip = value)]`"
        );
        self.errors.push(Code::NotASpace, ty, message);
    }

    fn report_bare(&mut self) {
        for (ty, primitive) in &self.bare {
            let message = format!("{}, or keep it out of the search: `#[space(skip = value)]`", bare(*primitive));
            self.errors.push(Code::BareNumber, ty, message);
        }
    }

    /// Whether a type takes a numeric domain; one of an unknown name may be a number.
    fn takes(&mut self, ty: &Type, primitive: Primitive, key: &str, span: Span) -> bool {
        let message = match (primitive, key) {
            (Primitive::Flag, _) => format!("`{key}` is for numbers; a `{}` needs no domain", written(ty)),
            (Primitive::Text, _) => format!("`{key}` is for numbers; list strings: `choices = [\"a\", \"b\"]`"),
            (Primitive::Float, "pow2") => {
                "`pow2` is for whole numbers; list these: `choices = [0.25, 0.5, 1.0]`".to_owned()
            }
            _ => return true,
        };
        self.errors.push_at(Code::MisplacedKey, span, message);
        false
    }

    fn report_vec(&mut self, ty: &Type) {
        let message = if self.len_used {
            "only the outermost `Vec` takes `len`; put the inner one into a type of its own, annotated with `#[search_space]`"
        } else {
            "a `Vec` needs its length: `#[space(len = 1..=4)]`"
        };
        self.errors.push(Code::VecWithoutLen, ty, message);
    }

    /// Keys that found nothing to say something about.
    fn report_misplaced(&mut self, ty: &Type) {
        let (keys, written) = (self.keys, written(ty));
        let grid = keys.range.is_some() && (keys.bins.is_some() || keys.log.is_some());
        let no_range = keys.range.is_none();
        let misplaced: [(Option<Span>, bool, String); 7] = [
            (key(keys.len.as_ref()), !self.len_used, format!("`len` is for a `Vec`, but the field is `{written}`")),
            (key(keys.step.as_ref()), no_range, "`step` goes with `range`: `range = 0..=8, step = 2`".into()),
            (key(keys.step.as_ref()), grid, "`step` and `bins` both say where the values are; keep one of them".into()),
            (key(keys.bins.as_ref()), no_range, "`bins` goes with `range`: `range = 0.0..=1.0, bins = 5`".into()),
            (key(keys.log.as_ref()), no_range, "`log` goes with `range`: `range = 0.001..=1.0, bins = 4, log`".into()),
            (
                key(keys.labels.as_ref()),
                keys.choices.is_none() && keys.subset.is_none() && keys.permutation.is_none(),
                "`labels` goes with `choices`: one label a choice".into(),
            ),
            (
                key(keys.tied.as_ref()),
                !self.items,
                format!("`tied` is for an array or a `Vec`, but the field is `{written}`"),
            ),
        ];
        for (span, bad, message) in misplaced {
            if let (Some(span), true) = (span, bad) {
                self.errors.push_at(Code::MisplacedKey, span, message);
            }
        }
        if let (Some((span, _)), true) = (&keys.indices, !self.items || keys.tied.is_some()) {
            let message = "`indices` says which positions of a shared array these are: it is for an array or a `Vec` that is not `tied`";
            self.errors.push_at(Code::MisplacedKey, *span, message);
        }
        let taken = [("subset", "a `Vec`", &keys.subset), ("permutation", "a `Vec` or an array", &keys.permutation)];
        for (name, place, given) in taken {
            if let (Some((span, _)), false) = (given, self.taken_used) {
                let message = format!("`{name}` is for {place}, but the field is `{written}`");
                self.errors.push_at(Code::MisplacedKey, *span, message);
            }
        }
        self.report_two_domains();
    }

    fn report_two_domains(&mut self) {
        let keys = self.keys;
        let domains = [
            ("choices", key(keys.choices.as_ref())),
            ("range", key(keys.range.as_ref())),
            ("pow2", key(keys.pow2.as_ref())),
            ("subset", key(keys.subset.as_ref())),
            ("permutation", key(keys.permutation.as_ref())),
        ];
        let mut given = domains.into_iter().filter_map(|(name, span)| span.map(|span| (name, span)));
        if let Some((first, first_span)) = given.next() {
            for (second, span) in given {
                let message = format!("`{second}` and `{first}` both say which values there are; keep one of them");
                self.errors.push_at(Code::TwoDomains, span, message);
                self.errors.push_at(Code::TwoDomains, first_span, "first one here");
            }
        }
    }
}

fn key<T>(key: Option<&(Span, T)>) -> Option<Span> {
    key.map(|(span, _)| *span)
}

fn bare(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Text => "a string could be anything; say which: `#[space(choices = [\"a\", \"b\"])]`",
        Primitive::Float => {
            "a number could be anything; say which: `#[space(choices = [0.1, 0.2])]` or `#[space(range = 0.001..=1.0, bins = 4, log)]`"
        }
        _ => "a number could be anything; say which: `#[space(choices = [16, 32])]` or `#[space(range = 1..=8)]`",
    }
}

fn neighbours(number: i128) -> String {
    let below = std::iter::successors(Some(1i128), |n| n.checked_mul(2)).take_while(|n| *n < number).last();
    below.map_or_else(
        || "the least one is 1".to_owned(),
        |below| format!("the nearest are {below} and {}", below.saturating_mul(2)),
    )
}

fn whole(number: i128) -> Expr {
    let digits = proc_macro2::Literal::u128_unsuffixed(number.unsigned_abs());
    if number < 0 { parse_quote!(-#digits) } else { parse_quote!(#digits) }
}

fn real(number: f64) -> Expr {
    let digits = proc_macro2::Literal::f64_unsuffixed(number.abs());
    if number < 0.0 { parse_quote!(-#digits) } else { parse_quote!(#digits) }
}

/// Choices that stand on a grid.
fn numbers(ty: &Type, primitive: Primitive, values: impl Iterator<Item = Expr>, range: &Range) -> Shape {
    let choices = values.map(|value| Choice { label: label(&value), culprit: range.to_tokens(), value });
    Shape::Choices { ty: ty.clone(), primitive, choices: choices.collect(), grid: Some(Box::new(range.clone())) }
}
