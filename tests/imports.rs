//! The house rule of the tree: no two files import each other. What a module re-exports (`pub use`) is followed to where it stands.

#[path = "imports/crate_files.rs"]
mod crate_files;
#[path = "imports/paths.rs"]
mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate_files::CrateFiles;

/// The root files of all crates: libraries, programs, examples, and tests of several files.
fn roots() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut roots: Vec<PathBuf> = ["macros/src/lib.rs", "runtime/src/lib.rs", "runtime/src/bin/transfer_nas/main.rs"]
        .map(|root| here.join(root))
        .into();
    for folder in ["examples", "runtime/tests", "tests"] {
        let entries = std::fs::read_dir(here.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        roots.extend(entries.flat_map(|entry| [entry.join("main.rs"), entry.join("src/main.rs")]));
    }
    roots.retain(|root| root.is_file());
    roots
}

#[test]
fn no_two_files_import_each_other() {
    let roots = roots();
    assert!(roots.len() >= 10, "{roots:?}");
    let circles: Vec<String> = roots.iter().flat_map(|root| circles(root)).collect();
    assert!(circles.is_empty(), "these files import each other:\n{}", circles.join("\n"));
}

/// The pairs of files of a crate that import each other, each with what it takes from the other one.
fn circles(root: &Path) -> Vec<String> {
    let files = CrateFiles::read(root);
    let imports: BTreeMap<&Path, BTreeMap<&Path, String>> = files.imports();
    let mut circles = BTreeSet::new();
    for (file, others) in &imports {
        for (other, taken) in others {
            if let Some(back) = imports.get(other).and_then(|imports| imports.get(file))
                && file < other
            {
                circles.insert(format!("{} takes {taken} of {}, which takes {back}", file.display(), other.display()));
            }
        }
    }
    circles.into_iter().collect()
}

#[test]
fn circles_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("main.rs", "mod a;\nmod b;\nmod c;\nuse a::One;\nfn main() { let _ = One; }\n");
    write("a.rs", "pub struct One;\nimpl One { fn two() -> super::b::Two { super::b::Two } }\n");
    write("b.rs", "use crate::c::*;\npub struct Two;\n#[cfg(test)]\nmod tests { use crate::a::One; }\n");
    write("c.rs", "pub use crate::a::One;\nmacro_rules! m { () => { crate::b::Two } }\n");
    let found = circles(&folder.path().join("main.rs"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("b.rs") && found[0].contains("c.rs"), "{found:?}");
    write(
        "a.rs",
        "pub struct One;\nimpl One { fn two() -> super::b::Two { super::b::Two } }\nfn c() { super::main() }\n",
    );
    assert_eq!(circles(&folder.path().join("main.rs")).len(), 2);
}
