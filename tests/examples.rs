//! The examples as a user runs them: what they print, and how they end.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Cargo builds the examples before the tests, beside them.
fn example(name: &str) -> Command {
    let mut path = std::env::current_exe().expect("the test has a path");
    path.pop();
    path.pop();
    Command::new(path.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION))
}

fn table() -> Option<PathBuf> {
    let given = std::env::var_os("TRANSFER_NAS_TABLE").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/nasbench101/test108.tsv.gz");
    let path = given.unwrap_or(beside);
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: no NAS-Bench-101 table at {}", path.display());
    None
}

/// Standard output as JSON lines; standard error must be empty, since it is no terminal.
fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn double_xor_prints_one_object_and_draws_its_plots() {
    let directory = tempfile::tempdir().unwrap();
    let run = || {
        let mut command = example("double_xor");
        command.args(["--replicas", "2", "--trials", "150", "--seed", "9", "--json", "--plots"]).arg(directory.path());
        lines(&command.output().unwrap())
    };
    let [line] = &run()[..] else { panic!("one line") };
    assert_eq!(line["example"], "double_xor");
    assert_eq!(line["attention"], "causal");
    assert_eq!((&line["replicas"], &line["trials"]), (&Value::from(2), &Value::from(150)));
    assert_eq!((line["reached"].as_array().unwrap().len(), line["final"].as_array().unwrap().len()), (2, 2));
    assert!(line["trials_per_second"].as_f64().unwrap() > 0.0);
    assert_eq!(run()[0]["final"], line["final"], "the same seed gives the same figures");

    let svg = std::fs::read_to_string(directory.path().join("double_xor_attention.svg")).unwrap();
    assert!(svg.contains("DoubleXor.s7"));
    for name in ["double_xor_curve.png", "double_xor_attention.png"] {
        assert!(std::fs::read(directory.path().join(name)).unwrap().starts_with(b"\x89PNG"));
    }
    assert!(directory.path().join("double_xor_curve.svg").is_file());
}

#[test]
fn double_xor_prints_one_object_an_agent() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = example("double_xor");
    command.args(["--replicas", "1", "--trials", "120", "--agent", "lstm,lstm-shared,transformer", "--json"]);
    let lines = lines(&command.output().unwrap());
    let agents: Vec<&str> = lines.iter().map(|line| line["agent"].as_str().unwrap()).collect();
    assert_eq!(agents, ["lstm", "lstm_shared", "transformer"]);
    assert!(lines.iter().all(|line| line["final"].as_array().unwrap().len() == 1));

    let mut command = example("double_xor");
    command.args(["--replicas", "1", "--trials", "120", "--agent", "lstm", "--plots"]).arg(directory.path());
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(text.starts_with("double XOR, LSTM, 120 trials a replica"), "{text}");
    assert!(text.lines().last().unwrap().starts_with("wrote double_xor_curve, .svg and .png, to "), "{text}");
    assert!(directory.path().join("double_xor_curve.svg").is_file());
    assert!(!directory.path().join("double_xor_attention.svg").exists(), "an LSTM has no attention");
}

#[test]
fn chains_measures_each_chain_and_draws_both_costs() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = example("chains");
    command.args(["--lengths", "26,10", "--actions", "10,2", "--trials", "2", "--warmup", "1", "--json", "--plots"]);
    let lines = lines(&command.arg(directory.path()).output().unwrap());
    let chains: Vec<_> = lines.iter().map(|line| (&line["decisions"], &line["actions"])).collect();
    let expected = [(10, 2), (26, 2), (10, 10), (26, 10)].map(|(n, k)| (Value::from(n), Value::from(k)));
    assert_eq!(chains, expected.iter().map(|(n, k)| (n, k)).collect::<Vec<_>>());
    for line in &lines {
        assert_eq!((&line["example"], &line["attention"]), (&Value::from("chains"), &Value::from("causal")));
        assert_eq!((&line["trials"], &line["warmup"]), (&Value::from(2), &Value::from(1)));
        assert!(line["ms"].as_f64().unwrap() > 0.0);
        if cfg!(target_os = "linux") {
            assert!((1.0..200.0).contains(&line["peak_mb"].as_f64().unwrap()), "{line}");
        }
    }

    let svg = std::fs::read_to_string(directory.path().join("chains.svg")).unwrap();
    for text in ["decisions", "time of a trial (ms)", "10 actions", "grows as n²"] {
        assert!(svg.contains(text), "{text}");
    }
    assert_eq!(svg.contains("peak memory of the process (MB)"), cfg!(target_os = "linux"));
    assert!(std::fs::read(directory.path().join("chains.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn chains_prints_a_table_and_knows_its_chains() {
    let run = |arguments: &[&str]| example("chains").args(["--trials", "1", "--warmup", "0"]).args(arguments).output();
    let output = run(&["--attention", "full", "--actions", "2"]).unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("chains, full attention, median of 1 trials after 0, seed 0"), "{text}");
    let lengths: Vec<&str> = text.lines().skip(2).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(lengths, ["10", "26"], "longer chains are asked for where attention is full");

    let output = run(&["--lengths", "11"]).unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("not one of 10, 26, 100, 400"), "{text}");
}

#[test]
fn nasbench101_runs_without_a_table_and_says_what_its_figures_are() {
    let run = |json: bool| {
        let mut command = example("nasbench101");
        command.args(["--replicas", "1", "--trials", "50", "--method", "local,random"]);
        command.args(json.then_some("--json")).output().unwrap()
    };
    let text = String::from_utf8(run(false).stdout).unwrap();
    assert!(text.starts_with("A surrogate, not the benchmark"), "{text}");
    for line in lines(&run(true)) {
        assert_eq!(line["data"], "surrogate");
        assert!((0.9..0.95).contains(&line["best_at"]["50"].as_f64().unwrap()));
    }

    let missing = example("nasbench101").args(["--table", "no/such/file.tsv.gz"]).output().unwrap();
    assert_eq!((missing.status.code(), missing.stdout.as_slice()), (Some(2), &b""[..]));
    let text = String::from_utf8(missing.stderr).unwrap();
    assert_eq!(text.matches("no/such/file.tsv.gz").count(), 1, "{text}");
    assert_eq!(text.lines().count(), 1);
}

/// Every method at a small size: the same figures whatever the number of threads, and the plots.
#[test]
fn nasbench101_compares_all_methods() {
    let methods = [
        "scratch",
        "climbing",
        "transfer",
        "transfer-elites",
        "random",
        "evolution",
        "evolution-elites",
        "local",
        "local-elites",
        "lstm",
        "lstm-shared",
    ];
    let run = |threads: &str, plots: &Path| {
        let mut command = example("nasbench101");
        command.args(["--replicas", "2", "--trials", "50", "--pretrain", "60", "--unique", "--json", "--method"]);
        command.arg(methods.join(",")).arg("--plots").arg(plots).env("RAYON_NUM_THREADS", threads);
        lines(&command.output().unwrap())
    };
    let directory = tempfile::tempdir().unwrap();
    let found = run("1", directory.path());
    assert_eq!(found.len(), methods.len());
    for (line, again) in found.iter().zip(run("3", directory.path())) {
        assert_eq!((&line["best_at"], &line["unique"]), (&again["best_at"], &Value::Bool(true)));
        let pretrained = ["transfer", "transfer_elites", "evolution_elites", "local_elites"]
            .contains(&line["method"].as_str().unwrap());
        assert_eq!(line["pretrain_trials"], if pretrained { 60 } else { 0 });
        assert_eq!(line["pretrain_unique"], pretrained);
    }
    for name in
        ["nasbench101_accuracy.svg", "nasbench101_accuracy.png", "nasbench101_regret.svg", "nasbench101_regret.png"]
    {
        assert!(directory.path().join(name).is_file(), "{name}");
    }
    let csv = std::fs::read_to_string(directory.path().join("nasbench101.csv")).unwrap();
    assert_eq!(csv.lines().next(), Some("method,trial,mean,low,high"));
    assert_eq!(csv.lines().count(), 1 + methods.len() * 50);
}

/// The kind of table decides what is rewarded, and the first line says so.
#[test]
fn nasbench101_searches_for_accuracy_and_few_parameters() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = example("nasbench101");
    command.args(["--objectives", "accuracy,params", "--method", "random,evolution,bayesian", "--json"]);
    command.args(["--replicas", "2", "--trials", "100"]).arg("--plots").arg(directory.path());
    let found = lines(&command.output().unwrap());
    let at = |line: &Value| line["hypervolume_at"]["100"].as_f64().unwrap();
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|line| line["data"] == "surrogate" && (0.2..0.7).contains(&at(line))), "{found:?}");
    for name in ["nasbench101_hypervolume", "nasbench101_fronts"] {
        for extension in ["svg", "png"] {
            assert!(directory.path().join(format!("{name}.{extension}")).is_file(), "{name}.{extension}");
        }
    }
    let output = example("nasbench101").args(["--objectives", "params"]).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text, "nasbench101: the objectives are `accuracy` and `params`, each once\n");
}

#[test]
fn nasbench101_knows_a_table_with_validation_accuracies() {
    use transfer_nas::nasbench::{CellConfig, Row, Surrogate, Table};
    use transfer_nas::search::RandomSearch;

    let mut search = RandomSearch::<CellConfig>::new(3);
    let mut lines = vec!["hash\tn\tadj\tops\tparams\ttest_sum\tvalid_1\tvalid_2\tvalid_3\n".to_owned()];
    let mut rows = std::collections::BTreeMap::new();
    for _ in 0..3000 {
        let cell = search.sample().unwrap().cell().prune().unwrap();
        let sum = (29_952.0 * Surrogate::embedded().accuracy(&cell).unwrap()).round();
        rows.insert(cell.hash().unwrap(), (cell, sum));
    }
    for (hash, (cell, sum)) in &rows {
        let valid = (sum / 3.0).round();
        lines.push(format!("{hash}\t{}\t1\t{sum}\t{valid}\t{valid}\t{valid}\n", columns(cell)));
    }
    let text = lines.concat();
    let table = Table::read(text.as_bytes()).unwrap();
    assert!(table.has_validation() && table.rows().iter().all(|row: &Row| row.validation(2).is_some()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.tsv");
    std::fs::write(&path, text).unwrap();
    // Cells that this small table lacks end the run with a word; the kind of data is known before.
    let output = example("nasbench101")
        .args(["--replicas", "1", "--trials", "1", "--method", "random", "--table"])
        .arg(&path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("The reward is the validation accuracy of one run of three"), "{text}");
}

/// The columns `n`, `adj` and `ops` of a cell.
fn columns(cell: &transfer_nas::nasbench::Cell) -> String {
    use transfer_nas::nasbench::Operation;

    let n = cell.vertices();
    let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let adjacency: String = pairs.map(|(i, j)| if cell.has_edge(i, j) { '1' } else { '0' }).collect();
    let operations: String = cell
        .operations()
        .iter()
        .map(|operation| match operation {
            Operation::Conv3x3 => '3',
            Operation::Conv1x1 => '1',
            Operation::MaxPool3x3 => 'p',
        })
        .collect();
    format!("{n}\t{adjacency}\t{}", if operations.is_empty() { "-".to_owned() } else { operations })
}

#[test]
fn nasbench101_prints_one_object_a_method() {
    let Some(table) = table() else { return };
    let run = |threads: &str| {
        let mut command = example("nasbench101");
        command.args(["--replicas", "3", "--trials", "60", "--json"]).arg("--table").arg(&table);
        lines(&command.env("RAYON_NUM_THREADS", threads).output().unwrap())
    };
    let lines = run("1");
    let methods: Vec<&str> = lines.iter().map(|line| line["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["scratch", "random"]);
    for (line, again) in lines.iter().zip(run("3")) {
        let best = line["best_at"]["50"].as_f64().unwrap();
        assert!((0.9..0.9432).contains(&best));
        assert_eq!(line["best_at"], again["best_at"], "the same figures whatever the number of threads");
        assert!(line["sem_at"]["50"].as_f64().unwrap() > 0.0);
        assert!(line["crossing"]["0.942"].is_null());
        assert!((0.5..1.0).contains(&line["acceptance"].as_f64().unwrap()));
    }
}

#[test]
fn joint_graph_prints_the_figure_of_its_page() {
    let print = |format: &str| {
        let output = example("joint_graph").args(["--format", format]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let page = include_str!("../docs/spaces.md");
    assert!(page.contains(&format!("```mermaid\n{}```\n", print("mermaid"))), "docs/spaces.md shows another graph");

    let picture = include_str!("../docs/images/joint_space.svg");
    let dot = print("dot");
    let texts: Vec<&str> = dot.lines().filter_map(|line| line.split("label=\"").nth(1)?.split('"').next()).collect();
    assert_eq!(texts.len(), picture.matches("</text>").count());
    for text in texts {
        assert!(picture.contains(&format!(">{text}</text>")), "docs/images/joint_space.svg lacks `{text}`");
    }
}

#[test]
fn fit_surrogate_writes_a_file_that_is_read() {
    let Some(table) = table() else { return };
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("surrogate.safetensors");
    let mut command = example("fit_surrogate");
    command.args(["--epochs", "2", "--subset", "20000", "--validate", "--json", "--table"]).arg(&table);
    let [line] = &lines(&command.arg("--out").arg(&out).output().unwrap())[..] else { panic!("one line") };
    assert_eq!((&line["fitted_cells"], &line["validation"]), (&Value::from(20_000), &Value::from(true)));
    assert!((42_000..43_000).contains(&line["cells"].as_u64().unwrap()));
    assert!(line["spearman"].as_f64().unwrap() > 0.8, "{line}");
    let bytes = std::fs::read(out).unwrap();
    assert_eq!(line["bytes"], bytes.len());
    assert!(transfer_nas::nasbench::Surrogate::read(&bytes).is_ok());
}

/// Seed 40, four studies each: with a pruner the agent knows better configs after the same epochs. The margin is three of the
/// standard errors that the example's page has for ten studies.
#[test]
fn pruning_is_worth_its_trials() {
    let mut command = example("pruning");
    command.args(["--replicas", "4", "--budgets", "1000", "--seed", "40", "--json"]);
    let lines = lines(&command.output().unwrap());
    let pruners: Vec<&str> = lines.iter().map(|line| line["pruner"].as_str().unwrap()).collect();
    assert_eq!(pruners, ["none", "median", "halving"]);
    let last = |line: &Value| line["last"].as_f64().unwrap();
    assert_eq!(lines[0]["pruned"], 0.0);
    assert!(lines[1..].iter().all(|line| last(line) > last(&lines[0]) + 0.03), "{lines:?}");
}

/// Seed 0, three instances: half of them are solved long before 200 trials, which random search does not do.
#[test]
fn strategies_are_compared_and_the_default_finds_parity() {
    let mut command = example("strategies");
    command.args(["--problem", "parity", "--method", "bayesian,random", "--noise", "0", "--replicas", "3"]);
    let lines = lines(&command.args(["--trials", "200", "--json"]).output().unwrap());
    let solved: Vec<_> = lines.iter().map(|line| line["median_solved"].as_u64()).collect();
    assert_eq!(solved.len(), 2);
    assert!(solved[0].is_some_and(|trial| trial <= 200), "{solved:?}");
}

/// A tiny bench of all cases: one object for each case and search, and the same figures from the same seed.
#[test]
fn transfers_are_compared_in_every_case() {
    let run = |threads: &str| {
        let mut command = example("transfers");
        command.args(["--replicas", "2", "--trials", "20", "--source-trials", "20", "--seed", "100", "--json"]);
        lines(&command.env("RAYON_NUM_THREADS", threads).output().unwrap())
    };
    let found = run("1");
    assert_eq!(found.len(), 10 * 3);
    for line in &found {
        let regrets = line["regret_at"].as_object().unwrap();
        assert_eq!(regrets.keys().collect::<Vec<_>>(), ["10", "20"]);
        assert!(regrets.values().all(|regret| regret.as_f64().unwrap() >= 0.0), "{line}");
        assert_eq!(line["correlations"].as_object().unwrap().len(), if line["case"] == "many" { 4 } else { 1 });
    }
    assert_eq!(found, run("2"), "the same seed gives the same figures, whatever the number of threads");
}

/// Seed 100, four replicas: of the same type the best configs of a related source are ahead after ten trials, as random configs are not.
#[test]
fn transfers_of_elites_pay_where_the_source_is_related() {
    let mut command = example("transfers");
    command.args(["--case", "same", "--method", "cold,elites", "--replicas", "4", "--trials", "10"]);
    let found = lines(&command.args(["--source-trials", "100", "--seed", "100", "--json"]).output().unwrap());
    let [cold, elites] = [0, 1].map(|method: usize| found[method]["regret_at"]["10"].as_f64().unwrap());
    assert!(elites < cold, "{elites} {cold}");
    let correlation = found[0]["correlations"]["related"].as_f64().unwrap();
    assert!((0.6..0.95).contains(&correlation), "{correlation}");
}

/// Seed 0, four replicas of 120 trials: the mean best is beyond what random search has after 1,000 (0.9404).
#[test]
fn the_default_is_quick_on_the_table() {
    let Some(table) = table() else { return };
    let mut command = example("nasbench101");
    command.arg("--table").arg(table).args(["--method", "bayesian", "--unique", "--replicas", "4", "--trials", "120"]);
    let lines = lines(&command.args(["--pending", "4", "--json"]).output().unwrap());
    let best = lines[0]["best_at"]["100"].as_f64().unwrap();
    assert!(best > 0.9404, "{best}");
}
