//! A study as one page: an HTML file that needs nothing else, no network and no script.
//!
//! [`story`] says what can be told, and each of the other modules tells a part of it. What is missing is said in a sentence.

mod attention;
mod chosen;
mod curves;
mod failures;
mod figure;
mod finalists;
mod front;
mod graph;
mod graph_edges;
mod graph_layout;
mod graph_routes;
mod graph_tracks;
mod header;
mod importance;
#[cfg(feature = "serve")]
pub(crate) mod index;
mod lanes;
mod lines;
#[cfg(feature = "serve")]
pub(crate) mod live;
mod markup;
mod model;
mod moment;
mod number;
mod origins;
mod pairs;
mod parallel;
mod rewards;
mod running;
mod scale;
mod slice_axis;
mod slices;
mod spark;
pub(crate) mod story;
mod strip;
mod style;
mod table;
mod text;
mod transfer;
mod workers;

#[cfg(test)]
mod best_tests;
#[cfg(test)]
mod graph_tests;
#[cfg(test)]
mod hostile_tests;
#[cfg(all(test, feature = "serve"))]
mod live_browser;
#[cfg(all(test, feature = "serve"))]
mod live_tests;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod running_tests;
#[cfg(test)]
mod screenshot;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod synthetic_space;
#[cfg(test)]
mod tests;

#[cfg(feature = "serve")]
use live::Live;
use markup::{Attributes, Markup};
pub(crate) use number::duration;
pub(crate) use number::short;
use story::Story;

/// A part of the page, which its heading names.
struct Section {
    id: &'static str,
    heading: &'static str,
    write: fn(&mut Markup, &Story),
    /// Whether a story has the part at all; those that all have say what is missing.
    is_due: fn(&Story) -> bool,
}

const SECTIONS: [Section; 15] = [
    Section { id: "rewards", heading: "Rewards", write: rewards::write, is_due: always },
    Section { id: "front", heading: "The front", write: front::write, is_due: front::is_there },
    Section { id: "running", heading: "Running trials", write: running::write, is_due: running::are_there },
    Section { id: "workers", heading: "Workers", write: workers::write, is_due: workers::are_there },
    Section { id: "failures", heading: "Failures", write: failures::write, is_due: failures::are_there },
    Section { id: "finalists", heading: "Finalists", write: finalists::write, is_due: finalists::are_there },
    Section { id: "pairs", heading: "Best by space and task", write: pairs::write, is_due: pairs::are_several },
    Section { id: "curves", heading: "Learning curves", write: curves::write, is_due: always },
    Section { id: "choices", heading: "Choices and rewards", write: parallel::write, is_due: always },
    Section { id: "model", heading: "What matters", write: model::write, is_due: model::is_there },
    Section { id: "policy", heading: "What the policy has learned", write: importance::write, is_due: has_policy },
    Section { id: "space", heading: "The space", write: graph::write, is_due: always },
    Section { id: "attention", heading: "Attention", write: attention::write, is_due: has_attention },
    Section { id: "transfer", heading: "Transfer", write: transfer::write, is_due: has_transfer },
    Section { id: "trials", heading: "Trials", write: table::write, is_due: always },
];

fn always(_: &Story) -> bool {
    true
}

// A searcher with a model need not have what agents have, and then nothing is missing.

fn has_policy(story: &Story) -> bool {
    !story.policy.is_empty() || !model::is_there(story)
}

fn has_attention(story: &Story) -> bool {
    story.attention.is_some() || !model::is_there(story)
}

fn has_transfer(story: &Story) -> bool {
    story.transfer.is_some() || !model::is_there(story)
}

/// The page.
pub(crate) fn html(story: &Story) -> String {
    document(header::title(story), |_| (), &[], |page| body(page, story))
}

/// The same page as a service shows it, where it keeps itself up to date.
#[cfg(feature = "serve")]
pub(crate) fn live(story: &Story, live: &Live) -> String {
    let about: Attributes<'_> =
        &[("data-page", &live.path), ("data-study", &live.identity), ("data-ending", &live.ended())];
    document(header::title(story), live::head, about, |page| {
        live::line(page, live);
        body(page, story);
    })
}

/// A page with several studies, to choose from; the browser loads it again every 30 seconds.
#[cfg(feature = "serve")]
pub(crate) fn index(studies: &[index::Entry]) -> String {
    let refresh = |page: &mut Markup| page.single("meta", &[("http-equiv", &"refresh"), ("content", &30)]);
    document("Studies", refresh, &[], |page| index::write(page, studies))
}

fn document(
    title: &str,
    head: impl FnOnce(&mut Markup),
    about: Attributes<'_>,
    body: impl FnOnce(&mut Markup),
) -> String {
    let mut page = Markup::document();
    page.within("html", &[("lang", &"en")], |page| {
        page.within("head", &[], |page| {
            page.single("meta", &[("charset", &"utf-8")]);
            page.single("meta", &[("name", &"viewport"), ("content", &"width=device-width, initial-scale=1")]);
            page.element("title", &[], title);
            style::style(page);
            head(page);
        });
        page.within("body", &[], |page| page.within("main", about, body));
    });
    page.finish()
}

fn body(page: &mut Markup, story: &Story) {
    let sections: Vec<&Section> = SECTIONS.iter().filter(|section| (section.is_due)(story)).collect();
    header::write(page, story, &sections);
    for Section { id, heading, write, .. } in sections {
        page.within("section", &[("id", id)], |page| {
            page.element("h2", &[], heading);
            write(page, story);
        });
    }
}
