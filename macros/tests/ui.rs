//! The exact text of compiler errors.

#[test]
fn messages_say_what_to_write() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
