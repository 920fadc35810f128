//! A check in constant evaluation that choices are different numbers: each trace is then one value.

use super::compare::push_label;
use super::message::Message;
use super::node::{Actions, Domain};
use super::relation::Number;

/// Slots of the table of numbers: a power of two, three times the greatest number of actions.
const SLOTS: usize = 1 << 15;

/// Checks that no two choices are the same number, and that each is a number at all.
///
/// # Panics
/// While compiling, where they are not; the message names the choices.
#[track_caller]
pub const fn check_distinct(domain: &Domain) {
    let actions = &domain.actions;
    // By slot: the action whose number it is, counted from 1.
    #[allow(clippy::large_stack_arrays)] // It stands in constant evaluation.
    let mut slots = [0u16; SLOTS];
    let mut i = 0;
    while i < actions.count() {
        if let Some(number) = actions.number(i) {
            check_number(number, actions, i);
            let mut slot = first_slot(number);
            while slots[slot] != 0 {
                let earlier = slots[slot] as usize - 1;
                if is_same(actions.number(earlier), number) {
                    same(actions, earlier, i);
                }
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = i as u16 + 1;
        }
        i += 1;
    }
}

#[track_caller]
const fn check_number(number: Number, actions: &Actions, i: usize) {
    if let Number::Float(float) = number
        && float.is_nan()
    {
        let message = push_label(&Message::new().push("[TN08] the choice `"), actions, i)
            .push("` equals nothing, not even itself, so no config could be told to have it; leave it out");
        panic!("{}", message.as_str());
    }
}

#[track_caller]
const fn same(actions: &Actions, earlier: usize, i: usize) -> ! {
    let message = push_label(&Message::new().push("[TN07] the choices `"), actions, earlier).push("` and `");
    let message = push_label(&message, actions, i).push("` are the same number; keep one of them");
    panic!("{}", message.as_str())
}

#[allow(clippy::float_cmp)] // Both are written in the source; neither was computed.
const fn is_same(earlier: Option<Number>, number: Number) -> bool {
    match (earlier, number) {
        (Some(Number::Integer(a)), Number::Integer(b)) => a == b,
        (Some(Number::Float(a)), Number::Float(b)) => a == b,
        _ => false,
    }
}

/// Where a number is expected first; 0 and -0 are the same.
const fn first_slot(number: Number) -> usize {
    let bits = match number {
        Number::Integer(number) => number.cast_unsigned() as u64,
        Number::Float(0.0) => 0,
        Number::Float(number) => number.to_bits(),
    };
    (bits.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 49) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::node::Kind;

    fn check(numbers: Vec<Number>) -> Result<(), String> {
        let labels: Vec<&'static str> = numbers.iter().map(|number| &*format!("{number:?}").leak()).collect();
        let actions = Actions::Numbers { labels: labels.leak(), values: numbers.leak() };
        let checked = std::panic::catch_unwind(|| check_distinct(&Domain { kind: Kind::Integer, actions }));
        checked.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    }

    #[test]
    fn as_many_numbers_as_a_decision_may_have_are_told_apart() {
        let mut numbers: Vec<Number> = (0..10_000).map(|i| Number::Integer(i * 0x1_0000)).collect();
        assert_eq!(check(numbers.clone()), Ok(()));
        numbers[9_999] = Number::Integer(0);
        assert!(check(numbers).unwrap_err().starts_with("[TN07] the choices `Integer(0)` and `Integer(0)`"));
    }

    #[test]
    fn signed_zeros_are_one_number_and_nan_is_none() {
        let float = Number::Float;
        assert_eq!(check(vec![float(0.0), float(f64::INFINITY), float(f64::NEG_INFINITY)]), Ok(()));
        assert!(check(vec![float(0.0), float(1.0), float(-0.0)]).unwrap_err().contains("are the same number"));
        assert!(check(vec![float(0.5), float(f64::NAN)]).unwrap_err().starts_with("[TN08] the choice `Float(NaN)`"));
    }
}
