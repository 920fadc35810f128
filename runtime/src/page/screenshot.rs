//! A browser draws the page. Where there is no Chromium the test says so and passes.

use std::collections::HashSet;
use std::fs::{File, write};
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};

use super::live_tests::{entries, served};
use super::story::Story;
use super::synthetic::{study, study_of};
use super::synthetic_graph::loops;
use super::{html, index, live};

#[test]
fn a_browser_draws_the_page() {
    let directory = tempfile::tempdir().unwrap();
    let (page, picture) = (directory.path().join("page.html"), directory.path().join("page.png"));
    write(&page, html(&study(300))).unwrap();
    let Some(mut browser) = chromium(&page, &picture, directory.path()) else {
        return crate::skip::skipped("there is no `chromium` on the PATH");
    };
    assert!(browser.status().unwrap().success());
    let colours = colours(&picture);
    assert!(colours.len() > 40, "{} colours", colours.len());
}

fn chromium(page: &Path, picture: &Path, profile: &Path) -> Option<Command> {
    let mut browser = browser(profile)?;
    browser.arg("--window-size=1280,3000");
    browser.arg(format!("--screenshot={}", picture.display()));
    browser.arg(format!("file://{}", page.display()));
    Some(browser)
}

/// None where there is no Chromium.
pub(super) fn browser(profile: &Path) -> Option<Command> {
    let silent = |command: &mut Command| _ = command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut version = Command::new("chromium");
    silent(version.arg("--version"));
    version.status().ok().filter(std::process::ExitStatus::success)?;
    let mut browser = Command::new("chromium");
    silent(browser.args(["--headless", "--no-sandbox", "--disable-gpu"]));
    browser.arg(format!("--user-data-dir={}", profile.join("profile").display()));
    Some(browser)
}

fn colours(picture: &Path) -> HashSet<[u8; 3]> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(picture).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (1280, 3000));
    let size = info.color_type.samples();
    pixels.chunks_exact(size).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

/// Prints where the pages are.
#[test]
#[ignore = "writes pages to be read by people"]
fn pages_to_look_at() {
    for trials in [1, 300, 5000] {
        let page = std::env::temp_dir().join(format!("study-of-{trials}.html"));
        write(&page, html(&study(trials))).unwrap();
        println!("{}", page.display());
    }
    for objectives in [2, 3] {
        let page = std::env::temp_dir().join(format!("study-of-{objectives}-objectives.html"));
        write(&page, html(&study_of(300, objectives))).unwrap();
        println!("{}", page.display());
    }
    let looped = Story { title: "Loops".to_owned(), graph: loops(), ..study(40) };
    let pages = [("loops", html(&looped)), ("live", live(&study(300), &served())), ("index", index(&entries()))];
    for (name, html) in pages {
        let page = std::env::temp_dir().join(format!("studies-{name}.html"));
        write(&page, html).unwrap();
        println!("{}", page.display());
    }
}
