//! Whole figures, drawn into files.

use std::fs;
use std::path::PathBuf;

use super::palette::SERIES;
use super::{Curves, Fronts, HeatMap, ReportError};
use crate::train::Objective;

/// Replicas of a sigmoid, `[replicas, trials]`.
fn sigmoids(replicas: u32, trials: u32) -> Vec<Vec<f64>> {
    let middle = f64::from(trials) / 2.0;
    let value = |replica: u32, trial: u32| {
        let late = f64::from(trial) - middle * (1.0 + 0.05 * f64::from(replica));
        1.0 / (1.0 + (-10.0 * late / middle).exp())
    };
    (0..replicas).map(|replica| (1..=trials).map(|trial| value(replica, trial)).collect()).collect()
}

fn curves() -> Curves {
    Curves::new("Learning to add", "trial", "reward")
        .series("from scratch", &sigmoids(10, 2000))
        .and_then(|curves| curves.series("transfer", &sigmoids(1, 1000)))
        .unwrap()
        .reference("best possible", 1.0)
}

fn states(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("DoubleXor.s{index}")).collect()
}

/// Attention to what came before, `[count, count]`.
fn attention(count: usize) -> HeatMap {
    let weight = |row: usize, column: usize| if column > row { 0.0 } else { 1.0 / (row + 1) as f64 };
    let row = |row| (0..count).map(|column| weight(row, column)).collect::<Vec<_>>();
    let values: Vec<_> = (0..count).map(row).collect();
    HeatMap::new("Attention", &states(count), &states(count), &values).unwrap().mask_zero(true)
}

type Draw<'a> = &'a dyn Fn(PathBuf) -> Result<(), ReportError>;

fn svg(draw: Draw<'_>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figure.svg");
    draw(path.clone()).unwrap();
    fs::read_to_string(path).unwrap()
}

/// The size of a drawn PNG file, read from its header.
fn png_size(draw: Draw<'_>) -> (u32, u32) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figure.png");
    draw(path.clone()).unwrap();
    let bytes = fs::read(path).unwrap();
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

fn assert_labels(document: &str, labels: &[&str]) {
    for label in labels {
        assert!(document.contains(&format!("\n{label}\n")), "`{label}` is missing");
    }
}

fn count_of(document: &str, tag: &str, series: usize) -> usize {
    let color = SERIES[series];
    let color = format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2);
    document.lines().filter(|line| line.starts_with(tag) && line.contains(&color)).count()
}

#[test]
fn curves_name_everything_in_an_svg() {
    let document = svg(&|path| curves().draw(path));
    assert_labels(&document, &["Learning to add", "trial", "reward"]);
    assert_labels(&document, &["from scratch", "transfer", "best possible", "band: central 68 %"]);
    assert_labels(&document, &["0", "500", "1000", "1500", "2000", "0.0", "0.2", "1.0"]);
}

#[test]
fn each_series_is_a_line_in_the_legend_and_one_in_the_plot() {
    let document = svg(&|path| curves().draw(path));
    assert_eq!((count_of(&document, "<polyline", 0), count_of(&document, "<polyline", 1)), (2, 2));
    assert_eq!(count_of(&document, "<polyline", 2), 0);
}

#[test]
fn only_several_replicas_have_a_band() {
    let document = svg(&|path| curves().draw(path));
    assert_eq!((count_of(&document, "<polygon", 0), count_of(&document, "<polygon", 1)), (2, 0));
}

#[test]
fn a_gap_cuts_a_line_in_two() {
    let mut replicas = sigmoids(2, 100);
    for replica in &mut replicas {
        replica[40..60].fill(f64::NAN);
    }
    let document = svg(&|path| Curves::new("", "", "").series("gap", &replicas)?.draw(path));
    assert_eq!((count_of(&document, "<polyline", 0), count_of(&document, "<polygon", 0)), (3, 3));
}

#[test]
fn a_long_curve_makes_no_large_file() {
    let long = svg(&|path| Curves::new("", "", "").series("long", &sigmoids(2, 100_000))?.draw(path));
    assert!(long.len() < 40_000, "{} bytes", long.len());
}

#[test]
fn logarithmic_axes_are_labelled_with_powers_of_ten() {
    let document = svg(&|path| curves().log_x().log_y().draw(path));
    assert_labels(&document, &["1", "10", "100", "1000", "0.01", "0.1"]);
}

#[test]
fn curves_have_the_asked_size_in_a_png() {
    assert_eq!(png_size(&|path| curves().draw(path)), (900, 560));
    assert_eq!(png_size(&|path| curves().size(700, 401).draw(path)), (700, 401));
}

#[test]
fn names_with_signs_of_markup_are_escaped() {
    let document = svg(&|path| Curves::new("a < b & c", "", "").series("\"s\"", &[[1.0, 2.0]])?.draw(path));
    assert_labels(&document, &["a &lt; b &amp; c", "&quot;s&quot;"]);
}

/// All that a name can hold; what XML does not know comes as pictures and replacements.
#[test]
fn figures_are_well_formed_whatever_their_names() {
    let hostile = "<a b='c'>&amp;]]>\u{0}\u{8}\u{1b}[31m\r\u{7f}\u{85}\u{9b}\u{202e}\u{2066}\u{ffff}\u{fffe}\"";
    let all: String = ('\0'..'\u{3000}').collect();
    for name in [hostile, &all] {
        let curves = |path| {
            let curves = Curves::new(name, name, name).series(name, &[[1.0, 2.0], [2.0, 1.0]])?;
            curves.series("plain", &[[1.0, 2.0]])?.reference(name, 1.5).draw(path)
        };
        let map = |path| HeatMap::new(name, &[name, name], &[name], &[[1.0], [0.0]])?.draw(path);
        for draw in [&curves as Draw<'_>, &map] {
            let document = svg(draw);
            let read = roxmltree::Document::parse(&document).unwrap_or_else(|error| panic!("{error}: {document}"));
            assert!(read.descendants().any(|node| node.has_tag_name("text")));
        }
    }
    let short = "\u{1b}&\u{202e}";
    let document = svg(&|path| Curves::new(short, "", "").series("a", &[[1.0, 2.0]])?.draw(path));
    assert_labels(&document, &["␛&amp;\u{fffd}"]);
    assert_eq!(png_size(&|path| Curves::new(hostile, "", "").series(hostile, &[[1.0, 2.0]])?.draw(path)), (900, 560));
}

#[test]
fn curves_that_cannot_be_drawn_are_errors() {
    let draw = |curves: Curves| curves.draw("figure.svg").unwrap_err();
    assert!(matches!(draw(Curves::new("", "", "")), ReportError::Empty { .. }));
    assert!(matches!(draw(curves().size(100, 560)), ReportError::Size { .. }));
    assert!(matches!(draw(curves().size(900, 100)), ReportError::Size { .. }));
    assert!(matches!(draw(curves().size(u32::MAX, u32::MAX)), ReportError::Size { .. }));
    assert!(matches!(draw(curves().reference("none", f64::NAN)), ReportError::NotFinite { .. }));
    assert!(matches!(draw(curves().reference("none", 0.0).log_y()), ReportError::NotPositive { .. }));
    let extension = curves().draw("figure.jpeg").unwrap_err();
    assert_eq!(extension.to_string(), "`figure.jpeg` ends neither in `.svg` nor in `.png`");
}

#[test]
fn series_that_cannot_be_drawn_are_errors() {
    let series = |replicas: &[Vec<f64>]| Curves::new("", "", "").series("name", replicas).unwrap_err();
    assert!(matches!(series(&[]), ReportError::Empty { .. }));
    assert!(matches!(series(&[vec![1.0], vec![]]), ReportError::Ragged { .. }));
    assert_eq!(series(&[vec![f64::NAN; 3]]).to_string(), "series `name` has no finite value");
}

#[test]
fn extreme_values_are_drawn_somehow() {
    for values in [[f64::MIN, f64::MAX], [0.0, f64::MIN_POSITIVE], [1e17, 1e17], [-0.0, 0.0]] {
        let curves = Curves::new("", "", "").series("extreme", &[values]).unwrap();
        assert_eq!(png_size(&|path| curves.draw(path)), (900, 560));
        let map = HeatMap::new("", &["a"], &["b", "c"], &[values]).unwrap();
        png_size(&|path| map.draw(path));
    }
}

#[test]
fn a_heat_map_names_all_states_in_an_svg() {
    let document = svg(&|path| attention(27).draw(path));
    assert_labels(&document, &["Attention", "query (state)", "key (state)", "masked", "0.5", "1.0"]);
    for state in states(27) {
        assert_eq!(document.matches(&format!("\n{state}\n")).count(), 2, "{state}");
    }
}

#[test]
fn a_heat_map_of_few_columns_shows_its_values() {
    assert_labels(&svg(&|path| attention(8).draw(path)), &["1.00", "0.50", "0.33", "0.12"]);
    assert!(!svg(&|path| attention(11).draw(path)).contains("\n0.33\n"));
}

#[test]
fn a_heat_map_says_what_its_axes_are() {
    let document = svg(&|path| attention(3).axis_titles("decision", "earlier decision").draw(path));
    assert_labels(&document, &["decision", "earlier decision"]);
}

#[test]
fn a_heat_map_is_as_large_as_its_names_need() {
    let (width, height) = png_size(&|path| attention(27).draw(path));
    assert!((800..1000).contains(&width) && (700..900).contains(&height), "{width} × {height}");
}

#[test]
fn a_heat_map_that_cannot_be_drawn_is_an_error() {
    let nothing = HeatMap::new("", &["a"], &["b"], &[[f64::NAN]]).unwrap();
    assert!(matches!(nothing.draw("figure.svg"), Err(ReportError::NotFinite { .. })));
    assert!(matches!(attention(3).draw("figure"), Err(ReportError::Extension { .. })));
    let names = vec!["a"; 4000];
    let endless = HeatMap::new("", &names, &["b"], &vec![[1.0]; 4000]).unwrap();
    assert!(matches!(endless.draw("figure.svg"), Err(ReportError::Size { .. })));
}

fn fronts() -> Fronts {
    Fronts::new("What is found", [Objective::maximize("accuracy"), Objective::minimize("params").unit("millions")])
}

#[test]
fn a_front_is_drawn_with_its_steps_and_a_dot_for_each_member() {
    let values = [[0.5, 1.0], [0.9, 8.0], [0.8, 2.0], [0.4, 3.0]];
    let figure = fronts().log_x().series("random search", &values).unwrap();
    let document = svg(&|path| figure.draw(path));
    assert_labels(&document, &["What is found", "accuracy (maximize)", "params (millions, minimize)", "random search"]);
    assert_eq!(document.matches("<circle").count(), 3, "one is dominated");
    assert_eq!(png_size(&|path| figure.draw(path)), (900, 560));
}

#[test]
fn fronts_that_cannot_be_drawn_say_why() {
    let empty = fronts().series("nothing", &[]).unwrap_err();
    assert!(empty.to_string().contains("series `nothing`"), "{empty}");
    let odd = fronts().series("odd", &[[f64::NAN, 1.0]]).unwrap_err();
    assert!(odd.to_string().contains("series `odd`"), "{odd}");
    let below = fronts().log_x().series("below", &[[0.5, 0.0]]).unwrap().draw("x.svg").unwrap_err();
    assert!(below.to_string().contains("params"), "{below}");
    assert!(fronts().draw("x.svg").is_err());
}
