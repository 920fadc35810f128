//! The keys that are known in each place, and the one that was probably meant.

/// Where an attribute stands, and the keys that are known there.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) known: &'static [&'static str],
}

pub(crate) const CONTAINER: Place =
    Place { name: "a type", known: &["name", "alias", "valid", "prune", "max_depth", "shared", "crate"] };
pub(crate) const JOINT: Place = Place { name: "a joint space", known: &["tasks", "crate"] };
pub(crate) const JOINT_VARIANT: Place = Place { name: "a space of a joint space", known: &["tasks"] };
pub(crate) const TASKS: Place = Place { name: "a list of tasks", known: &["crate"] };
pub(crate) const OBJECTIVES: Place = Place { name: "a struct of objectives", known: &["crate"] };
pub(crate) const OBJECTIVE: Place = Place { name: "an objective", known: &["maximize", "minimize", "name", "unit"] };
pub(crate) const TASK: Place = Place { name: "a task", known: &["alias"] };
pub(crate) const VARIANT: Place = Place { name: "a variant", known: &["skip", "alias", "weight"] };
pub(crate) const FIELD: Place = Place {
    name: "a field",
    known: &[
        "choices",
        "labels",
        "range",
        "step",
        "bins",
        "log",
        "pow2",
        "subset",
        "permutation",
        "len",
        "prior",
        "state",
        "alias",
        "own",
        "tied",
        "indices",
        "only",
        "except",
        "lt",
        "le",
        "gt",
        "ge",
        "ne",
        "skip",
    ],
};

/// What to say of an unknown key: the nearest known one, or all of them.
pub(crate) fn did_you_mean(key: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|known| (distance(key, known), known)).min();
    match nearest {
        Some((edits, known)) if edits <= 1 + key.len() / 4 => format!("did you mean `{known}`?"),
        _ => format!("known here: `{}`", known.join("`, `")),
    }
}

/// Edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let edited = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], edited);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_in_the_grammar_s_tables_and_examples() {
        let grammar = concat!(
            include_str!("../../../docs/grammar/search_space.md"),
            include_str!("../../../docs/grammar/joint_space.md"),
            include_str!("../../../docs/grammar/tasks.md"),
            include_str!("../../../docs/grammar/objectives.md"),
        );
        let examples: String = grammar.split("```").skip(1).step_by(2).collect();
        let places = [CONTAINER, VARIANT, FIELD, JOINT, JOINT_VARIANT, TASKS, TASK, OBJECTIVES, OBJECTIVE];
        for key in places.iter().flat_map(|place| place.known) {
            assert!(grammar.contains(&format!("`{key}`")), "`{key}` is in no table");
            let used = ["=", "(", "]", ",", ")"]
                .iter()
                .any(|end| examples.contains(&format!("{key} {end}")) || examples.contains(&format!("{key}{end}")));
            assert!(used, "`{key}` is in no example");
        }
    }

    #[test]
    fn near_words_are_suggested_and_far_ones_listed() {
        assert_eq!(did_you_mean("choice", FIELD.known), "did you mean `choices`?");
        assert_eq!(did_you_mean("rnage", FIELD.known), "did you mean `range`?");
        assert_eq!(
            did_you_mean("x", CONTAINER.known),
            "known here: `name`, `alias`, `valid`, `prune`, `max_depth`, `shared`, `crate`"
        );
    }
}
