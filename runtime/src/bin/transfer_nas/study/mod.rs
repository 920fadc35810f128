//! Studies in a file or a database.

mod learn_from;
mod list;
mod show;

use std::fs;
use std::path::Path;

use transfer_nas::file::{self, ReplaceError};
use transfer_nas::printable::printable;
use transfer_nas::study::{StudyView, location};

use crate::arguments::{Format, Study, Which};
use crate::failure::Failure;
use crate::text;

pub(crate) fn run(command: &Study) -> Result<String, Failure> {
    match command {
        Study::List { file, json } => list::list(file, *json),
        Study::Show { study } => Ok(show::show(&read(study)?)),
        Study::Export { study: which, format, output } => {
            let study = read(which)?;
            let text = export(&study, *format)?;
            match output {
                Some(output) => write(which, &study, output, text),
                None => Ok(text),
            }
        }
        Study::LearnFrom { store, study, sources, one, json } => {
            learn_from::preview(store, study, &learn_from::sources(sources, one), *json)
        }
        Study::Report { study: which, output } => {
            let study = read(which)?;
            write(which, &study, output, study.to_html())
        }
    }
}

/// The study that is asked for, or the only one.
fn read(which: &Which) -> Result<StudyView, Failure> {
    let store = location::open_read_only(&which.file)?;
    if let Some(name) = &which.name {
        return Ok(StudyView::read(&*store, name)?);
    }
    let (path, names) = (location::shown(&which.file).into(), StudyView::names(&*store)?);
    match &names[..] {
        [] => Err(Failure::NoStudies { path }),
        [name] => Ok(StudyView::read(&*store, name)?),
        names => {
            let names = names.iter().map(|name| format!("`{name}`")).collect();
            Err(Failure::Several { path, names })
        }
    }
}

fn export(study: &StudyView, format: Format) -> Result<String, Failure> {
    Ok(match format {
        Format::Csv => study.to_csv()?,
        Format::Json => study.to_json()?,
        Format::Optuna => study.to_optuna_journal()?,
    })
}

/// Writes a file, which must not be the study's own. A failure leaves what was there.
fn write(which: &Which, study: &StudyView, output: &Path, text: String) -> Result<String, Failure> {
    if is_stdout(output) {
        return Ok(text);
    }
    if let (Ok(read), Ok(written)) = (fs::canonicalize(&which.file), fs::canonicalize(output))
        && read == written
    {
        return Err(Failure::OntoItself { path: output.to_owned() });
    }
    file::replace(output, text.as_bytes()).map_err(|error| match error {
        ReplaceError::NotAFile { found } => Failure::NotAFile { path: output.to_owned(), found },
        ReplaceError::Io(source) => Failure::Write { path: output.to_owned(), source },
    })?;
    Ok(format!("{}: {}\n", printable(output.display()), text::count(study.trials.len() as u64, "trial")))
}

/// Whether a path is another name of the standard output, which is no file to be replaced.
fn is_stdout(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}
