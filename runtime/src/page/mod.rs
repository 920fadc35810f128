//! A study as one page: an HTML file that needs nothing else, no network and no script.
//!
//! [`story`] says what can be told, and each of the other modules tells a part of it. What is missing is said in a sentence.

mod attention;
mod chosen;
mod curves;
mod figure;
mod graph;
mod graph_edges;
mod graph_layout;
mod graph_routes;
mod graph_tracks;
mod header;
mod importance;
mod lanes;
mod lines;
mod markup;
mod number;
mod parallel;
mod rewards;
mod scale;
pub(crate) mod story;
mod strip;
mod style;
mod table;
mod text;
mod transfer;

#[cfg(test)]
mod graph_tests;
#[cfg(test)]
mod screenshot;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod synthetic_space;
#[cfg(test)]
mod tests;

use markup::Markup;
pub(crate) use number::duration;
use story::Story;

/// A part of the page, which its heading names.
struct Section {
    id: &'static str,
    heading: &'static str,
    write: fn(&mut Markup, &Story),
}

const SECTIONS: [Section; 8] = [
    Section { id: "rewards", heading: "Rewards", write: rewards::write },
    Section { id: "curves", heading: "Learning curves", write: curves::write },
    Section { id: "choices", heading: "Choices and rewards", write: parallel::write },
    Section { id: "policy", heading: "What the policy has learned", write: importance::write },
    Section { id: "space", heading: "The space", write: graph::write },
    Section { id: "attention", heading: "Attention", write: attention::write },
    Section { id: "transfer", heading: "Transfer", write: transfer::write },
    Section { id: "trials", heading: "Trials", write: table::write },
];

/// The page.
pub(crate) fn html(story: &Story) -> String {
    let mut page = Markup::document();
    page.within("html", &[("lang", &"en")], |page| {
        page.within("head", &[], |page| head(page, story));
        page.within("body", &[], |page| page.within("main", &[], |page| body(page, story)));
    });
    page.finish()
}

fn head(page: &mut Markup, story: &Story) {
    page.single("meta", &[("charset", &"utf-8")]);
    page.single("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
    page.element("title", &[], header::title(story));
    style::style(page);
}

fn body(page: &mut Markup, story: &Story) {
    header::write(page, story, &SECTIONS);
    for Section { id, heading, write } in &SECTIONS {
        page.within("section", &[("id", id)], |page| {
            page.element("h2", &[], heading);
            write(page, story);
        });
    }
}
