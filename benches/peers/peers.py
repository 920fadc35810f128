"""What a trial costs beside other libraries, in one run: `python3 benches/peers/peers.py [--torch torch_agent.py] [--rounds 3]`.

A chain of 26 decisions (21 of two actions, 5 of three), ask and tell, on one thread; milliseconds at trial 100, 500, 1,000 and 2,000
(the median of 40 trials from there). `--torch` names a script that times the same agent in PyTorch with `--bench`. What is not installed is
passed over with a word: `pip install torch numpy scipy optuna rustuna`.
"""

import argparse
import importlib.metadata
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

AT, WINDOW = [100, 500, 1000, 2000], 40
GP_WINDOW = 10
STATES = [(f"edge{i}", 2) for i in range(21)] + [(f"operation{i}", 3) for i in range(5)]


def reward(actions):
    return sum((i + 1) * action for i, action in enumerate(actions)) % 17 / 17


def cost(trial, at=AT, window=WINDOW):
    times = []
    for _ in range(at[-1] + window):
        begin = time.perf_counter()
        trial()
        times.append(1e3 * (time.perf_counter() - begin))
    return {str(n): statistics.median(times[n : n + window]) for n in at}


def suggesting(study, at=AT, name_trial=lambda trial: trial, window=WINDOW):
    def trial():
        asked = study.ask()
        actions = [asked.suggest_categorical(name, list(range(size))) for name, size in STATES]
        study.tell(name_trial(asked), reward(actions))

    return cost(trial, at, window)


def optuna_costs():
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    tpe = optuna.samplers.TPESampler
    yield "Optuna, TPE multivariate (its default)", suggesting(optuna.create_study(direction="maximize", sampler=tpe(seed=1, multivariate=True)))
    independent = tpe(seed=1, multivariate=False)
    yield "Optuna, TPE independent", suggesting(optuna.create_study(direction="maximize", sampler=independent), AT[:2])
    try:
        yield "Optuna, Gaussian process", suggesting(gaussian_process(optuna), AT[:1], window=GP_WINDOW)
    except ImportError as missing:
        print(f"passed over: Optuna's Gaussian process needs torch and scipy: {missing}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        storage = f"sqlite:///{folder}/runs.db"
        random = optuna.samplers.RandomSampler(seed=1)
        yield "Optuna, random, a study in a file", suggesting(optuna.create_study(storage=storage, sampler=random), AT[:1])


def gaussian_process(optuna):
    """It is slow and its cost grows with the trials: it is timed at the first point only, and over fewer trials."""
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    import scipy, torch  # Optuna loads them late: here, so that it is passed over where one is missing.

    torch.set_num_threads(1)
    return optuna.create_study(direction="maximize", sampler=optuna.samplers.GPSampler(seed=1))


def rustuna_costs():
    import rustuna

    study = rustuna.create_study(direction="maximize", sampler=rustuna.samplers.TPESampler(seed=1))
    yield "rustuna, TPE (its default)", suggesting(study, name_trial=lambda trial: trial.number)


def torch_costs(script):
    """The script ends with a line for each of its modes: `causal best round: sample 1.00 learn 2.00 trial 3.00 ..`."""
    command = [sys.executable, script, "--bench", "--attn", "both", "--rounds", "3"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for mode, trial in re.findall(r"^(\S.*?) +best round: .*?trial +([0-9.]+)", output, re.MULTILINE):
        yield f"PyTorch, {mode}", {"any": float(trial)}


def rust_costs():
    here = Path(__file__).parent
    command = ["cargo", "run", "--quiet", "--release", "--manifest-path", str(here / "Cargo.toml")]
    yield from json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout).items()


def versions():
    for package in ["torch", "optuna", "rustuna"]:
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{package} is not installed"
    lock = (Path(__file__).parent / "Cargo.lock").read_text().split("[[package]]")
    for package in ["optimizer", "tpe"]:
        found = next(part for part in lock if f'name = "{package}"\n' in part)
        yield f"{package} {found.split('version = ')[1].split(chr(10))[0].strip(chr(34))}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch", help="a script that times the same agent in PyTorch")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = os.environ["RAYON_NUM_THREADS"] = "1"
    sources = [rust_costs, rustuna_costs, optuna_costs]
    if arguments.torch:
        sources.append(lambda: torch_costs(arguments.torch))
    rounds = {}
    for _ in range(arguments.rounds):
        for source in sources:
            try:
                for name, costs in source():
                    rounds.setdefault(name, []).append(costs)
            except ImportError as missing:
                print(f"passed over: {missing}", file=sys.stderr)
    print("\n".join(versions()))
    print("\n| ms a trial | " + " | ".join(f"at {n:,}" for n in AT) + " | ratio |\n|---|" + "---|" * (len(AT) + 1))
    ours = rounds["transfer-nas, causal"]
    for name, all_costs in rounds.items():
        print(f"| {name} | " + " | ".join(spread(all_costs, str(n)) for n in AT) + f" | {ratio(all_costs, ours)} |")


def known(costs, at):
    return costs.get(at, costs.get("any"))


def spread(rounds, at):
    """The median of the rounds, and the least and the most."""
    values = sorted(value for value in (known(costs, at) for costs in rounds) if value is not None)
    return f"{statistics.median(values):.3g} ({values[0]:.3g} to {values[-1]:.3g})" if values else ""


def ratio(rounds, ours):
    """The median, over the rounds, of the ratio to ours of the same round, at the last trial that was timed."""
    at = [str(n) for n in AT if known(rounds[0], str(n)) is not None][-1]
    return f"{statistics.median(known(theirs, at) / known(own, at) for theirs, own in zip(rounds, ours)):.2g}"


if __name__ == "__main__":
    main()
