//! What a program is told and how it answers, in a study whose type is known.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use transfer_nas::study::{
    ByDefault, MedianPruner, Objective, Objectives, Phase, Program, Study, StudyBuilder, StudyError, TrialRow, Worker,
    location,
};

use crate::Net;
use crate::place::Place;

fn study(trials: u64) -> StudyBuilder<ByDefault> {
    Study::in_memory().seed(1).trials(trials).quiet().ctrl_c(false)
}

/// The trials of a study that ran a script.
fn trials(builder: StudyBuilder<ByDefault>, program: Program) -> Vec<TrialRow<Net>> {
    builder.run_command::<Net>(program).unwrap().trials().unwrap()
}

/// The texts of trials that failed.
fn errors(trials: &[TrialRow<Net>]) -> Vec<&str> {
    trials.iter().map(|row| row.error.as_deref().unwrap_or("none")).collect()
}

#[test]
fn the_config_is_what_serde_reads_in_a_file_and_on_standard_input() {
    let place = Place::new();
    let out = place.path("out");
    fs::create_dir(&out).unwrap();
    let script = format!(
        "cat > '{0}'/$TRANSFER_NAS_TRIAL.stdin; cp \"$TRANSFER_NAS_CONFIG\" '{0}'/$TRANSFER_NAS_TRIAL.file
         echo '{{\"reward\": 1}}' >> \"$TRANSFER_NAS_RESULTS\"",
        out.display()
    );
    for row in trials(study(20).workers(2), place.script(&script)) {
        let read = |end| fs::read_to_string(out.join(format!("{}.{end}", row.number))).unwrap();
        assert_eq!(read("stdin"), read("file"));
        assert_eq!(serde_json::from_str::<Net>(&read("file")).unwrap(), row.config.unwrap());
    }
    place.nobody_is_left();
}

#[test]
fn arguments_and_variables_say_which_trial_it_is() {
    let place = Place::new();
    let script = r#"
        echo "{\"reward\": $1, \"note\": {\"width\": \"$2\", \"momentum\": \"$3\", \"literal\": \"$4\", \"trial\": $TRANSFER_NAS_TRIAL,
            \"attempt\": $TRANSFER_NAS_ATTEMPT, \"study\": \"$TRANSFER_NAS_STUDY\", \"task\": \"$TRANSFER_NAS_TASK\",
            \"where\": \"$PWD\"}}" | tr -d '\n' > "$TRANSFER_NAS_RESULTS""#;
    let arguments = ["{Net.quality}", "{Net.layers[1].width}", "{Optimizer.Sgd.momentum}", "{Net.none}"];
    let program = place.script(script).args(arguments).current_dir("/");
    let mut study = study(12).name("a \"study\"".replace('"', "'")).build::<Net>().unwrap();
    study.run_command(program).unwrap();
    let view = study.view().unwrap();
    let note = |number: u64, key: &str| {
        let note = view.notes.iter().find(|note| note.trial == number && note.key == key).unwrap();
        serde_json::from_str::<serde_json::Value>(&note.value).unwrap()
    };
    for row in study.trials().unwrap() {
        let config = row.config.unwrap();
        assert_eq!(row.reward, Some(f64::from(config.quality)));
        let second = config.layers.get(1).map_or_else(String::new, |layer| layer.width.to_string());
        assert_eq!(note(row.number, "width"), second);
        let momentum = match config.optimizer {
            crate::Optimizer::Sgd { momentum } => momentum.to_string(),
            crate::Optimizer::Adam => String::new(),
        };
        assert_eq!(note(row.number, "momentum"), momentum);
        assert_eq!(note(row.number, "literal"), "{Net.none}");
        assert_eq!((note(row.number, "trial"), note(row.number, "attempt")), (row.number.into(), 1.into()));
        assert_eq!((note(row.number, "study"), note(row.number, "task")), ("a 'study'".into(), "default".into()));
        assert_eq!(note(row.number, "where"), "/");
    }
}

#[test]
fn programs_that_run_at_the_same_time_have_slots_of_their_own() {
    let place = Place::new();
    let slots = place.path("slots");
    fs::create_dir(&slots).unwrap();
    let script = format!(
        "mkdir '{0}'/$TRANSFER_NAS_SLOT || exit 3; sleep 0.05; rmdir '{0}'/$TRANSFER_NAS_SLOT
         echo \"{{\\\"reward\\\": $TRANSFER_NAS_SLOT}}\" > \"$TRANSFER_NAS_RESULTS\"",
        slots.display()
    );
    let rows = trials(study(24).workers(3), place.script(&script));
    let used: BTreeSet<u64> = rows.iter().map(|row| format!("{}", row.reward.unwrap()).parse().unwrap()).collect();
    assert_eq!(used, BTreeSet::from([0, 1, 2]));
}

#[test]
fn a_trial_that_is_tried_again_finds_its_directory() {
    let place = Place::new();
    let script = r#"
        test $TRANSFER_NAS_ATTEMPT = 1 || test "$(cat "$TRANSFER_NAS_DIR/left")" = "$TRANSFER_NAS_TRIAL" || exit 4
        echo $TRANSFER_NAS_TRIAL > "$TRANSFER_NAS_DIR/left"
        test $TRANSFER_NAS_ATTEMPT = 3 || exit 1
        echo '{"reward": 1}' > "$TRANSFER_NAS_RESULTS""#;
    let folder = place.path("trials");
    let mut study = study(3).retries(2).name("a/b").folder(&folder).build::<Net>().unwrap();
    study.run_command(place.script(script)).unwrap();
    for row in study.trials().unwrap() {
        assert_eq!((row.phase, row.retries, row.error.as_deref()), (Phase::Done, 2, None));
        let left = fs::read_to_string(folder.join("a%2fb").join(row.number.to_string()).join("left")).unwrap();
        assert_eq!(left.trim(), row.number.to_string());
    }
}

#[test]
fn what_went_wrong_is_said() {
    let place = Place::new();
    let script = |text: &str| trials(study(1), place.script(text));
    for (text, error) in [
        ("echo 'no memory' >&2; exit 3", "the program ended with exit status 3:\nno memory"),
        ("exit 3", "the program ended with exit status 3"),
        ("kill -s KILL $$", "the program was ended by signal 9"),
        (
            "exit 0",
            "the program ended without an outcome; have it write a line such as {\"reward\": 0.93} to the file named by TRANSFER_NAS_RESULTS",
        ),
        (r#"echo '{"failed": "diverged", "severity": 2}' > "$TRANSFER_NAS_RESULTS"; exit 1"#, "diverged"),
        (
            r#"echo '{"reward": 2}' > "$TRANSFER_NAS_RESULTS"; echo late >&2; exit 1"#,
            "the program ended with exit status 1 after it told the reward 2:\nlate",
        ),
        (
            r#"echo '{"reward": NaN}' > "$TRANSFER_NAS_RESULTS""#,
            "the reward is NaN; return a finite number, or an error where the evaluation failed",
        ),
    ] {
        assert_eq!(errors(&script(text)), [error]);
    }
    let many = script("for i in 1 2 3 4 5 6 7 8 9; do echo a$i >&2; echo b$i >&2; echo c$i >&2; done; exit 1");
    let said: Vec<&str> = many[0].error.as_deref().unwrap().lines().collect();
    assert_eq!((said.len(), said[1], said[20]), (21, "b3", "c9"), "the last twenty lines");
}

#[test]
fn a_program_that_cannot_be_started_ends_the_run_and_costs_no_trial() {
    let mut study = study(5).build::<Net>().unwrap();
    let error = study.run_command(Program::new("/no/such/program")).unwrap_err();
    assert!(matches!(error, StudyError::Program { .. }));
    assert_eq!(
        error.to_string(),
        "the program `/no/such/program` could not be started: No such file or directory (os error 2); is it there, and may it be executed?"
    );
    let place = Place::new();
    study.run_command(place.script(r#"echo '{"reward": 1}' > "$TRANSFER_NAS_RESULTS""#)).unwrap();
    assert!(study.trials().unwrap().iter().all(|row| row.phase == Phase::Done));
}

#[test]
fn answers_on_standard_output_stand_among_other_lines() {
    let place = Place::new();
    let script = r#"
        echo 'epoch 1'; echo '{"loss": 3}'; echo '{"step": 1, "value": 0.25}'; echo '{"step": 2, "value": 0.5}'
        printf '{"reward": 0.75}'"#;
    let mut study = study(2).build::<Net>().unwrap();
    study.run_command(place.script(script).answers_on_stdout()).unwrap();
    let curves = study.view().unwrap().curves();
    assert_eq!(curves, [(0, vec![(1, 0.25), (2, 0.5)]), (1, vec![(1, 0.25), (2, 0.5)])]);
    assert!(study.trials().unwrap().iter().all(|row| row.reward == Some(0.75)));
}

#[test]
fn one_that_takes_too_long_is_asked_to_end_and_then_killed() {
    let place = Place::new();
    let (patient, deaf) = ("trap 'touch \"$TRANSFER_NAS_DIR/asked\"; exit 0' TERM", "trap '' TERM");
    for (trap, is_asked) in [(patient, true), (deaf, false)] {
        let script = format!("{trap}\n(sleep 60)& sleep 60 & while true; do sleep 0.02; done");
        let folder = place.path(if is_asked { "patient" } else { "deaf" });
        let builder = study(2).workers(2).timeout(Duration::from_millis(200)).folder(&folder);
        let rows = trials(builder, place.script(&script).grace(Duration::from_millis(300)));
        assert_eq!(errors(&rows), ["no outcome within 200ms"; 2]);
        for row in rows {
            assert_eq!(folder.join(format!("study/{}/asked", row.number)).exists(), is_asked);
        }
        place.nobody_is_left();
    }
}

#[test]
fn one_that_does_not_promise_much_is_ended() {
    let place = Place::new();
    // What is worse than half of the others would go on for ever.
    let script = r#"
        echo "{\"step\": 1, \"value\": $1}" >> "$TRANSFER_NAS_RESULTS"
        sleep 0.2
        test $1 -gt 50 || sleep 60
        echo "{\"reward\": $1}" >> "$TRANSFER_NAS_RESULTS""#;
    let mut study = study(24).workers(2).pruner(MedianPruner::new().startup(1)).build::<Net>().unwrap();
    for quality in [60, 70, 80, 90] {
        let layers = vec![crate::Layer { width: 16, is_gated: false }];
        study.enqueue(Net { layers, optimizer: crate::Optimizer::Adam, quality }).unwrap();
    }
    study.run_command(place.script(script).arg("{Net.quality}").grace(Duration::from_millis(200))).unwrap();
    let rows = study.trials().unwrap();
    for row in &rows {
        let quality = f64::from(row.config.as_ref().unwrap().quality);
        assert_eq!(row.reward, Some(quality));
        assert!(row.phase == Phase::Pruned || quality > 50.0, "{row:?}");
        assert!(row.phase == Phase::Done || row.step == Some(1));
    }
    assert!(rows.iter().any(|row| row.phase == Phase::Pruned));
    place.nobody_is_left();
}

#[test]
fn a_reward_that_was_told_before_the_time_was_over_counts_where_the_program_ends_well() {
    let place = Place::new();
    let script = r#"
        trap 'exit 0' TERM
        echo '{"reward": 0.5}' >> "$TRANSFER_NAS_RESULTS"
        sleep 60 & wait"#;
    let rows = trials(study(1).timeout(Duration::from_millis(300)), place.script(script));
    assert_eq!((rows[0].phase, rows[0].reward), (Phase::Done, Some(0.5)));
}

#[test]
fn answers_are_found_in_a_file_that_is_written_anew() {
    let place = Place::new();
    let script = r#"
        for step in 1 2 3; do
            echo "{\"step\": $step, \"value\": 0.$step}" > "$TRANSFER_NAS_RESULTS"; sleep 0.3
        done
        echo '{"reward": 1}' > "$TRANSFER_NAS_RESULTS.new"; mv "$TRANSFER_NAS_RESULTS.new" "$TRANSFER_NAS_RESULTS""#;
    let mut study = study(1).build::<Net>().unwrap();
    study.run_command(place.script(script)).unwrap();
    assert_eq!(study.trials().unwrap()[0].reward, Some(1.0));
    // A line that is as long as the one before it stands where that was: it cannot be told from it.
    assert_eq!(study.view().unwrap().curves()[0].1.first(), Some(&(1, 0.1)));
}

#[test]
fn what_is_no_answer_is_said_where_there_is_no_outcome() {
    let place = Place::new();
    let rows = trials(study(1), place.script(r#"echo '{"accuracy": 0.9}' > "$TRANSFER_NAS_RESULTS""#));
    let said = rows[0].error.as_deref().unwrap();
    assert!(said.contains("the program ended without an outcome"), "{said}");
    assert!(said.contains("(`{\"accuracy\": 0.9}` is no answer: unknown field `accuracy`"), "{said}");
}

#[test]
fn a_program_that_says_much_and_never_ends_is_ended() {
    let place = Place::new();
    let script = r#"while true; do echo '{"step": 1, "value": 0.5} and more'; done"#;
    let builder = study(1).timeout(Duration::from_millis(500));
    let rows = trials(builder, place.script(script).answers_on_stdout().grace(Duration::from_millis(200)));
    assert_eq!(errors(&rows), ["no outcome within 500ms"]);
    place.nobody_is_left();
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_leaves_its_group_is_ended_all_the_same() {
    let place = Place::new();
    let script = place.write_script("trap '' TERM; sleep 5 & wait; sleep 60");
    let program = Program::new("setsid").arg("sh").arg(script).grace(Duration::from_millis(200));
    let begin = std::time::Instant::now();
    let rows = trials(study(1).timeout(Duration::from_millis(200)), program);
    assert_eq!(errors(&rows), ["no outcome within 200ms"]);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[test]
fn a_new_study_of_an_old_name_begins_with_empty_directories() {
    let place = Place::new();
    let script = r#"
        test -e "$TRANSFER_NAS_DIR/checkpoint" && exit 9
        touch "$TRANSFER_NAS_DIR/checkpoint"
        echo '{"reward": 1}' > "$TRANSFER_NAS_RESULTS""#;
    let folder = place.path("trials");
    for _ in 0..2 {
        let rows = trials(study(3).folder(&folder), place.script(script));
        assert!(rows.iter().all(|row| row.phase == Phase::Done), "{rows:?}");
    }
    assert!(folder.join("study/0.before-1/checkpoint").exists());
}

#[test]
fn what_a_program_leaves_running_is_ended_with_it() {
    let place = Place::new();
    let script = r#"
        sleep 60 & sh -c 'trap "" TERM HUP; sleep 60; true' &
        echo '{"reward": 1}' > "$TRANSFER_NAS_RESULTS""#;
    let rows = trials(study(3), place.script(script));
    assert!(rows.iter().all(|row| row.reward == Some(1.0)));
    place.nobody_is_left();
}

/// What a config is worth and what it costs.
struct Score;

impl Objectives for Score {
    const OBJECTIVES: &'static [Objective] = &[Objective::maximize("quality"), Objective::minimize("width")];

    fn values(&self) -> Vec<f64> {
        vec![0.0; 2]
    }

    fn from_values(values: &[f64]) -> Option<Self> {
        (values.len() == 2).then_some(Self)
    }
}

const SEVERAL: &str = r#"
    echo "{\"constraints\": [{\"name\": \"quality\", \"value\": $1, \"at_least\": 1000}]}" > "$TRANSFER_NAS_RESULTS"
    echo "{\"constraints\": [{\"name\": \"quality\", \"value\": $1, \"at_most\": 50}]}" >> "$TRANSFER_NAS_RESULTS"
    echo "{\"values\": {\"width\": $2, \"quality\": $1}}" >> "$TRANSFER_NAS_RESULTS""#;

fn check_several(rows: &[TrialRow<Net>]) {
    for row in rows {
        let net = row.config.as_ref().unwrap();
        let (quality, width) = (f64::from(net.quality), f64::from(net.layers[0].width));
        assert_eq!((row.phase, &row.values[..]), (Phase::Done, &[quality, width][..]));
        assert_eq!(row.reward, (quality <= 50.0).then_some(quality));
        assert_eq!((row.constraints.len(), row.constraints[0].at_most), (1, Some(50.0)));
    }
}

/// Of a study whose type is known, and by a worker that does not know it.
#[test]
fn a_program_tells_several_objectives_and_limits() {
    let place = Place::new();
    let program = || place.script(SEVERAL).args(["{Net.quality}", "{Net.layers[0].width}"]);
    check_several(&trials(study(12).objectives::<Score>(), program()));
    let store = place.path("runs.db");
    let builder = Study::open(&store).unwrap().seed(1).trials(12).quiet().ctrl_c(false).objectives::<Score>();
    let mut study = builder.build::<Net>().unwrap();
    let leader = std::thread::spawn(move || study.lead().map(|_| study));
    let summary = Worker::new(location::open_existing(&store).unwrap(), "study").quiet().run(program()).unwrap();
    check_several(&leader.join().unwrap().unwrap().trials().unwrap());
    assert_eq!((summary.done, summary.failed), (12, 0));
}

#[test]
fn a_program_that_tells_one_number_of_several_has_failed() {
    let place = Place::new();
    let one = trials(study(1).objectives::<Score>(), place.script(r#"echo '{"reward": 1}' > "$TRANSFER_NAS_RESULTS""#));
    assert_eq!(errors(&one), ["the outcome is one number, 1; the study has quality, width: give a value of each"]);
    let none = trials(study(1).objectives::<Score>(), place.script("true"));
    let example = r#"have it write a line such as {"values": {"quality": 0.93, "width": 0.93}} to the file"#;
    assert!(errors(&none)[0].contains(example), "{:?}", errors(&none));
}
