"""Opens an exported journal of several objectives with Optuna: several.py JOURNAL FRONT, the numbers of the trials on the front"""

import sys

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.load_study(study_name=None, storage=JournalStorage(JournalFileBackend(sys.argv[1])))
front = sorted(int(number) for number in sys.argv[2].split(","))
assert len(study.directions) > 1 and len(study.metric_names) == len(study.directions), study.directions
assert all(trial.state.name == "COMPLETE" and len(trial.values) == len(study.directions) for trial in study.trials)
found = sorted(trial.number for trial in study.best_trials)
assert found == front, (found, front)
print(f"Optuna finds {len(study.trials)} trials with {study.metric_names}, {len(found)} of them on the front")
