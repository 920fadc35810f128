#!/usr/bin/env python3
"""A worker as a loop of Python's own: `worker.py http://127.0.0.1:8080 digits`. It asks `transfer-nas serve` for trials, trains, and tells."""

import os
import sys

import numpy as np

from train import NumpyNetwork, TorchNetwork, digits, torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "clients", "python"))
from transfer_nas import Study  # noqa: E402

EPOCHS = 12


def train(trial, data):
    (pixels, labels), held_out = data
    network = (TorchNetwork if torch else NumpyNetwork)(trial.config, np.random.default_rng(trial.number))
    accuracy = 0.0
    for epoch in range(1, EPOCHS + 1):
        order = np.random.default_rng(1000 * trial.number + epoch).permutation(len(labels))
        for start in range(0, len(order), trial.config["batch"]):
            batch = order[start : start + trial.config["batch"]]
            network.learn(pixels[batch], labels[batch])
        accuracy = network.accuracy(*held_out)
        if trial.report(epoch, accuracy):
            return trial.prune()
    trial.note("backend", "torch" if torch else "numpy")
    return trial.tell(accuracy)


def main():
    address, study = sys.argv[1:3]
    data = digits()
    for trial in Study(address, study).trials():
        with trial:
            train(trial, data)
        print(f"trial {trial.number} is told", flush=True)


if __name__ == "__main__":
    main()
