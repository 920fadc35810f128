//! State names: hashed while compiling, text at run time.

/// The suffix of the state that decides the length of a `Vec`.
pub(crate) const LENGTH_SUFFIX: &str = ".len";
/// The name of the state whose actions are the spaces of a universe.
pub const START: &str = "start";

/// 64-bit FNV-1a, which can be computed in constants and continued from a shorter name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hash(pub(crate) u64);

impl Hash {
    pub(crate) const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    pub(crate) const fn of(text: &str) -> Self {
        Self::EMPTY.text(text)
    }

    pub(crate) const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
    }

    pub(crate) const fn text(self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut hash = self;
        let mut i = 0;
        while i < bytes.len() {
            hash = hash.byte(bytes[i]);
            i += 1;
        }
        hash
    }

    /// Continues with the decimal digits of `value`.
    pub(crate) const fn number(self, value: i128) -> Self {
        let mut hash = if value < 0 { self.byte(b'-') } else { self };
        let mut magnitude = value.unsigned_abs();
        let mut digits = [0u8; 39];
        let mut used = 0;
        loop {
            digits[used] = b'0' + (magnitude % 10) as u8;
            used += 1;
            magnitude /= 10;
            if magnitude == 0 {
                break;
            }
        }
        while used > 0 {
            used -= 1;
            hash = hash.byte(digits[used]);
        }
        hash
    }

    /// Continues with `[index]`.
    pub(crate) const fn index(self, index: usize) -> Self {
        self.byte(b'[').number(index as i128).byte(b']')
    }

    /// Continues with `[label]`.
    pub(crate) const fn label(self, label: &str) -> Self {
        self.byte(b'[').text(label).byte(b']')
    }

    /// Marks off the label from the state name, which cannot contain this byte.
    pub(crate) const fn action(self) -> Self {
        self.byte(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_fnv_1a() {
        // The published test vectors of 64-bit FNV-1a.
        assert_eq!(Hash::of("").0, 0xcbf2_9ce4_8422_2325);
        assert_eq!(Hash::of("a").0, 0xaf63_dc4c_8601_ec8c);
        assert_eq!(Hash::of("foobar").0, 0x8594_4171_f739_67e8);
    }

    #[test]
    fn parts_hash_like_the_whole() {
        assert_eq!(Hash::of("Cell.edge").index(13), Hash::of("Cell.edge[13]"));
        assert_eq!(Hash::of("").number(-1_205), Hash::of("-1205"));
        assert_eq!(Hash::of("x").number(0), Hash::of("x0"));
        assert_eq!(Hash::of("").number(i128::MIN), Hash::of(&i128::MIN.to_string()));
    }
}
