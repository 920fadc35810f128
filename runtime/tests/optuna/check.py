"""Opens an exported journal with Optuna and holds it against the JSON export: check.py JOURNAL JSON"""

import datetime
import json
import math
import sys

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.WARNING)
STATES = {"done": "COMPLETE", "pruned": "PRUNED", "failed": "FAIL", "running": "RUNNING", "queued": "WAITING"}


def same(value, label):
    """Whether a parameter's value is what the label says."""
    if isinstance(value, bool):
        return str(value).lower() == label
    return value == float(label) if isinstance(value, (int, float)) else value == label


def utc(text):
    return text and datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def time(naive):
    return naive and naive.astimezone(datetime.timezone.utc)


def names(expected):
    times = {}
    for place, (_, label) in zip(expected["places"], expected["trace"]):
        times[place] = times.get(place, 0) + 1
        yield (place if times[place] == 1 else f"{place}#{times[place]}"), label


def check(trial, expected):
    assert trial.number == expected["number"]
    assert trial.state.name == STATES[expected["phase"]], trial
    infinite = trial.value is not None and math.isinf(trial.value)
    assert infinite or trial.value == expected["reward"], trial
    assert time(trial.datetime_complete) == utc(expected["ended"] if trial.state.is_finished() else None), trial
    waits = expected["phase"] == "queued"
    assert waits or time(trial.datetime_start) == utc(expected["started"]), trial
    assert trial.user_attrs.get("error") == expected["error"], trial
    assert trial.user_attrs.get("origin") == expected["origin"], trial
    notes = {name: value for name, value in trial.user_attrs.items() if name.startswith("note:")}
    assert notes == {f"note:{key}": value for key, value in expected["notes"].items()}, trial
    labels = dict(names(expected))
    assert list(trial.params) == list(labels), trial
    assert all(same(trial.params[name], label) for name, label in labels.items()), trial
    assert all(trial.distributions[name]._contains(trial.distributions[name].to_internal_repr(value))
               for name, value in trial.params.items()), trial
    values = {value["step"]: value["value"] for value in expected["values"]}
    values = {step: -math.inf if value is None else value for step, value in values.items()}
    assert trial.intermediate_values == values, trial


with open(sys.argv[2]) as file:
    expected = json.load(file)
storage = JournalStorage(JournalFileBackend(sys.argv[1]))
study = optuna.load_study(study_name=expected["study"], storage=storage)
assert study.direction.name.lower() == expected["direction"]
assert study.user_attrs == {"space": expected["space"]["type"], "fingerprint": expected["space"]["fingerprint"]}
assert len(study.trials) == len(expected["trials"])
for trial, other in zip(study.trials, expected["trials"]):
    check(trial, other)
done = [trial["reward"] for trial in expected["trials"] if trial["phase"] == "done"]
assert study.best_value == (min if expected["direction"] == "minimize" else max)(done)
# Optuna can go on with it: its sampler learns from what is there.
trial = study.ask(fixed_distributions=study.best_trial.distributions)
study.tell(trial, 0.0)
states = [trial.state.name for trial in study.trials]
print({state: states.count(state) for state in STATES.values()}, expected["direction"], "best", study.best_value, study.best_params)
