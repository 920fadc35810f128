//! The report of a study and its exports.

use std::fmt::Debug;
use std::path::Path;

use super::scheduler::Scheduler;
use super::searching::AnySearching;
use super::store::{Access, Counts, Durability};
use super::study_view::{Insight, StudyView};
use super::{Direction, Study, StudyError, TrialRow};
use crate::page;
use crate::policy::AnyConfig;
use crate::search::{self, Searcher};

impl<T: AnyConfig, S: Searcher<T>> Study<T, S> {
    /// Writes a [report](StudyView::to_html) on the study as one HTML page, with the best config as Rust code.
    pub fn report(&mut self, path: impl AsRef<Path>) -> Result<(), StudyError>
    where
        T: Debug,
    {
        self.write_insight(|config| Some(format!("{config:#?}")))?;
        self.view()?.write_html(path.as_ref())
    }

    /// What the search's model of rewards knows of the states, in the user's own rewards; none where there is no model, or nothing to
    /// predict from. Of several objectives it predicts one number, in which each counts as much: how far a config is from the best in all
    /// of them by ranks, 0 or less.
    pub fn insight(&mut self) -> Result<Option<search::Insight>, StudyError> {
        self.scheduler.catch_up(&mut self.searching)?;
        let searching: &AnySearching<'_> = &self.searching;
        Ok(searching.insight().map(|model| model.told_towards(self.predicted_towards())))
    }

    /// Which of two predictions is better: of several objectives it is one number, the greater the better.
    fn predicted_towards(&self) -> Direction {
        if self.objectives().len() > 1 { Direction::Maximize } else { self.scheduler.options.direction() }
    }

    /// The study as the store has it.
    pub fn view(&self) -> Result<StudyView, StudyError> {
        StudyView::read(&*self.scheduler.store, &self.scheduler.protocol.study)
    }

    /// The same.
    #[deprecated(since = "0.1.0", note = "called `view`")]
    pub fn stored(&self) -> Result<StudyView, StudyError> {
        self.view()
    }

    /// The trials as a table of [comma-separated values](StudyView::to_csv).
    pub fn to_csv(&self) -> Result<String, StudyError> {
        self.view()?.to_csv()
    }

    /// The study as [JSON](StudyView::to_json).
    pub fn to_json(&self) -> Result<String, StudyError> {
        self.view()?.to_json()
    }

    /// The study as the lines of an [Optuna journal](StudyView::to_optuna_journal).
    pub fn to_optuna_journal(&self) -> Result<String, StudyError> {
        self.view()?.to_optuna_journal()
    }

    /// Writes down what the searcher makes of the space now, for reports.
    pub(super) fn write_insight(&mut self, code: impl Fn(&T) -> Option<String>) -> Result<(), StudyError> {
        let best = self.scheduler.best()?;
        self.scheduler.catch_up(&mut self.searching)?;
        let searching: &AnySearching<'_> = &self.searching;
        let proposal = best.as_ref().and_then(|best| self.scheduler.reader.proposal(&searching.context, best));
        let policy = searching.importance();
        let attention = proposal.and_then(|proposal| searching.attention(&proposal));
        // More is not shown, and would be millions of numbers for a long config.
        let attention = attention.map(|map| map.of_first(page::ATTENTION_STEPS));
        let best = best.map(|record| TrialRow::new(&self.scheduler.reader, record));
        let code = best.and_then(|row| Some((row.number, code(&row.config?)?)));
        let model = searching.insight().map(|model| model.told_towards(self.predicted_towards()));
        let model = model.filter(search::Insight::is_finite);
        let insight = Insight { policy, model, attention, code };
        self.scheduler.put_insight(&insight)
    }
}

impl Scheduler {
    fn put_insight(&self, insight: &Insight) -> Result<(), StudyError> {
        self.store.with(Access::Exclusive(Durability::Later), |ledger| {
            let mut study = self.current(ledger)?;
            let before = study.insight.as_deref().and_then(|text| serde_json::from_str::<Insight>(text).ok());
            // Where the code is not known now, it may have been before.
            let code = insight.code.clone().or(before.and_then(|before| before.code));
            study.insight = serde_json::to_string(&Insight { code, ..insight.clone() }).ok();
            Ok(ledger.put_study(&study, Counts::default())?)
        })
    }
}
