"""Whether pandas, with nothing but read_csv, finds each value of a study in its table, and nothing where nothing was decided."""

import json
import sys

import pandas

FACTS = {"number", "phase", "reward", "error", "retries", "worker", "started", "seconds", "task", "origin", "notes"}


def text(cell):
    return json.loads(cell) if isinstance(cell, str) and cell.startswith('"') else cell


def equal(cell, value):
    if isinstance(value, bool):
        return str(cell).lower() == str(value).lower()
    if isinstance(value, (int, float)):
        return float(cell) == value
    return text(cell) == value or str(cell) == value


def values(trial):
    """The value at each place."""
    times = {}
    for (state, _), place in zip(trial["trace"], trial["places"], strict=True):
        value = trial["config"][state]
        if isinstance(value, list):
            value = value[times.setdefault(state, 0)]
            times[state] += 1
        yield place, value


table = pandas.read_csv(sys.argv[1])
with open(sys.argv[2], encoding="utf-8") as file:
    trials = json.load(file)["trials"]
assert len(table) == len(trials), (len(table), len(trials))
found = 0
for row, trial in zip(table.to_dict("records"), trials, strict=True):
    decided = dict(values(trial))
    assert len(decided) == len(trial["places"]), trial["places"]
    for place, value in decided.items():
        assert equal(row[place], value), (trial["number"], place, row[place], value)
    for column in set(table.columns) - FACTS - set(decided):
        assert pandas.isna(row[column]), (trial["number"], column, row[column])
    for name in ["reward", "error"]:
        is_missing = pandas.isna(row[name]) and trial[name] is None
        assert is_missing or text(row[name]) == trial[name], (trial["number"], name, row[name], trial[name])
    notes = {} if pandas.isna(row["notes"]) else json.loads(row["notes"])
    assert notes == trial["notes"], (trial["number"], row["notes"], trial["notes"])
    found += len(decided)
print(f"{found} values in {len(trials)} trials")
