//! A study as one page: an HTML file that needs nothing else, no network and no script.
//!
//! [`story`] says what can be told, and each of the other modules tells a part of it. What is missing is said in a sentence.

mod attention;
mod bar;
mod by_choice;
mod chosen;
mod curves;
mod distribution;
pub(crate) mod earlier;
mod effect;
mod enqueued;
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
mod labels;
mod lanes;
mod lines;
#[cfg(feature = "serve")]
pub(crate) mod live;
mod markup;
mod model;
mod moment;
mod number;
mod numbers;
mod order;
mod origins;
mod pairs;
mod parallel;
mod parallel_places;
mod policy;
mod region;
mod rewards;
mod running;
mod scale;
mod section;
mod sections;
mod slice_axis;
mod slice_frame;
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
#[cfg(test)]
mod importance_tests;
#[cfg(all(test, feature = "serve"))]
mod live_browser;
#[cfg(all(test, feature = "serve"))]
mod live_tests;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod running_tests;
#[cfg(test)]
mod screenshot;
#[cfg(test)]
mod synthetic;
#[cfg(test)]
mod synthetic_graph;
#[cfg(test)]
mod synthetic_space;
#[cfg(test)]
mod tests;

pub(crate) use attention::READABLE as ATTENTION_STEPS;
#[cfg(feature = "serve")]
use live::Live;
use markup::{Attributes, Markup};
pub(crate) use number::duration;
pub(crate) use number::short;
use section::Section;
use sections::SECTIONS;
use story::Story;

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
