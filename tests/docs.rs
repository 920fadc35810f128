//! The texts below `docs`: where their links lead, here and in the crate's documentation.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The text without its blocks of code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// The texts below a folder.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            texts.extend(self::texts(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).unwrap();
            texts.push((path, text));
        }
    }
    texts
}

/// Where the links of a text lead: `[text](target)` and `[label]: target`.
fn targets(text: &str) -> BTreeSet<String> {
    let text = prose(text);
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned());
    let defined = text.lines().filter(|line| line.starts_with('[')).filter_map(|line| line.split_once("]: "));
    inline.chain(defined.map(|(_, target)| target.to_owned())).collect()
}

/// The fragments of a text's headings, as GitHub and rustdoc make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    let letter = |letter: char| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || letter == '-' || letter == '_' => Some(letter.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|heading| heading.chars().filter_map(letter).collect()).collect()
}

#[test]
fn links_lead_somewhere() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = texts(&docs());
    for name in ["README.md", "CONTRIBUTING.md"] {
        all.push((here.join(name), std::fs::read_to_string(here.join(name)).unwrap()));
    }
    let mut astray = Vec::new();
    for (path, text) in &all {
        for target in targets(text).into_iter().filter(|target| !target.starts_with("http")) {
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let has_anchor =
                anchor.is_empty() || std::fs::read_to_string(&file).is_ok_and(|text| anchors(&text).contains(anchor));
            if !file.is_file() || !has_anchor {
                astray.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(astray.is_empty(), "links that lead nowhere:\n{}", astray.join("\n"));
}

/// In the crate's documentation the names of files lead to modules: `links.md` says to which.
#[test]
fn each_link_of_a_module_leads_to_its_place_in_the_documentation() {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime/src/docs");
    let links = std::fs::read_to_string(runtime.join("links.md")).unwrap();
    let known: BTreeSet<&str> = links.lines().filter_map(|line| line.split_once("]: ")?.0.strip_prefix('[')).collect();
    let modules = std::fs::read_to_string(runtime.join("mod.rs")).unwrap();
    let mut count = 0;
    for (path, text) in texts(&docs()) {
        let name = path.strip_prefix(docs()).unwrap().display().to_string();
        if !modules.contains(&format!("/docs/{name}\"")) {
            continue;
        }
        count += 1;
        let text = prose(&text);
        for (label, _) in text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: ")) {
            assert!(known.contains(label), "{name}: `{label}` is not in links.md");
        }
        let relative = |target: &&str| !target.starts_with('#') && !target.starts_with("http");
        let inline = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        let inline: Vec<&str> = inline.filter(relative).collect();
        assert!(inline.is_empty(), "{name}: write [text][{0}], and [{0}]: {0} at the end", inline[0]);
    }
    assert!(count >= 15, "{count} texts are modules");
}
