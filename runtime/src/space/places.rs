//! Where in a config each of its decisions is made.

use std::collections::{HashMap, HashSet};

use super::outline::{Decision, ItemNaming, Outline, Part, Repeat};

impl Outline {
    /// The places of the decisions of a config, given by state name and action label: by fields and items, such as
    /// `Net.blocks[2].width`, or the state's name within a type that contains itself. None where they are not those of a config.
    #[must_use]
    pub fn places(&self, decisions: &[(String, String)]) -> Option<Vec<String>> {
        let mut walk = Walk { chooser: Given(decisions.iter()), places: Vec::with_capacity(decisions.len()) };
        walk.parts(&self.parts, &At::default()).ok()?;
        (walk.places.len() == decisions.len()).then_some(walk.places)
    }

    /// The decisions of a config, by state name and action label, that somebody chooses one after the other: for each decision, its state
    /// and its place, the label of one of the actions that it offers. Gives what the chooser gives where it chooses none.
    #[cfg(feature = "serve")]
    pub(crate) fn choose<E>(
        &self,
        choose: impl FnMut(&Decision, &str, &str) -> Result<String, E>,
    ) -> Result<Vec<(String, String)>, Refused<E>> {
        let mut walk = Walk { chooser: Asked { choose, decisions: Vec::new() }, places: Vec::new() };
        walk.parts(&self.parts, &At::default())?;
        Ok(walk.chooser.decisions)
    }

    /// The state and the place of every decision, those of the longest configs included, in the order of a config.
    pub(crate) fn in_order(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        let mut note = |decision: &Decision, items: &Items| {
            all.push((items.state(&decision.state), items.place(decision)));
        };
        every(&self.parts, &Items::default(), &mut note);
        all
    }

    /// The places of each state that is decided at several, those of the longest configs included, in the order of a config.
    #[must_use]
    pub fn repeated(&self) -> HashMap<String, Vec<String>> {
        let mut all: HashMap<String, Vec<String>> = HashMap::new();
        let mut note = |decision: &Decision, items: &Items| {
            all.entry(items.state(&decision.state)).or_default().push(items.place(decision));
        };
        every(&self.parts, &Items::default(), &mut note);
        all.retain(|_, places| {
            let mut known = HashSet::new();
            places.retain(|place| known.insert(place.clone()));
            places.len() > 1
        });
        all
    }
}

/// The states of some parts by name, each with the names that it and its actions had in earlier versions of the type.
pub(crate) fn earlier_names(parts: &[Part]) -> HashMap<String, EarlierNames> {
    let mut all: HashMap<String, EarlierNames> = HashMap::new();
    let mut note = |decision: &Decision, items: &Items| {
        let EarlierNames { state, actions } = all.entry(items.state(&decision.state)).or_default();
        state.extend(decision.aliases.iter().map(|alias| items.state(alias)));
        let earlier = decision.actions.iter().filter(|action| !action.aliases.is_empty());
        earlier.for_each(|action| actions.entry(action.label.clone()).or_default().extend(action.aliases.clone()));
    };
    every(parts, &Items::default(), &mut note);
    all
}

/// What a state was called in earlier versions of its type, and what its actions were, by label.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct EarlierNames {
    pub(crate) state: Vec<String>,
    pub(crate) actions: HashMap<String, Vec<String>>,
}

/// The numbers of the items that a walk is in.
#[derive(Clone, Default)]
struct Items {
    all: Vec<usize>,
    /// Those by which states are told apart.
    named: Vec<usize>,
}

impl Items {
    /// Further in, by one item.
    fn with(&self, naming: &ItemNaming, item: usize) -> Self {
        let mut inside = self.clone();
        let number = match naming {
            ItemNaming::At(positions) => positions.get(item).copied().unwrap_or(item),
            _ => item,
        };
        inside.all.push(number);
        if matches!(naming, ItemNaming::Numbered | ItemNaming::At(_)) {
            inside.named.push(number);
        }
        inside
    }

    /// The name of a state here.
    fn state(&self, name: &str) -> String {
        filled(name, &self.named)
    }

    /// Where a decision is made.
    fn place(&self, decision: &Decision) -> String {
        if decision.place.is_empty() { self.state(&decision.state) } else { filled(&decision.place, &self.all) }
    }
}

/// A type that contains itself, and how deep a walk is in it.
#[derive(Clone, Copy)]
struct Recursion<'a> {
    name: &'a str,
    parts: &'a [Part],
    max_depth: usize,
    depth: usize,
}

/// The items that a walk is in, and the types that contain themselves.
#[derive(Clone, Default)]
struct At<'a> {
    items: Items,
    recursive: Vec<Recursion<'a>>,
}

/// Why a walk does not come to its end.
#[derive(Debug)]
pub(crate) enum Refused<E> {
    /// The chooser does not choose.
    #[cfg_attr(not(feature = "serve"), allow(dead_code))]
    ByChooser(E),
    /// The outline does not offer what was chosen.
    Unknown,
}

/// Who says which action is taken.
trait Chooser {
    type Error;

    /// The label at a decision within these items.
    fn label(&mut self, decision: &Decision, items: &Items) -> Result<String, Refused<Self::Error>>;
}

/// Decisions that were made.
struct Given<'a>(std::slice::Iter<'a, (String, String)>);

impl Chooser for Given<'_> {
    type Error = ();

    fn label(&mut self, decision: &Decision, items: &Items) -> Result<String, Refused<()>> {
        let (state, label) = self.0.next().ok_or(Refused::Unknown)?;
        let mut names = std::iter::once(&decision.state).chain(&decision.aliases);
        if names.any(|name| *state == items.state(name)) { Ok(label.clone()) } else { Err(Refused::Unknown) }
    }
}

/// Decisions that are asked for.
#[cfg(feature = "serve")]
struct Asked<F> {
    choose: F,
    decisions: Vec<(String, String)>,
}

#[cfg(feature = "serve")]
impl<E, F: FnMut(&Decision, &str, &str) -> Result<String, E>> Chooser for Asked<F> {
    type Error = E;

    fn label(&mut self, decision: &Decision, items: &Items) -> Result<String, Refused<E>> {
        let state = items.state(&decision.state);
        let label = (self.choose)(decision, &state, &items.place(decision)).map_err(Refused::ByChooser)?;
        self.decisions.push((state, label.clone()));
        Ok(label)
    }
}

struct Walk<C> {
    chooser: C,
    places: Vec<String>,
}

impl<C: Chooser> Walk<C> {
    fn parts<'a>(&mut self, parts: &'a [Part], at: &At<'a>) -> Result<(), Refused<C::Error>> {
        parts.iter().try_for_each(|part| self.part(part, at))
    }

    fn part<'a>(&mut self, part: &'a Part, at: &At<'a>) -> Result<(), Refused<C::Error>> {
        match part {
            Part::Decision(decision) => {
                let label = self.take(decision, at)?;
                let is_it = |name: &String| *name == label;
                let action = decision
                    .actions
                    .iter()
                    .find(|action| is_it(&action.label))
                    .or_else(|| decision.actions.iter().find(|action| action.aliases.iter().any(is_it)));
                self.parts(&action.ok_or(Refused::Unknown)?.then, at)
            }
            Part::Repeat(repeat) => self.repeat(repeat, at),
            Part::Recursive { name, parts, max_depth } => {
                self.inside(Recursion { name, parts, max_depth: *max_depth, depth: 1 }, at)
            }
            Part::Again { name } => {
                let known = at.recursive.iter().rev().find(|known| known.name == name).ok_or(Refused::Unknown)?;
                if known.depth >= known.max_depth {
                    return Err(Refused::Unknown);
                }
                self.inside(Recursion { depth: known.depth + 1, ..*known }, at)
            }
            Part::Pruned { parts } => self.parts(parts, at),
        }
    }

    fn inside<'a>(&mut self, recursion: Recursion<'a>, at: &At<'a>) -> Result<(), Refused<C::Error>> {
        let mut inside = at.clone();
        inside.recursive.push(recursion);
        self.parts(recursion.parts, &inside)
    }

    fn repeat<'a>(&mut self, repeat: &'a Repeat, at: &At<'a>) -> Result<(), Refused<C::Error>> {
        let count = match &repeat.length {
            None => repeat.times.max,
            Some(length) => self.take(length, at)?.parse().map_err(|_| Refused::Unknown)?,
        };
        for item in 0..count {
            let inside = At { items: at.items.with(&repeat.naming, item), recursive: at.recursive.clone() };
            self.parts(&repeat.parts, &inside)?;
        }
        Ok(())
    }

    /// The label that is taken at a decision.
    fn take(&mut self, decision: &Decision, at: &At<'_>) -> Result<String, Refused<C::Error>> {
        let label = self.chooser.label(decision, &at.items)?;
        self.places.push(at.items.place(decision));
        Ok(label)
    }
}

/// A name with the numbers of the items: the last ones, where it is of a state that is named from further in.
fn filled(name: &str, items: &[usize]) -> String {
    let count = name.matches("[i]").count();
    let mut items = items[items.len().saturating_sub(count)..].iter();
    let mut parts = name.split("[i]");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        filled += &items.next().map_or_else(|| "[i]".to_owned(), |item| format!("[{item}]"));
        filled += part;
    }
    filled
}

/// Visits all decisions, those of the longest configs included, in the order of a config.
fn every<'a>(parts: &'a [Part], items: &Items, visit: &mut impl FnMut(&'a Decision, &Items)) {
    for part in parts {
        match part {
            Part::Decision(decision) => {
                visit(decision, items);
                decision.actions.iter().for_each(|action| every(&action.then, items, visit));
            }
            Part::Repeat(repeat) => {
                repeat.length.iter().for_each(|length| visit(length, items));
                (0..repeat.times.max).for_each(|item| every(&repeat.parts, &items.with(&repeat.naming, item), visit));
            }
            Part::Recursive { parts, .. } | Part::Pruned { parts } => every(parts, items, visit),
            Part::Again { .. } => {}
        }
    }
}
