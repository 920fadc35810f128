//! The README, followed to the letter: a crate of its own that has nothing but the README's lines depends, compiles, runs, goes on,
//! learns from what it did, and is told what it left out.
//!
//! What a stranger has of crates.io, the test has of this checkout: `cargo add transfer-nas` is given its path.

#[path = "readme/newcomer.rs"]
mod newcomer;
#[path = "readme/text.rs"]
mod text;

use std::time::Duration;

use newcomer::Newcomer;
use text::Readme;

/// One test for all steps: each needs what the one before left, and the crate is compiled once.
#[test]
fn a_newcomer_gets_as_far_as_the_readme_says() {
    let readme = Readme::read();
    let new = readme.lines_of("sh", "cargo new");
    let newcomer = Newcomer::new(new[0].trim_start_matches("cargo new "));
    for line in readme.lines_of("sh", "cargo add") {
        newcomer.shell(&line);
    }
    let program = readme.block("rust", "fn main()");
    assert_eq!(program, text::without_header(include_str!("../examples/passengers/src/main.rs")));
    newcomer.write("src/main.rs", &program);

    // The first run gives what is shown.
    assert_eq!(readme.lines_of("sh", "cargo run --release")[0], "cargo run --release");
    let shown = readme.block("text", "Best");
    assert_eq!(newcomer.run().trim(), shown.trim());
    assert_eq!(newcomer.trials("smoothing"), 60);
    let report = newcomer.read("passengers.html");
    assert!(report.contains("60 trials") && report.contains("Forecast.season"), "the report is of the study");

    // Once more: nothing is left to do.
    assert_eq!(newcomer.run().trim(), shown.trim());
    assert_eq!(newcomer.trials("smoothing"), 60);

    // The type changes, and the study that follows says what came along.
    let changed = text::patched(&program, &readme.block("diff", "alias"));
    newcomer.write("src/main.rs", &changed);
    let output = newcomer.run();
    let told = readme.block("text", "reused");
    assert!(output.starts_with(told.trim()), "shown:\n{told}\nprinted:\n{output}");

    // With more trials it goes on, in two processes at once.
    assert!(program.contains(".trials(60)"));
    newcomer.write("src/main.rs", &program.replace(".trials(60)", ".trials(100)"));
    newcomer.build();
    let both = [newcomer.start(), newcomer.start()];
    for process in both {
        process.ends_well(Duration::from_mins(1));
    }
    assert_eq!(newcomer.trials("smoothing"), 100);

    // A domain that is left out.
    let message = readme.block("text", "[TN01]");
    let left_out = "    #[space(range = 0.05..=1.0, bins = 20)]\n    level: f64,";
    assert!(program.contains(left_out));
    newcomer.write("src/main.rs", &program.replacen(left_out, "    level: f64,", 1));
    let said = newcomer.is_refused();
    assert!(said.starts_with(message.trim()), "shown:\n{message}\nsaid:\n{said}");
}
