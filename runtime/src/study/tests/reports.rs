//! What people see of a study.

use super::{Model, quiet, stores, value};
use crate::study::StudyView;

#[test]
fn a_report_tells_of_all_parts() {
    for (store, _folder) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        let objective = |model: &Model| {
            if matches!(model, Model::Flat { .. }) { Err("no <gates>") } else { Ok(value(model)) }
        };
        let mut study = quiet(&store).name("a & b").trials(60).run(objective).unwrap();
        study.report(&path).unwrap();
        let html = std::fs::read_to_string(&path).unwrap();
        roxmltree::Document::parse_with_options(
            &html,
            roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
        )
        .unwrap();
        let best = study.best().unwrap().unwrap();
        let code = format!("{:#?}", best.config);
        for text in
            ["a &amp; b", "no &lt;gates&gt;", "Model.Deep.layers.len", "Attention", "The shift of a state", &code]
        {
            assert!(html.contains(text), "the report lacks `{text}`");
        }
        for text in ["There is no policy", "no graph of the space", "There is no best config"] {
            assert!(!html.contains(text), "the report says `{text}`");
        }
        // The same without the type, and after a run that wrote no insight.
        assert_eq!(StudyView::read(&*store, "a & b").unwrap().to_html(), html);
        assert_eq!(StudyView::names(&*store).unwrap(), ["a & b"]);
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).trials(2).run(value).unwrap();
        let error = study.report("/no/such/folder/report.html").unwrap_err();
        assert!(error.to_string().starts_with("`/no/such/folder/report.html` could not be written"), "{error}");
    }
}
