//! Types that contain each other, one of which says how deep.

use proptest::prelude::*;
use transfer_nas::agent::Fate;
use transfer_nas::prelude::*;
use transfer_nas::space::{decode, encode};
use transfer_nas::{SearchSpace, Universe};

use super::support::sizes_agree;

/// Contains itself by a struct in a `Box`, by an enum in a `Vec`, and by a type with parameters.
#[search_space(max_depth = 3)]
#[derive(Debug, Clone, PartialEq)]
enum Expr {
    Input,
    One,
    Binary(Box<Binary>),
    Sum(#[space(len = 1..=2)] Vec<Term>),
    Pair(Pair<Expr>),
}

/// Holds it with and without a `Box`.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Binary {
    op: Op,
    left: Expr,
    right: Box<Expr>,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Op {
    Add,
    Mul,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Term {
    Zero,
    Of(Expr),
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Pair<T> {
    first: Box<T>,
    second: Option<Box<T>>,
}

/// Stands outside.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Program {
    body: Box<Expr>,
    traced: bool,
}

/// How many expressions there are, by how many those inside of them are.
fn expressions(inside: u64) -> u64 {
    let (binary, term, pair) = (2 * inside * inside, 1 + inside, inside * (1 + inside));
    2 + binary + term + term * term + pair
}

#[test]
fn the_cardinality_is_exact_from_each_of_the_types() {
    // At the greatest depth only a sum of zeros is left of what contains expressions.
    let deepest = expressions(0);
    assert_eq!(deepest, 4);
    let outermost = expressions(expressions(deepest));
    assert_eq!(Expr::space().cardinality(), outermost.into());
    assert_eq!(Binary::space().cardinality(), (2 * outermost * outermost).into());
    assert_eq!(Term::space().cardinality(), (1 + outermost).into());
    assert_eq!(Program::space().cardinality(), (2 * outermost).into());
}

#[test]
fn sizes_known_to_the_compiler_are_those_of_the_graph_here_too() {
    sizes_agree::<Expr>();
    sizes_agree::<Binary>();
    sizes_agree::<Term>();
    sizes_agree::<Program>();
}

#[test]
fn every_value_has_one_trace() {
    let mut traces = std::collections::HashSet::new();
    for expr in Expr::enumerate() {
        let trace = encode(&expr).unwrap();
        assert_eq!(decode::<Expr>(&trace).unwrap(), expr);
        assert!(traces.insert(trace));
    }
    assert_eq!(traces.len() as u64, expressions(expressions(expressions(0))));
}

#[test]
fn what_is_nested_too_deep_is_no_config() {
    let nested = |depth: usize| (1..depth).fold(Expr::Input, |expr, _| Expr::Sum(vec![Term::Of(expr)]));
    assert!(encode(&nested(3)).is_ok());
    let error = encode(&nested(4)).unwrap_err();
    assert_eq!(error.to_string(), "`Expr` is nested 4 deep, which is not in its domain: a depth of at most 3");
    // From another type it is as deep.
    let binary = |expr| Binary { op: Op::Mul, left: expr, right: Box::new(Expr::One) };
    assert!(encode(&binary(nested(3))).is_ok());
    assert!(encode(&binary(nested(4))).is_err());
}

#[test]
fn the_outline_says_where_a_type_stands_again() {
    let outline = Program::space().to_string();
    assert_eq!(outline.matches("Expr, nested at most 3 deep").count(), 1, "{outline}");
    assert_eq!(outline.matches("Expr again").count(), 5, "{outline}");
}

#[test]
fn an_agent_moves_from_one_of_them_to_another() {
    let mut source = Agent::<Expr>::builder().seed(3).build().unwrap();
    for _ in 0..20 {
        let trial = source.sample().unwrap();
        source.observe(trial, 1.0).unwrap();
    }
    let (target, report) = Agent::<Binary>::transfer(&source).unwrap();
    let fates: Vec<_> = report.states.iter().map(|state| (state.state.name.as_str(), &state.state.fate)).collect();
    for state in ["Expr", "Expr.Sum.0.len", "Op", "Term", "Pair.second"] {
        assert!(fates.contains(&(state, &Fate::Reused)), "{state}: {fates:?}");
    }
    assert!(!fates.iter().any(|(_, fate)| **fate == Fate::Dropped), "{fates:?}");
    assert!(target.best().is_none());
}

macro_rules! chain {
    ($($name:ident $field:ident: $inner:ty),*) => {$(
        #[search_space]
        #[derive(Debug)]
        struct $name {
            $field: Box<$inner>,
        }
    )*};
}

chain! { First next: Second, Second next: Third, Third on: bool }

#[test]
fn types_that_one_call_of_a_macro_writes_are_told_apart() {
    sizes_agree::<First>();
    assert_eq!(First::enumerate().count(), 2);
}

/// All values of a type, each of which has a trace of its own.
fn all<T: SearchSpace + Universe + PartialEq + std::fmt::Debug>(expected: u64) {
    sizes_agree::<T>();
    assert_eq!(T::space().cardinality(), expected.into());
    let mut traces = std::collections::HashSet::new();
    for value in T::enumerate() {
        let trace = encode(&value).unwrap_or_else(|error| panic!("{value:?}: {error}"));
        assert_eq!(decode::<T>(&trace).unwrap(), value);
        traces.insert(trace);
    }
    assert_eq!(traces.len() as u64, expected);
}

#[search_space(max_depth = 3)]
#[derive(Debug, Clone, PartialEq)]
enum Chain<T> {
    End,
    Cons(T, Box<Chain<T>>),
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Nested {
    list: Chain<Chain<bool>>,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Outer {
    list: Chain<Box<Inner>>,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Inner {
    on: bool,
    list: Chain<bool>,
}

#[test]
fn the_depth_of_a_type_with_parameters_is_counted_at_each_place() {
    let chains = |items: u64| 1 + items * (1 + items);
    all::<Nested>(chains(chains(2)));
    all::<Outer>(chains(2 * chains(2)));
}

mod old {
    use transfer_nas::prelude::*;

    #[search_space(max_depth = 2, shared)]
    #[derive(Debug, Clone, PartialEq)]
    pub(super) enum Formula {
        X,
        Y,
        Not(Box<Formula>),
    }
}

#[search_space(max_depth = 2, shared)]
#[derive(Debug, Clone, PartialEq)]
enum Formula {
    X,
    Neg(Box<Formula>),
    Old(old::Formula),
}

#[test]
fn types_of_one_name_are_two() {
    // Of the old one X, Y, and Not of each.
    all::<Formula>(1 + (1 + 4) + 4);
}

#[search_space(max_depth = 2)]
#[derive(Debug, Clone, PartialEq)]
enum Value {
    X,
    Add(Box<Value>, Box<Value>),
    Block(Box<Statement>),
}

#[search_space(max_depth = 2)]
#[derive(Debug, Clone, PartialEq)]
enum Statement {
    Pass,
    Then(Box<Statement>, Box<Statement>),
    Of(Value),
    Loop(Box<Chain<Statement>>),
}

#[test]
fn several_types_of_a_cycle_may_say_how_deep() {
    // By how many values there are inside: at the greatest depth of both none.
    let values = |values: u64, statements: u64| 1 + values * values + statements;
    let chains = |items: u64| 1 + items * (1 + items);
    let statements = |statements: u64, values: u64| 1 + statements * statements + values + chains(statements);
    // Statements in a value begin anew, and so do values in a statement.
    let nested_statements = |values: u64| statements(statements(0, values), values);
    let nested_values = |statements: u64| values(values(0, statements), statements);
    all::<Value>(values(values(0, nested_statements(0)), nested_statements(values(0, nested_statements(0)))));
    assert_eq!(
        Statement::space().cardinality(),
        statements(statements(0, nested_values(0)), nested_values(statements(0, nested_values(0)))).into()
    );
    sizes_agree::<Statement>();
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Two<T> {
    first: T,
    second: T,
}

#[search_space(max_depth = 2)]
#[derive(Debug, Clone, PartialEq)]
enum Doubled {
    X,
    One,
    Two(Box<Two<Doubled>>),
    Same(Box<Two<Self>>),
}

#[test]
fn a_box_may_hold_a_type_with_parameters() {
    all::<Doubled>(2 + 4 + 4);
}

#[search_space(max_depth = 2, prune = Direct::is_y)]
#[derive(Debug, Clone, PartialEq)]
enum Direct {
    X,
    Y,
    Not(Box<Direct>),
}

impl Direct {
    fn is_y(&self, _: usize) -> bool {
        *self == Self::Y
    }
}

#[search_space(max_depth = 2, prune = ByWay::is_y)]
#[derive(Debug, Clone, PartialEq)]
enum ByWay {
    X,
    Y,
    Not(Box<Way>),
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Way {
    of: ByWay,
}

impl ByWay {
    fn is_y(&self, _: usize) -> bool {
        *self == Self::Y
    }
}

#[test]
fn the_outermost_value_is_pruned_whatever_is_between() {
    assert_eq!(Direct::enumerate().count(), ByWay::enumerate().count());
}

macro_rules! in_each_other {
    ($($name:ident: $($inner:ident)*;)*) => {$(
        #[search_space]
        enum $name {
            End,
            $($inner(Box<$inner>),)*
            Again(Box<Top>),
        }
    )*};
}

#[search_space(max_depth = 2)]
enum Top {
    End,
    A(Box<A>),
    B(Box<B>),
    C(Box<C>),
    D(Box<D>),
    E(Box<E>),
    F(Box<F>),
    G(Box<G>),
}

in_each_other! {
    A: B C D E F G;
    B: C D E F G;
    C: D E F G;
    D: E F G;
    E: F G;
    F: G;
    G:;
}

/// With a walk of every way from type to type the compiler would be busy for minutes.
#[test]
fn many_types_that_contain_each_other_are_counted_in_time() {
    sizes_agree::<Top>();
    sizes_agree::<G>();
    sizes_agree::<A>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn drawn_values_come_back(seed: u64) {
        let program = Program::sample_uniform(&mut <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(seed)).unwrap();
        prop_assert_eq!(decode::<Program>(&encode(&program).unwrap()).unwrap(), program);
    }
}
