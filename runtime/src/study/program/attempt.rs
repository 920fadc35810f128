//! One attempt of a trial by a program: from its config to its outcome.

use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Program;
use super::answer::Answer;
use super::arguments::filled;
use super::group::Group;
use super::output::{Lines, tail};
use crate::study::erased::{Assignment, Standing};
use crate::study::{Constraint, Objective, Outcome, StudyError, folders};

/// Who hears what a program says while it runs, and may want it to end.
pub(super) trait Ear {
    /// A value at a step; NaN is the worst of all.
    fn report(&self, step: u64, value: f64) -> Result<Standing, StudyError>;

    fn note(&self, key: &str, value: &Value) -> Result<(), StudyError>;

    /// Something that has limits, in place of what had that name.
    fn constrain(&self, constraint: Constraint) -> Result<(), StudyError>;

    /// Whether the trial is to be handed back.
    fn is_cancelled(&self) -> bool;
}

/// An attempt of a trial by a program.
pub(super) struct Attempt<'a> {
    pub(super) program: &'a Program,
    pub(super) assignment: &'a Assignment,
    pub(super) slot: usize,
    /// The directory of the trial.
    pub(super) folder: &'a Path,
    pub(super) timeout: Option<Duration>,
}

/// Why a program is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Pruned,
    Late,
    Cancelled,
}

/// What a program has said so far.
#[derive(Default)]
struct Heard {
    outcome: Option<Outcome>,
    is_pruned: bool,
    /// Lines that were read and not taken in yet.
    lines: VecDeque<String>,
    /// What was first found wrong with what it said.
    complaint: Option<String>,
}

/// The pauses between two checks of a program: they grow while it runs.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(50));
/// So many of the last lines on standard error tell of a failure.
const TAIL: usize = 20;

impl Attempt<'_> {
    /// Runs the program to its end. An error says that no trial can be evaluated: the program is not there, or the disk is full.
    pub(super) fn run(&self, ear: &dyn Ear) -> Result<Outcome, StudyError> {
        let files = Files::make(self.folder, self.assignment)?;
        let mut command = self.command(&files)?;
        let answers = if self.program.is_on_stdout { &files.stdout } else { &files.results };
        let mut lines = Lines::open(answers).map_err(|source| io(answers, source))?;
        let Some(lock) = self.lock(ear)? else { return Ok(Outcome::Cancelled) };
        let not_started = |source| StudyError::Program { program: self.program.path.clone(), source };
        let mut group = Group::new(self.program.grace, lock).map_err(not_started)?;
        let mut child = match group.start(&mut command) {
            Ok(child) => child,
            // That is the config's fault, in an argument or a variable.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::ArgumentListTooLong) => {
                return Ok(Outcome::Failed(format!("the program could not be told its config: {error}")));
            }
            Err(source) => return Err(not_started(source)),
        };
        let mut heard = Heard::default();
        let (status, why) = self.watch(&mut group, &mut child, &mut lines, &mut heard, ear)?;
        // Whatever it left behind ends now.
        drop(group);
        if status.is_none() {
            // It may have left the group.
            child.kill().ok();
        }
        let status = status.map_or_else(|| child.wait(), Ok).map_err(|source| io(answers, source))?;
        while self.hear(&mut lines, true, &mut heard, ear) {}
        Ok(self.outcome(status, why, heard, &files))
    }

    /// The lock of the trial's directory, which the head of the program's group has: as long as a program of an earlier attempt is there
    /// still, this one waits. None where the trial is to be handed back meanwhile.
    fn lock(&self, ear: &dyn Ear) -> Result<Option<File>, StudyError> {
        let path = self.folder.join("attempts").join("lock");
        let file = File::create(&path).map_err(|source| io(&path, source))?;
        while let Err(TryLockError::WouldBlock) = file.try_lock() {
            if ear.is_cancelled() {
                return Ok(None);
            }
            std::thread::sleep(PAUSES.1);
        }
        // On a file system without locks nothing is known of others.
        Ok(Some(file))
    }

    fn command(&self, files: &Files) -> Result<Command, StudyError> {
        let Program { path, arguments, environment, directory, is_on_stdout, .. } = self.program;
        let Assignment { study, trial, attempt, task, values, .. } = self.assignment;
        let mut command = Command::new(path);
        command.args(arguments.iter().map(|argument| filled(argument, values)));
        if *is_on_stdout {
            // Or Python keeps its lines until there are many.
            command.env("PYTHONUNBUFFERED", "1");
        }
        for (name, value) in environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("TRANSFER_NAS_CONFIG", &files.config).env("TRANSFER_NAS_RESULTS", &files.results);
        command.env("TRANSFER_NAS_STUDY", study).env("TRANSFER_NAS_TASK", task).env("TRANSFER_NAS_DIR", self.folder);
        for (name, number) in [("TRIAL", *trial), ("ATTEMPT", u64::from(*attempt)), ("SLOT", self.slot as u64)] {
            command.env(format!("TRANSFER_NAS_{name}"), number.to_string());
        }
        if let Some(directory) = directory {
            command.current_dir(directory);
        }
        let file = |path: &Path| File::create(path).map(Stdio::from).map_err(|source| io(path, source));
        let config = File::open(&files.config).map_err(|source| io(&files.config, source))?;
        command.stdin(config).stdout(file(&files.stdout)?).stderr(file(&files.stderr)?);
        Ok(command)
    }

    /// Listens until the program has ended, or has been asked to and does not. Its status, where it has one, and why it was asked.
    fn watch(
        &self,
        group: &mut Group,
        child: &mut Child,
        lines: &mut Lines,
        heard: &mut Heard,
        ear: &dyn Ear,
    ) -> Result<(Option<ExitStatus>, Option<Why>), StudyError> {
        let (begin, mut pause) = (Instant::now(), PAUSES.0);
        let mut asked: Option<(Why, Instant)> = None;
        loop {
            if let Some(status) = child.try_wait().map_err(|source| io(self.folder, source))? {
                return Ok((Some(status), asked.map(|(why, _)| why)));
            }
            let has_more = self.hear(lines, false, heard, ear);
            match asked {
                Some((why, since)) if since.elapsed() >= self.program.grace => return Ok((None, Some(why))),
                Some(_) => {}
                None => {
                    let why = self.wants_end(begin, heard, ear);
                    if why.is_some() {
                        group.terminate(child);
                    }
                    asked = why.map(|why| (why, Instant::now()));
                }
            }
            group.see_to();
            if !has_more {
                std::thread::sleep(pause);
                pause = (pause * 5 / 4).min(PAUSES.1);
            }
        }
    }

    fn wants_end(&self, begin: Instant, heard: &Heard, ear: &dyn Ear) -> Option<Why> {
        if ear.is_cancelled() {
            return Some(Why::Cancelled);
        }
        if self.timeout.is_some_and(|timeout| begin.elapsed() > timeout) {
            return Some(Why::Late);
        }
        heard.is_pruned.then_some(Why::Pruned)
    }

    /// Takes in what the program wrote since the last time, for a while at most: keeping a value may take long. Whether there is more.
    fn hear(&self, lines: &mut Lines, is_end: bool, heard: &mut Heard, ear: &dyn Ear) -> bool {
        // Where lines are left of the last time, the file is not read now.
        let (begin, mut has_more) = (Instant::now(), !heard.lines.is_empty());
        if heard.lines.is_empty() {
            match lines.read(is_end) {
                Ok((said, more)) => {
                    let is_meant = |line: &String| !self.program.is_on_stdout || Answer::is_meant(line);
                    heard.lines.extend(said.into_iter().filter(is_meant));
                    has_more = more;
                }
                Err(error) => self.complain(heard, format!("its answers cannot be read: {error}")),
            }
            if std::mem::take(&mut lines.passed_over) > 0 {
                self.complain(heard, "a line is longer than 64 KiB and was passed over".to_owned());
            }
        }
        while let Some(line) = heard.lines.pop_front() {
            match Answer::read(&line) {
                Ok(answer) => self.take_in(answer, heard, ear),
                Err(error) => self.complain(heard, format!("`{}` is no answer: {error}", shortened(&line))),
            }
            if begin.elapsed() > PAUSES.1 {
                break;
            }
        }
        has_more || !heard.lines.is_empty()
    }

    fn take_in(&self, answer: Answer, heard: &mut Heard, ear: &dyn Ear) {
        if let Some((step, value)) = answer.value {
            match ear.report(step, value) {
                Ok(standing) => heard.is_pruned |= standing.prunes && heard.outcome.is_none(),
                Err(error) => self.complain(heard, format!("a value is not recorded: {error}")),
            }
        }
        for (key, value) in &answer.notes {
            if let Err(error) = ear.note(key, value) {
                self.complain(heard, format!("a note is not recorded: {error}"));
            }
        }
        for constraint in answer.constraints {
            if let Err(error) = ear.constrain(constraint) {
                self.complain(heard, error.to_string());
            }
        }
        if answer.outcome.is_some() {
            heard.outcome = answer.outcome;
        }
    }

    /// Of what is wrong the first is told.
    fn complain(&self, heard: &mut Heard, what: String) {
        let Assignment { study, trial, attempt, .. } = self.assignment;
        if heard.complaint.is_none() {
            tracing::warn!(study, trial, attempt, "{what}");
            heard.complaint = Some(what);
        }
    }

    /// A line with which a program of the study may end.
    fn example(&self) -> String {
        let value = |objective: &Objective| format!("{}: 0.93", Value::from(objective.name()));
        match &self.assignment.objectives[..] {
            [] => r#"{"reward": 0.93}"#.to_owned(),
            several => {
                format!(r#"{{"values": {{{}}}}}"#, several.iter().map(value).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn outcome(&self, status: ExitStatus, why: Option<Why>, heard: Heard, files: &Files) -> Outcome {
        match (why, heard.outcome) {
            // What was computed is not lost.
            (Some(Why::Cancelled | Why::Late), Some(said)) if status.success() => said,
            (Some(Why::Pruned), _) => Outcome::Pruned,
            (Some(Why::Late), _) => {
                Outcome::Failed(format!("no outcome within {:?}", self.timeout.unwrap_or_default()))
            }
            (Some(Why::Cancelled), _) => Outcome::Cancelled,
            (None, Some(said)) if status.success() => said,
            (None, None) if status.success() => Outcome::Failed(format!(
                "the program ended without an outcome; have it write a line such as {} to {}{}",
                self.example(),
                if self.program.is_on_stdout { "standard output" } else { "the file named by TRANSFER_NAS_RESULTS" },
                heard.complaint.map(|complaint| format!(" ({complaint})")).unwrap_or_default()
            )),
            // It says itself what went wrong.
            (None, Some(failed @ (Outcome::Failed(_) | Outcome::FailedBy { .. }))) => failed,
            (None, said) => Outcome::Failed(failure(status, said.as_ref(), &tail(&files.stderr, TAIL))),
        }
    }
}

/// The beginning of a line, for a message.
fn shortened(line: &str) -> String {
    let mut letters = line.chars();
    let begin: String = letters.by_ref().take(200).collect();
    if letters.next().is_some() { begin + ".." } else { begin }
}

/// How a program failed: its status, and the last lines that it said on standard error.
fn failure(status: ExitStatus, said: Option<&Outcome>, tail: &str) -> String {
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("the program ended with exit status {code}"),
        (None, Some(signal)) => format!("the program was ended by signal {signal}"),
        (None, None) => "the program ended".to_owned(),
    };
    let after = match said {
        Some(Outcome::Reward(reward)) => format!(" after it told the reward {reward}"),
        Some(_) => " after it told an outcome".to_owned(),
        None => String::new(),
    };
    if tail.is_empty() { how + &after } else { format!("{how}{after}:\n{tail}") }
}

/// The files of an attempt.
struct Files {
    config: PathBuf,
    results: PathBuf,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Files {
    /// In `attempts/1` of the trial's directory; what an earlier process left there of the same attempt is replaced.
    fn make(trial: &Path, assignment: &Assignment) -> Result<Self, StudyError> {
        let folder = trial.join("attempts").join(assignment.attempt.to_string());
        folders::make(&folder)?;
        let [config, results, stdout, stderr] =
            ["config.json", "results.jsonl", "stdout", "stderr"].map(|name| folder.join(name));
        fs::write(&config, format!("{:#}\n", assignment.config)).map_err(|source| io(&config, source))?;
        fs::write(&results, "").map_err(|source| io(&results, source))?;
        Ok(Self { config, results, stdout, stderr })
    }
}

fn io(path: &Path, source: std::io::Error) -> StudyError {
    StudyError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Keeps values slowly, as a store does that hardly answers.
    struct Slow;

    impl Ear for Slow {
        fn report(&self, _: u64, _: f64) -> Result<Standing, StudyError> {
            std::thread::sleep(Duration::from_millis(60));
            Ok(Standing { prunes: false, is_current: true })
        }

        fn note(&self, _: &str, _: &Value) -> Result<(), StudyError> {
            Ok(())
        }

        fn constrain(&self, _: Constraint) -> Result<(), StudyError> {
            Ok(())
        }

        fn is_cancelled(&self) -> bool {
            false
        }
    }

    #[test]
    fn what_a_program_says_last_is_heard_where_values_are_recorded_slowly() {
        let script = r#"
            for step in 1 2 3 4 5; do echo "{\"step\": $step, \"value\": 1}"; done >> "$TRANSFER_NAS_RESULTS"
            sleep 0.1
            echo '{"reward": 0.5}' >> "$TRANSFER_NAS_RESULTS""#;
        let program = Program::new("/bin/sh").args(["-c", script]);
        let folder = tempfile::tempdir().unwrap();
        let (study, task) = ("study".to_owned(), "default".to_owned());
        let values = serde_json::Map::new();
        let assignment =
            Assignment { study, trial: 0, attempt: 1, task, config: json!({}), values, objectives: Vec::new() };
        let attempt =
            Attempt { program: &program, assignment: &assignment, slot: 0, folder: folder.path(), timeout: None };
        assert_eq!(attempt.run(&Slow).unwrap(), Outcome::Reward(0.5));
    }
}
