//! Markup that is well formed whatever stands in it: HTML that an XML reader reads, too.

use std::fmt::{self, Display, Write};

use crate::printable::pictured;

/// Names and values; the values are escaped.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a dyn Display)];

/// A document as it is written.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    pub(super) fn document() -> Self {
        Self { text: "<!DOCTYPE html>\n".to_owned() }
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }

    /// An element around what `inside` writes.
    pub(super) fn within(&mut self, tag: &str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.open(tag, attributes);
        self.text.push('>');
        inside(self);
        _ = write!(self.text, "</{tag}>");
        if BLOCKS.contains(&tag) {
            self.text.push('\n');
        }
    }

    /// An element around words.
    pub(super) fn element(&mut self, tag: &str, attributes: Attributes<'_>, words: impl Display) {
        self.within(tag, attributes, |page| page.words(words));
    }

    /// An element without an inside: a shape, or one of those that never have one in HTML.
    pub(super) fn single(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.open(tag, attributes);
        self.text.push_str("/>");
    }

    /// Words, escaped.
    pub(super) fn words(&mut self, words: impl Display) {
        _ = write!(Escaped(&mut self.text), "{words}");
    }

    /// A name that can be broken between its parts.
    pub(super) fn path(&mut self, name: &str) {
        self.breakable(name.split_inclusive(['.', '_']));
    }

    /// Words in which a path of Rust can be broken between its parts.
    pub(super) fn type_path(&mut self, words: &str) {
        self.breakable(words.split_inclusive("::"));
    }

    /// Words in which what stands between backticks is code.
    pub(super) fn coded(&mut self, words: &str) {
        for (i, part) in words.split('`').enumerate() {
            if i % 2 == 1 {
                self.element("code", &[], part);
            } else {
                self.words(part);
            }
        }
    }

    fn breakable<'a>(&mut self, parts: impl Iterator<Item = &'a str>) {
        for (i, part) in parts.enumerate() {
            if i > 0 {
                self.single("wbr", &[]);
            }
            self.words(part);
        }
    }

    /// A style sheet. Its text is ours; it has no character that would have to be escaped in XML.
    pub(super) fn style(&mut self, sheet: &str) {
        _ = write!(self.text, "<style>{sheet}</style>");
    }

    fn open(&mut self, tag: &str, attributes: Attributes<'_>) {
        _ = write!(self.text, "<{tag}");
        for (name, value) in attributes {
            _ = write!(self.text, " {name}=\"");
            _ = write!(Escaped(&mut self.text), "{value}");
            self.text.push('"');
        }
    }
}

/// After these a line ends, for those who read the source.
const BLOCKS: [&str; 13] =
    ["head", "section", "header", "p", "tr", "table", "figure", "svg", "h1", "h2", "pre", "g", "details"];

/// Writes text so that it is text in markup, between quotes or not.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                _ => self.0.push(pictured(letter)),
            }
        }
        Ok(())
    }
}

/// A length or a place in a drawing, to a tenth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Px(pub(super) f64);

impl Display for Px {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_assert!(self.0.is_finite(), "a place in a drawing is finite");
        let tenths = if self.0.is_finite() { (self.0 * 10.0).round() / 10.0 + 0.0 } else { 0.0 };
        write!(formatter, "{tenths}")
    }
}

/// The way of a pen: the `d` of a path.
#[derive(Debug, Default)]
pub(super) struct Way(String);

impl Way {
    pub(super) fn start(&mut self, (x, y): (f64, f64)) -> &mut Self {
        _ = write!(self.0, "M{} {}", Px(x), Px(y));
        self
    }

    pub(super) fn line(&mut self, (x, y): (f64, f64)) -> &mut Self {
        _ = write!(self.0, "L{} {}", Px(x), Px(y));
        self
    }

    /// A curve that leaves towards the first point and arrives from the second.
    pub(super) fn curve(&mut self, leave: (f64, f64), arrive: (f64, f64), (x, y): (f64, f64)) -> &mut Self {
        let [a, b, c, d] = [leave.0, leave.1, arrive.0, arrive.1].map(Px);
        _ = write!(self.0, "C{a} {b} {c} {d} {} {}", Px(x), Px(y));
        self
    }

    /// Straight from each point to the next; a dot where there is but one.
    pub(super) fn through(points: impl Iterator<Item = (f64, f64)>) -> Self {
        let (mut way, mut first) = (Self::default(), None);
        for (i, point) in points.enumerate() {
            match i {
                0 => first = Some(point),
                1 => _ = way.start(first.take().unwrap_or(point)).line(point),
                _ => _ = way.line(point),
            }
        }
        if let Some(only) = first {
            way.dot(only);
        }
        way
    }

    /// A dot, where the stroke has round ends.
    pub(super) fn dot(&mut self, at: (f64, f64)) -> &mut Self {
        self.start(at);
        self.0.push_str("h0");
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Display for Way {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
