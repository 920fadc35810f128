//! What is searched: flags of GCC as a Rust type.

use transfer_nas::prelude::*;

/// How a program is compiled.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub struct Flags {
    level: Level,
    machine: Machine,
    math: Math,
    unroll: Option<Unroll>,
    /// How many instructions a function may have that is taken in where it is called.
    #[space(choices = [10, 40, 160, 600])]
    inline_limit: Option<u32>,
    link_time: LinkTime,
    omit_frame_pointer: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub enum Level {
    Size,
    One,
    Two { vectorize: bool },
    Three,
}

/// For which processor.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub enum Machine {
    Any,
    /// This one: the program may not run on others.
    Native {
        /// Known for x86 only: elsewhere the compiler refuses it, and the trial has failed.
        #[space(choices = [128, 256, 512])]
        vector_bits: Option<u32>,
    },
}

/// How exact floating point is.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub enum Math {
    Exact,
    WithoutErrno,
    /// Sums may be taken in any order, and nothing is infinite: results change a little.
    Fast,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub struct Unroll {
    all: bool,
    #[space(choices = [2, 4, 8, 16])]
    times: u32,
}

/// Whether the whole program is optimised as one.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub enum LinkTime {
    Off,
    On { whole_program: bool },
}

/// What many makefiles have.
impl Default for Flags {
    fn default() -> Self {
        Self {
            level: Level::Two { vectorize: false },
            machine: Machine::Any,
            math: Math::Exact,
            unroll: None,
            inline_limit: None,
            link_time: LinkTime::Off,
            omit_frame_pointer: false,
        }
    }
}

impl Flags {
    /// What the compiler is given.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = self.level.arguments();
        arguments.extend(self.machine.arguments());
        arguments.extend(self.math.argument());
        arguments.extend(self.unroll.iter().flat_map(Unroll::arguments));
        arguments.extend(self.inline_limit.map(|limit| format!("-finline-limit={limit}")));
        arguments.extend(self.link_time.arguments());
        arguments.extend(self.omit_frame_pointer.then(|| "-fomit-frame-pointer".to_owned()));
        arguments
    }
}

impl Level {
    fn arguments(&self) -> Vec<String> {
        let arguments: &[&str] = match self {
            Self::Size => &["-Os"],
            Self::One => &["-O1"],
            Self::Two { vectorize: false } => &["-O2"],
            Self::Two { vectorize: true } => &["-O2", "-ftree-vectorize", "-fvect-cost-model=dynamic"],
            Self::Three => &["-O3"],
        };
        arguments.iter().map(|&argument| argument.to_owned()).collect()
    }
}

impl Machine {
    fn arguments(&self) -> Vec<String> {
        let Self::Native { vector_bits } = self else { return Vec::new() };
        let bits = vector_bits.map(|bits| format!("-mprefer-vector-width={bits}"));
        std::iter::once("-march=native".to_owned()).chain(bits).collect()
    }
}

impl Math {
    fn argument(&self) -> Option<String> {
        match self {
            Self::Exact => None,
            Self::WithoutErrno => Some("-fno-math-errno".to_owned()),
            Self::Fast => Some("-ffast-math".to_owned()),
        }
    }
}

impl Unroll {
    fn arguments(&self) -> [String; 3] {
        let which = if self.all { "-funroll-all-loops" } else { "-funroll-loops" };
        [which.to_owned(), "--param".to_owned(), format!("max-unroll-times={}", self.times)]
    }
}

impl LinkTime {
    fn arguments(&self) -> Vec<String> {
        let Self::On { whole_program } = self else { return Vec::new() };
        let whole = whole_program.then(|| "-fwhole-program".to_owned());
        std::iter::once("-flto".to_owned()).chain(whole).collect()
    }
}
