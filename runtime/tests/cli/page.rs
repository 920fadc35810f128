//! `docs/cli.md` shows what the command says.

use std::path::Path;

use crate::files::{checkpoints, studies};
use crate::learn_from::sources;
use crate::said;

/// The line that follows a prompt, and the lines below it, for each block of the page.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let blocks = page.split("```console\n$ ").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.map(|block| block.split_once('\n').unwrap()).collect()
}

/// What a line of the page gives, which may end in `| head -n`.
fn given(folder: &Path, line: &str) -> String {
    let (line, lines) = line.split_once(" | head -").unwrap_or((line, "1000000"));
    let arguments: Vec<&str> = line.split(' ').skip(1).collect();
    let said = said(folder, &arguments).replace("cli::files::", "my_app::");
    said.split_inclusive('\n').take(lines.parse().unwrap()).collect()
}

#[test]
fn the_page_shows_what_is_said() {
    let (studies, checkpoints, sources) = (studies(), checkpoints(), sources());
    let blocks = blocks(include_str!("../../../docs/cli.md"));
    for (line, shown) in &blocks {
        let folder = match line {
            line if line.contains("checkpoint") => &checkpoints,
            line if line.contains("learn-from") => &sources,
            _ => &studies,
        };
        assert_eq!(given(folder.path(), line), *shown, "{line}");
    }
    assert_eq!(blocks.len(), 9);
}
