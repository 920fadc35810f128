"""Two objectives with Optuna: `python3 benches/peers/objectives.py --table test108.tsv.gz [--replicas 10] [--trials 1000] [--seed 0]`.

On NAS-Bench-101, test accuracy is maximised and ln(trainable parameters) minimised, over 21 edges of two values and 5 operations of three.
Each sampler has its default arguments, but for what its row names, and the seed of the replica; `--random` adds the random one. A figure
is the hypervolume of the counted trials so far: the area, in accuracy by ln(parameters), that they dominate above 0.80 and below 5e7
parameters. A repeated cell counts. One that the benchmark does not hold costs nothing: it is told as failed, and another is asked for. TPE
takes no notice of failed trials and, with its parameters independent, may then ask for one such cell again and again: a replica ends after
1,000 of them in a row, and keeps the hypervolume it had. So there is a row where TPE is told of them as pruned, which it counts among the
bad ones. The table has the columns `hash n adj ops params test_sum`; what it needs besides: `pip install optuna`. It takes minutes, in two
processes: `nice` it.
"""

import argparse
import functools
import gzip
import itertools
import json
import math
import multiprocessing
import os
import platform
import random
import statistics
from hashlib import md5

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # Before numpy, which Optuna loads.
import optuna

AT = [100, 300, 1000]
PROCESSES = 2
REDRAWS = 1_000
DIRECTIONS = ["maximize", "minimize"]
REFERENCE_ACCURACY, REFERENCE_PARAMS = 0.80, 5e7
VERTICES, MAX_EDGES, TEST_PREDICTIONS = 7, 9, 29_952
OPERATIONS = ["conv3x3", "conv1x1", "maxpool3x3"]
INPUT, OUTPUT = -1, -2
FAIL, PRUNED = optuna.trial.TrialState.FAIL, optuna.trial.TrialState.PRUNED
ROWS = {  # The sampler, its arguments, and what an invalid cell is told as.
    "NSGAIISampler": ("NSGAIISampler", {}, FAIL),
    "TPESampler": ("TPESampler", {}, FAIL),
    "TPESampler, invalid told as pruned": ("TPESampler", {}, PRUNED),
    "TPESampler, multivariate": ("TPESampler", {"multivariate": True}, FAIL),
    "RandomSampler": ("RandomSampler", {}, FAIL),
}

table = {}  # The accuracy and ln(parameters) of each hash; filled before the processes fork.


def read_table(path):
    """Fills the table, and returns the rows' hashes, edges and labels as they are written."""
    with gzip.open(path, "rt") as file:
        if next(file).split() != ["hash", "n", "adj", "ops", "params", "test_sum"]:
            raise SystemExit(f"{path}: the header is not `hash n adj ops params test_sum`")
        rows = [line.split() for line in file]
    for name, _, _, _, params, test_sum in rows:
        table[name] = int(test_sum) / TEST_PREDICTIONS, math.log(int(params))
    return [(name, int(n), adj, operations.strip("-")) for name, n, adj, operations, _, _ in rows]


def check(rows):
    for name, vertices, adj, operations in random.Random(0).sample(rows, 1000):
        edges = [pair for pair, digit in zip(pairs(vertices), adj) if digit == "1"]
        labels = [INPUT, *("31p".index(operation) for operation in operations), OUTPUT]
        assert module_hash(*prune(labels, edges)) == name, name


def pairs(vertices):
    """The strict upper triangle, row by row."""
    return itertools.combinations(range(vertices), 2)


def prune(labels, edges):
    """Drops what lies on no path from the input to the output; none where there is no path. The edges are sorted, and stay so."""
    reached, reaching = {0}, {len(labels) - 1}
    for source, target in edges:
        if source in reached:
            reached.add(target)
    for source, target in reversed(edges):
        if target in reaching:
            reaching.add(source)
    remaining = sorted(reached & reaching)
    if 0 not in remaining:
        return None
    new = {old: number for number, old in enumerate(remaining)}
    edges = [(new[source], new[target]) for source, target in edges if source in new and target in new]
    return tuple(labels[vertex] for vertex in remaining), tuple(edges)


def digest(text):
    return md5(text.encode()).hexdigest()


@functools.cache
def module_hash(labels, edges):
    """The benchmark's own `hash_module`."""
    sources, targets = [[] for _ in labels], [[] for _ in labels]
    for source, target in edges:
        targets[source].append(target)
        sources[target].append(source)
    hashes = [digest(str((len(after), len(before), label))) for after, before, label in zip(targets, sources, labels)]
    for _ in labels:
        before, after = (["".join(sorted(hashes[vertex] for vertex in side)) for side in sides] for sides in (sources, targets))
        hashes = [digest("|".join(parts)) for parts in zip(before, after, hashes)]
    return digest(str(sorted(hashes)))


def ask_cell(trial):
    """The hash of the cell that the trial suggests, none where the benchmark does not hold it."""
    edges = [pair for pair in pairs(VERTICES) if trial.suggest_categorical("edge{}-{}".format(*pair), [0, 1])]
    operations = [trial.suggest_categorical(f"operation{i}", OPERATIONS) for i in range(VERTICES - 2)]
    pruned = prune([INPUT, *map(OPERATIONS.index, operations), OUTPUT], edges)
    return module_hash(*pruned) if pruned and len(pruned[1]) <= MAX_EDGES else None


def hypervolume(points):
    gains = [(accuracy - REFERENCE_ACCURACY, math.log(REFERENCE_PARAMS) - ln_params) for accuracy, ln_params in points]
    area = height = 0.0
    for width, top in sorted(gains, reverse=True):
        if width > 0 and top > height:
            area += width * (top - height)
            height = top
    return area


def replica(task):
    row, seed, at = task
    sampler, options, told = ROWS[row]
    study = optuna.create_study(directions=DIRECTIONS, sampler=getattr(optuna.samplers, sampler)(seed=seed, **options))
    cells, invalid, in_a_row = [], 0, 0
    while len(cells) < at[-1] and in_a_row < REDRAWS:
        trial = study.ask()
        cell = ask_cell(trial)
        if cell is None:
            study.tell(trial, state=told)
            invalid, in_a_row = invalid + 1, in_a_row + 1
        else:
            study.tell(trial, table[cell])
            cells.append(cell)
            in_a_row = 0
    volumes = {str(n): hypervolume(table[cell] for cell in cells[:n]) for n in at}
    return {"row": row, "seed": seed, "hypervolume": volumes, "counted": len(cells), "invalid": invalid, "distinct": len(set(cells))}


def mean_and_error(values):
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return statistics.mean(values), error


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", required=True, help="the gzip file of accuracies")
    parser.add_argument("--replicas", type=int, default=10)
    parser.add_argument("--trials", type=int, default=1000, help="counted trials of a replica")
    parser.add_argument("--seed", type=int, default=0, help="of the first replica; the next ones count up")
    parser.add_argument("--random", action="store_true", help="the random sampler too")
    parser.add_argument("--json", action="store_true", help="a line for each replica too")
    parser.add_argument("--check", action="store_true", help="recompute the hash of 1,000 rows first")
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    rows = read_table(arguments.table)
    if arguments.check:
        check(rows)
    del rows
    whole = hypervolume(table.values())
    default = type(optuna.create_study(directions=DIRECTIONS).sampler).__name__
    at = [n for n in AT if n < arguments.trials] + [arguments.trials]
    seeds = range(arguments.seed, arguments.seed + arguments.replicas)
    results = {row: [] for row in ROWS if arguments.random or row != "RandomSampler"}
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        for result in pool.imap(replica, [(row, seed, at) for row in results for seed in seeds]):
            results[result["row"]].append(result)
            if arguments.json:
                print(json.dumps(result), flush=True)
    print(f"optuna {optuna.__version__}, whose default for two objectives is {default}; python {platform.python_version()}")
    print(f"seeds {seeds[0]} to {seeds[-1]}; hypervolume of the true front of {len(table):,} cells: {whole:.6f}\n")
    counts = ["counted", "invalid", "distinct"]
    print("| hypervolume | " + " | ".join([f"at {n:,}" for n in at] + counts) + " |\n|---|" + "---|" * (len(at) + len(counts)))
    for row, replicas in results.items():
        found = [mean_and_error([result["hypervolume"][str(n)] for result in replicas]) for n in at]
        shares = [f"{mean:.5f} ± {error:.5f} ({mean / whole:.2%})" for mean, error in found]
        means = [f"{statistics.mean(result[count] for result in replicas):,.0f}" for count in counts]
        print(f"| {row} | " + " | ".join(shares + means) + " |")


if __name__ == "__main__":
    main()
