//! The blocks of the README.

pub(crate) struct Readme {
    /// Language and text of each block of code.
    blocks: Vec<(String, String)>,
}

impl Readme {
    pub(crate) fn read() -> Self {
        let mut blocks = Vec::new();
        let mut open: Option<(String, String)> = None;
        for line in include_str!("../../README.md").lines() {
            match (line.strip_prefix("```"), open.take()) {
                (Some(_), Some(block)) => blocks.push(block),
                (Some(language), None) => {
                    open = Some((language.split(',').next().unwrap_or_default().to_owned(), String::new()));
                }
                (None, Some((language, text))) => open = Some((language, format!("{text}{line}\n"))),
                (None, None) => {}
            }
        }
        Self { blocks }
    }

    /// The only block of a language with this in it.
    pub(crate) fn block(&self, language: &str, with: &str) -> String {
        let fits = |(of, text): &&(String, String)| of == language && text.contains(with);
        let found: Vec<_> = self.blocks.iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "one {language} block has `{with}`: {found:?}");
        found[0].1.clone()
    }

    /// The lines of all blocks of a language that begin so.
    pub(crate) fn lines_of(&self, language: &str, begin: &str) -> Vec<String> {
        let blocks = self.blocks.iter().filter(|(of, _)| of == language);
        let lines = blocks.flat_map(|(_, text)| text.lines()).filter(|line| line.starts_with(begin));
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        assert!(!lines.is_empty(), "no line begins with `{begin}`");
        lines
    }
}

/// A source file without the comment at its top.
pub(crate) fn without_header(source: &str) -> String {
    source.split_inclusive('\n').skip_while(|line| line.starts_with("//!") || line.trim().is_empty()).collect()
}

/// A text after a diff: each group of lines that go, beside the lines that come in their place.
pub(crate) fn patched(text: &str, diff: &str) -> String {
    let mut text = text.to_owned();
    let (mut gone, mut come) = (String::new(), String::new());
    for line in diff.lines().chain([""]) {
        match line.split_at(line.len().min(1)) {
            ("-", line) => gone.extend([line, "\n"]),
            ("+", line) => come.extend([line, "\n"]),
            _ if gone.is_empty() => assert!(come.is_empty(), "a line that comes stands in no place:\n{come}"),
            _ => {
                assert_eq!(text.matches(&gone).count(), 1, "not once in the program:\n{gone}");
                text = text.replace(&std::mem::take(&mut gone), &std::mem::take(&mut come));
            }
        }
    }
    text
}
