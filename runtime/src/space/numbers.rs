//! Listed numbers of each type, as constants.

use super::relation::Number;

macro_rules! numbers {
    ($kind:ident: $($name:ident)*) => {$(
        /// Numbers of this type as actions stand for them.
        #[must_use]
        #[allow(clippy::cast_possible_wrap)] // The macro refuses literals of 2^127 and more.
        pub const fn $name<const N: usize>(values: [$name; N]) -> [Number; N] {
            let mut numbers = [Number::$kind(0 as _); N];
            let mut i = 0;
            while i < N {
                // There is no other conversion in constants.
                numbers[i] = Number::$kind(values[i] as _);
                i += 1;
            }
            numbers
        }
    )*};
}

numbers!(Integer: u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
numbers!(Float: f64);
