//! The files of `examples/cluster` run as they are: their commands get the arguments that they should, and evaluate a study.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;
use transfer_nas::prelude::*;
use transfer_nas::study::{Study, StudyView, location};

/// Hostile to shells that do not quote.
const STORE: &str = "postgres://alice@db/it's $HOME";
const RUNS: &str = "/shared/a b";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cluster").join(name)
}

/// A folder whose `bin` comes first in the path.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("bin")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A program that writes down with which arguments it was started, a line each.
    fn recorder(&self, name: &str) {
        let record = self.path(name);
        self.program(name, &format!("printf '%s\\n' \"$@\" >> '{0}.new' && mv '{0}.new' '{0}'", record.display()));
    }

    /// The arguments, once they are written down: what is started in the background takes a moment.
    fn recorded(&self, name: &str) -> Vec<String> {
        for _ in 0..500 {
            if let Ok(text) = fs::read_to_string(self.path(name)) {
                fs::remove_file(self.path(name)).unwrap();
                return text.lines().map(str::to_owned).collect();
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("`{name}` was not started")
    }

    fn run(&self, script: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(script);
        command.args(arguments).env("PATH", path).current_dir(self.0.path());
        command.envs(variables.iter().copied()).output().unwrap()
    }
}

fn succeeded(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !errors.contains("no success"), "{errors}");
    errors.into_owned()
}

/// Before the program, and from there on.
fn split(arguments: &[String]) -> (Vec<&str>, Vec<&str>) {
    let end = arguments.iter().position(|argument| argument == "--").unwrap();
    let all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    (all[..end].to_vec(), all[end + 1..].to_vec())
}

const SLURM: [(&str, &str); 2] = [("SLURM_ARRAY_JOB_ID", "4711"), ("SLURM_ARRAY_TASK_ID", "3")];

#[test]
fn a_task_of_slurm_is_a_worker() {
    let place = Place::new();
    place.recorder("transfer-nas");
    let variables = [&SLURM[..], &[("STORE", STORE), ("RUNS", RUNS)]].concat();
    succeeded(&place.run(&file("slurm.sh"), &[], &variables));
    let arguments = place.recorded("transfer-nas");
    let (worker, program) = split(&arguments);
    assert_eq!(worker[..6], ["worker", STORE, "--study", "cnn", "--parallel", "1"]);
    assert!(worker.windows(2).any(|pair| pair == ["--name", "slurm-4711-3"]), "{worker:?}");
    assert!(worker.windows(2).any(|pair| pair == ["--dir", RUNS]), "{worker:?}");
    assert_eq!(program, ["python3", "train.py"]);
    let output = place.run(&file("slurm.sh"), &[], &SLURM);
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("where the study is"));
}

#[search_space]
#[derive(Debug)]
struct Model {
    #[space(range = 1..=8)]
    layers: u32,
}

/// The worker is the real one, and `python3` a program that answers.
#[test]
fn tasks_of_slurm_evaluate_a_study() {
    let place = Place::new();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_transfer-nas"), place.path("bin").join("transfer-nas")).unwrap();
    place.program("python3", "test \"$1\" = train.py && echo '{\"reward\": 0.5}' >> \"$TRANSFER_NAS_RESULTS\"");
    let (store, runs) = (place.path("runs.db"), place.path("runs"));
    let study = Study::open(&store).unwrap().name("cnn").quiet().ctrl_c(false).trials(6);
    let mut study = study.build::<Model>().unwrap();
    let leader = std::thread::spawn(move || study.lead().map(|_| ()));
    let variables = [("STORE", store.to_str().unwrap()), ("RUNS", runs.to_str().unwrap())];
    std::thread::scope(|scope| {
        for task in ["0", "1"] {
            let variables = [&variables[..], &[SLURM[0], ("SLURM_ARRAY_TASK_ID", task)]].concat();
            let place = &place;
            scope.spawn(move || succeeded(&place.run(&file("slurm.sh"), &[], &variables)));
        }
    });
    leader.join().unwrap().unwrap();
    let view = StudyView::read(&*location::open_existing(&store).unwrap(), "cnn").unwrap();
    assert_eq!(view.study.done, 6);
    assert!(view.trials.iter().all(|trial| trial.worker.as_ref().is_some_and(|it| it.starts_with("slurm-4711-"))));
    assert!(fs::read_dir(runs).unwrap().next().is_some(), "trials have directories");
}

#[test]
fn ssh_starts_and_stops_workers() {
    let place = Place::new();
    place.recorder("transfer-nas");
    // The other machine is this one.
    let hosts = place.path("sshed");
    place.program(
        "ssh",
        &format!(
            "[ \"$1 $2 $3\" = '-n -o BatchMode=yes' ] && echo \"$4\" >> '{}' && exec sh -c \"$5\"",
            hosts.display()
        ),
    );
    let folder = place.path("it's code");
    fs::create_dir(&folder).unwrap();
    fs::write(place.path("hosts.txt"), "# the first\ngpu-1 4\n\n").unwrap();
    let variables = [("STORE", STORE), ("RUNS", RUNS), ("FOLDER", folder.to_str().unwrap())];
    succeeded(&place.run(&file("ssh.sh"), &["start", "hosts.txt"], &variables));
    let arguments = place.recorded("transfer-nas");
    let (worker, program) = split(&arguments);
    assert_eq!(worker[..6], ["worker", STORE, "--study", "cnn", "--parallel", "4"]);
    assert!(worker.windows(2).any(|pair| pair == ["--dir", RUNS]), "{worker:?}");
    assert_eq!(program, ["sh", "-c", "CUDA_VISIBLE_DEVICES=$TRANSFER_NAS_SLOT exec python3 train.py"]);
    assert_eq!(fs::read_to_string(hosts).unwrap(), "gpu-1\n");
    stopped(&place, &folder, &variables);
}

/// A worker that runs until it is told to end.
fn stopped(place: &Place, folder: &Path, variables: &[(&str, &str)]) {
    let mut worker = Command::new("sleep").arg("60").spawn().unwrap();
    fs::write(folder.join("worker-gpu-1.pid"), format!("{}\n", worker.id())).unwrap();
    succeeded(&place.run(&file("ssh.sh"), &["stop", "hosts.txt"], variables));
    assert!(!worker.wait().unwrap().success());
    let failed = place.run(&file("ssh.sh"), &["stop", "hosts.txt"], variables);
    assert!(String::from_utf8_lossy(&failed.stderr).contains("gpu-1: no success"));
}

/// The commands of the containers by name. In the file each is a list as JSON has it.
fn commands(yaml: &str) -> BTreeMap<String, Vec<String>> {
    let mut commands = BTreeMap::new();
    for container in yaml.split("- name: ").skip(1) {
        let name = container.lines().next().unwrap().to_owned();
        let (_, list) = container.split_once("command: ").unwrap();
        let list = &list[..=list.find(']').unwrap()];
        commands.insert(name, serde_json::from_str(list).unwrap());
    }
    commands
}

#[test]
fn containers_of_kubernetes_serve_lead_and_work() {
    let yaml = fs::read_to_string(file("kubernetes.yaml")).unwrap();
    let commands = commands(&yaml);
    assert_eq!(commands.keys().collect::<Vec<_>>(), ["lead", "serve", "worker"]);
    assert_eq!(commands["serve"], ["transfer-nas", "serve", "$(STORE)", "--listen", "0.0.0.0:8080"]);
    // No secret is in the file.
    assert_eq!(yaml.matches("TRANSFER_NAS_TOKEN, valueFrom: {secretKeyRef:").count(), 2);
    assert!(!yaml.contains("value: "));
}

/// The command of the worker with what Kubernetes puts in place of its variables, and another store.
fn worker(store: &str) -> Vec<String> {
    let yaml = fs::read_to_string(file("kubernetes.yaml")).unwrap();
    let put = |argument: &String| match argument.as_str() {
        "http://study:8080" => store.to_owned(),
        _ => argument.replace("$(JOB_COMPLETION_INDEX)", "7"),
    };
    commands(&yaml)["worker"].iter().map(put).collect()
}

#[test]
fn a_pod_of_kubernetes_is_a_worker() {
    let place = Place::new();
    place.recorder("transfer-nas");
    let command = worker(STORE);
    let arguments: Vec<&str> = command[1..].iter().map(String::as_str).collect();
    succeeded(&place.run(Path::new("/bin/sh"), &arguments, &[]));
    let arguments = place.recorded("transfer-nas");
    let (worker, program) = split(&arguments);
    assert_eq!(worker[..6], ["worker", STORE, "--study", "cnn", "--parallel", "1"]);
    assert!(worker.windows(2).any(|pair| pair == ["--name", "pod-7"]), "{worker:?}");
    assert_eq!(program, ["python3", "train.py"]);
}

/// The worker here is one that has succeeded where it is asked to end, as the real one.
#[test]
fn a_pod_that_is_asked_to_end_has_not_succeeded() {
    let place = Place::new();
    let begun = place.path("begun");
    let script = format!("trap 'exit 0' TERM; touch '{}'; while :; do sleep 0.05; done", begun.display());
    place.program("transfer-nas", &script);
    let command = worker(STORE);
    let path = format!("{}:{}", place.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let mut pod = Command::new(&command[0]).args(&command[1..]).env("PATH", path).spawn().unwrap();
    while !begun.exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-TERM", &pod.id().to_string()]).status().unwrap().success());
    assert_eq!(pod.wait().unwrap().code(), Some(143));
}

/// The real command knows the options: what is wrong is only that there is no such store.
#[test]
fn the_options_of_kubernetes_are_known() {
    let place = Place::new();
    let missing = place.path("missing.db").display().to_string();
    let command: Vec<String> = worker(&missing).iter().map(|argument| argument.replace("10m", "0s")).collect();
    let output = Command::new(env!("CARGO_BIN_EXE_transfer-nas")).arg("worker").args(&command[4..]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("missing.db") && !errors.contains("Usage"), "{errors}");
}
