//! The files of one crate by module, and which of them a path leads to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

use crate::paths::{self, Written};

type Module = Vec<String>;

/// The files of a crate.
pub(crate) struct CrateFiles {
    by_module: BTreeMap<Module, PathBuf>,
    written: Vec<(Module, Vec<Written>)>,
    /// By module and name what a `pub use` gives on.
    given_on: BTreeMap<(Module, String), Module>,
}

impl CrateFiles {
    /// Reads the files below the folder of a crate's root file.
    pub(crate) fn read(root: &Path) -> Self {
        let mut by_module = BTreeMap::new();
        collect(root.parent().unwrap(), &[], root, &mut by_module);
        elsewhere(root, &mut by_module);
        let read = |(module, file): (&Module, &PathBuf)| {
            let text = std::fs::read_to_string(file).unwrap();
            let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            (module.clone(), paths::of(tokens))
        };
        let written: Vec<_> = by_module.iter().map(read).collect();
        let mut files = Self { by_module, written, given_on: BTreeMap::new() };
        let mut given_on = BTreeMap::new();
        for (module, path) in files.paths() {
            if let (Some(name), Some(target)) = (&path.given_on, files.absolute(module, path)) {
                given_on.insert((within(module, path), name.clone()), target);
            }
        }
        files.given_on = given_on;
        files
    }

    /// By file the other files that it takes something from, with the first such path.
    pub(crate) fn imports(&self) -> BTreeMap<&Path, BTreeMap<&Path, String>> {
        let mut imports: BTreeMap<&Path, BTreeMap<&Path, String>> = BTreeMap::new();
        for (module, path) in self.paths().filter(|(_, path)| path.given_on.is_none()) {
            let Some(target) = self.absolute(module, path) else { continue };
            let (from, to) = (self.by_module[module].as_path(), self.file_of(&target, 0));
            if from != to {
                imports.entry(from).or_default().entry(to).or_insert_with(|| target.join("::"));
            }
        }
        imports
    }

    fn paths(&self) -> impl Iterator<Item = (&Module, &Written)> {
        self.written.iter().flat_map(|(module, paths)| paths.iter().map(move |path| (module, path)))
    }

    /// Where a path leads from the root of the crate; none where it leaves the crate, or only names what was imported.
    fn absolute(&self, module: &Module, path: &Written) -> Option<Module> {
        let mut from = within(module, path);
        let mut segments = path.segments.iter().peekable();
        match segments.peek()?.as_str() {
            "crate" => {
                from.clear();
                segments.next();
            }
            "self" => drop(segments.next()),
            "super" => {
                while segments.next_if(|segment| *segment == "super").is_some() {
                    from.pop();
                }
            }
            first => {
                let child: Module = from.iter().cloned().chain([first.to_owned()]).collect();
                if !self.by_module.contains_key(&child) {
                    return None;
                }
            }
        }
        from.extend(segments.filter(|segment| *segment != "self").cloned());
        Some(from)
    }

    /// The file that holds what a path leads to.
    fn file_of(&self, target: &[String], followed: usize) -> &Path {
        for length in (0..=target.len()).rev() {
            let (module, rest) = target.split_at(length);
            if let Some(name) = rest.first()
                && let Some(real) = self.given_on.get(&(module.to_vec(), name.clone()))
                && followed < 8
                && real != target
            {
                return self.file_of(&[real, &rest[1..]].concat(), followed + 1);
            }
            if let Some(file) = self.by_module.get(module) {
                return file;
            }
        }
        unreachable!("the root is a module")
    }
}

fn within(module: &Module, path: &Written) -> Module {
    [module.as_slice(), &path.inside].concat()
}

/// The files below a folder by module, without programs of their own.
fn collect(folder: &Path, module: &[String], root: &Path, files: &mut BTreeMap<Module, PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_stem().unwrap().to_string_lossy().into_owned();
        let named = || module.iter().cloned().chain([name.clone()]).collect::<Module>();
        if entry.is_dir() && !(module.is_empty() && name == "bin") {
            collect(&entry, &named(), root, files);
        } else if entry == root || name == "mod" && entry.is_file() {
            files.insert(module.to_vec(), entry);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.insert(named(), entry);
        }
    }
}

/// The modules of the root file that stand elsewhere: `#[path = "../support/spread.rs"] mod spread;`.
fn elsewhere(root: &Path, files: &mut BTreeMap<Module, PathBuf>) {
    let text = std::fs::read_to_string(root).unwrap();
    for (path, rest) in text.split("#[path = \"").skip(1).filter_map(|text| text.split_once("\"]\n")) {
        let name = rest.trim_start_matches("pub(crate) ").strip_prefix("mod ").and_then(|rest| rest.split_once(';'));
        let module: Module = vec![name.expect("a module follows its path").0.to_owned()];
        let file = root.parent().unwrap().join(path);
        if file.ends_with("mod.rs") {
            collect(file.parent().unwrap(), &module, &file, files);
        }
        files.insert(module, file);
    }
}
