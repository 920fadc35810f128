//! Rows side by side, and how far each is from others.

use std::collections::HashMap;

use super::domain::Domain;
use super::sites::{Entry, Row, Site, Sites};

/// No action: the decision does not come up.
const NONE: u32 = u32::MAX;

/// Rows by site: for each site that some row has, the action of each row. So the distances of one action from all rows are one
/// vector, and those of a config the sum of as many vectors as it has decisions.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    len: usize,
    columns: HashMap<Site, Vec<u32>>,
}

impl Columns {
    pub(super) fn push(&mut self, row: &Row) {
        self.columns.values_mut().for_each(|column| column.push(NONE));
        for Entry { site, action } in row {
            let column = self.columns.entry(*site).or_insert_with(|| vec![NONE; self.len + 1]);
            column[self.len] = *action;
        }
        self.len += 1;
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.columns.values_mut().for_each(|column| column.truncate(len));
        self.len = self.len.min(len);
    }

    /// For each row: what an action at a site adds to the distance, beside a config that has no action there.
    pub(super) fn step(&self, entry: Entry, domain: &Domain) -> Vec<f32> {
        let none = domain.beside_none();
        let Some(column) = self.columns.get(&entry.site) else { return vec![none as f32; self.len] };
        let by_action: Vec<f32> =
            (0..domain.count() as u32).map(|other| (domain.between(entry.action, other) - none) as f32).collect();
        let step = |&other: &u32| by_action.get(other as usize).copied().unwrap_or(none as f32);
        column.iter().map(step).collect()
    }
}

/// How much each state counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale<'a> {
    pub(super) sites: &'a Sites,
    pub(super) domains: &'a [Domain],
    /// By state; those of task and source stand last.
    pub(super) weights: &'a [f64],
}

impl Scale<'_> {
    /// The distance of a row from a config without any decision.
    pub(super) fn beside_none(&self, row: &Row) -> f32 {
        let weighted = |entry: &Entry| {
            let state = self.sites.state(entry.site);
            self.weights[state] * self.domains[state].beside_none()
        };
        row.iter().map(weighted).sum::<f64>() as f32
    }

    /// What an action adds to the distances from all rows.
    pub(super) fn step(&self, columns: &Columns, entry: Entry) -> Vec<f32> {
        let state = self.sites.state(entry.site);
        let mut step = columns.step(entry, &self.domains[state]);
        for step in &mut step {
            *step *= self.weights[state] as f32;
        }
        step
    }
}

/// The distances that actions add, each made once.
#[derive(Debug, Default)]
pub(super) struct Steps {
    made: Vec<Vec<f32>>,
    /// By site and action: the place among those that were made; none where it was not.
    places: Vec<Vec<Option<u32>>>,
}

impl Steps {
    /// Makes those of a row, so that they can be had.
    pub(super) fn prepare(&mut self, row: &[Entry], mut make: impl FnMut(Entry) -> Vec<f32>) {
        for entry in row {
            let (site, action) = (entry.site as usize, entry.action as usize);
            if self.places.len() <= site {
                self.places.resize(site + 1, Vec::new());
            }
            let places = &mut self.places[site];
            if places.len() <= action {
                places.resize(action + 1, None);
            }
            if places[action].is_none() {
                places[action] = Some(self.made.len() as u32);
                self.made.push(make(*entry));
            }
        }
    }

    pub(super) fn get(&self, entry: Entry) -> &[f32] {
        let place = self.places.get(entry.site as usize).and_then(|places| places.get(entry.action as usize));
        place.copied().flatten().map_or(&[], |place| &self.made[place as usize])
    }
}
