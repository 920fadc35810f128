use super::html;
use super::synthetic::study;

#[test]
#[ignore = "writes a page to look at"]
fn a_page_to_look_at() {
    std::fs::write(std::env::temp_dir().join("page-to-look-at.html"), html(&study(300))).unwrap();
}
