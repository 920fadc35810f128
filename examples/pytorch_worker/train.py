#!/usr/bin/env python3
"""Trains a network on handwritten digits as a trial of a study says, and tells how well it does.

It has PyTorch train where that is installed, and does it with numpy otherwise. After each epoch it reports the accuracy on held-out
digits, and leaves all that it needs to go on in the trial's directory: where it was ended in the middle, the next attempt goes on from there.
"""

import argparse
import json
import os
import pickle
import sys
import time

import numpy as np

try:
    import torch
except ImportError:
    torch = None


def digits():
    """Pixels from 0 to 1 and labels of 1,797 digits (E. Alpaydin and C. Kaynak, UCI, 1998), the same third of them held out each time."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "train_mlp", "digits.txt")
    with open(path) as file:
        lines = [line.split() for line in file]
    labels = np.array([int(label) for label, _ in lines])
    pixels = np.array([[int(level, 17) for level in image] for _, image in lines]) / 16.0
    order = np.random.default_rng(0).permutation(len(labels))
    pixels, labels = pixels[order], labels[order]
    return (pixels[600:], labels[600:]), (pixels[:600], labels[:600])


class NumpyNetwork:
    """A multilayer perceptron, its gradients and its optimizer."""

    def __init__(self, config, generator):
        network = config["network"]
        self.generator, self.activation, self.optimizer = generator, network["activation"], config["optimizer"]
        self.rate = config["learning_rate"]
        self.dropout = [layer["dropout"] for layer in network["layers"]]
        sizes = [64] + [layer["width"] for layer in network["layers"]] + [10]
        pairs = list(zip(sizes, sizes[1:]))
        self.weights = [generator.normal(0, (2 / a) ** 0.5, (a, b)) for a, b in pairs] + [np.zeros(b) for _, b in pairs]
        self.first = [np.zeros_like(weight) for weight in self.weights]
        self.second = [np.zeros_like(weight) for weight in self.weights]
        self.steps = 0

    def forward(self, x, trains):
        depth, saved = len(self.weights) // 2, []
        for i in range(depth):
            saved.append(x)
            x = x @ self.weights[i] + self.weights[depth + i]
            if i < depth - 1:
                x = np.maximum(x, 0) if self.activation == "Relu" else np.tanh(x)
                mask = 1.0
                if trains and self.dropout[i] > 0:
                    mask = (self.generator.random(x.shape) >= self.dropout[i]) / (1 - self.dropout[i])
                slope = (x > 0) if self.activation == "Relu" else 1 - x**2
                saved[-1] = (saved[-1], slope * mask)
                x = x * mask
        return x, saved

    def learn(self, x, labels):
        scores, saved = self.forward(x, True)
        depth = len(self.weights) // 2
        shares = np.exp(scores - scores.max(1, keepdims=True))
        slope = shares / shares.sum(1, keepdims=True)
        slope[np.arange(len(labels)), labels] -= 1
        slope /= len(labels)
        gradients = [None] * (2 * depth)
        for i in reversed(range(depth)):
            below = saved[i] if i == depth - 1 else saved[i][0]
            gradients[i], gradients[depth + i] = below.T @ slope, slope.sum(0)
            if i > 0:
                slope = (slope @ self.weights[i].T) * saved[i - 1][1]
        self.descend(gradients)

    def descend(self, gradients):
        self.steps += 1
        for i, gradient in enumerate(gradients):
            if self.optimizer == "Adam":
                self.first[i] = 0.9 * self.first[i] + 0.1 * gradient
                self.second[i] = 0.999 * self.second[i] + 0.001 * gradient**2
                first = self.first[i] / (1 - 0.9**self.steps)
                second = self.second[i] / (1 - 0.999**self.steps)
                self.weights[i] -= self.rate * first / (second**0.5 + 1e-8)
            else:
                self.first[i] = self.optimizer["Sgd"]["momentum"] * self.first[i] + gradient
                self.weights[i] -= self.rate * self.first[i]

    def accuracy(self, x, labels):
        return float((self.forward(x, False)[0].argmax(1) == labels).mean())

    def state(self):
        return self.weights, self.first, self.second, self.steps, self.generator.bit_generator.state

    def restore(self, state):
        self.weights, self.first, self.second, self.steps, self.generator.bit_generator.state = state


class TorchNetwork:
    """The same with PyTorch, on the GPU of the worker's slot where there is one."""

    def __init__(self, config, generator):
        torch.manual_seed(int(generator.integers(2**31)))
        slot = int(os.environ.get("TRANSFER_NAS_SLOT", "0"))
        self.device = f"cuda:{slot % torch.cuda.device_count()}" if torch.cuda.is_available() else "cpu"
        torch.set_num_threads(1)
        network, parts, size = config["network"], [], 64
        for layer in network["layers"]:
            parts += [torch.nn.Linear(size, layer["width"])]
            parts += [torch.nn.ReLU() if network["activation"] == "Relu" else torch.nn.Tanh()]
            parts += [torch.nn.Dropout(layer["dropout"])]
            size = layer["width"]
        self.network = torch.nn.Sequential(*parts, torch.nn.Linear(size, 10)).to(self.device)
        optimizer, rate = config["optimizer"], config["learning_rate"]
        if optimizer == "Adam":
            self.optimizer = torch.optim.Adam(self.network.parameters(), lr=rate)
        else:
            momentum = optimizer["Sgd"]["momentum"]
            self.optimizer = torch.optim.SGD(self.network.parameters(), lr=rate, momentum=momentum)

    def tensors(self, x, labels):
        return torch.tensor(x, dtype=torch.float32, device=self.device), torch.tensor(labels, device=self.device)

    def learn(self, x, labels):
        x, labels = self.tensors(x, labels)
        self.network.train()
        self.optimizer.zero_grad()
        torch.nn.functional.cross_entropy(self.network(x), labels).backward()
        self.optimizer.step()

    def accuracy(self, x, labels):
        x, labels = self.tensors(x, labels)
        self.network.eval()
        with torch.no_grad():
            return float((self.network(x).argmax(1) == labels).float().mean())

    def state(self):
        return self.network.state_dict(), self.optimizer.state_dict()

    def restore(self, state):
        self.network.load_state_dict(state[0])
        self.optimizer.load_state_dict(state[1])


def say(**what):
    """Answers with one line."""
    with open(os.environ["TRANSFER_NAS_RESULTS"], "a") as results:
        results.write(json.dumps(what) + "\n")


def keep(path, what):
    """Writes a checkpoint, whole or not at all."""
    with open(path + ".new", "wb") as file:
        pickle.dump(what, file)
    os.replace(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--slow", type=float, default=0.0, help="seconds to sleep in each epoch, to watch")
    arguments = parser.parse_args()
    with open(os.environ["TRANSFER_NAS_CONFIG"]) as file:
        config = json.load(file)
    trial = int(os.environ["TRANSFER_NAS_TRIAL"])
    (pixels, labels), held_out = digits()
    generator = np.random.default_rng(trial)
    network = (TorchNetwork if torch else NumpyNetwork)(config, generator)
    checkpoint = os.path.join(os.environ["TRANSFER_NAS_DIR"], "checkpoint.pickle")
    curve = []
    if os.path.exists(checkpoint):
        with open(checkpoint, "rb") as file:
            curve, state = pickle.load(file)
        network.restore(state)
        print(f"goes on after epoch {len(curve)}", file=sys.stderr)
        # The curve of a trial is that of one attempt.
        for epoch, accuracy in enumerate(curve, 1):
            say(step=epoch, value=accuracy)
    begin = time.time()
    for epoch in range(len(curve) + 1, arguments.epochs + 1):
        order = np.random.default_rng(1000 * trial + epoch).permutation(len(labels))
        for start in range(0, len(order), config["batch"]):
            batch = order[start : start + config["batch"]]
            network.learn(pixels[batch], labels[batch])
        time.sleep(arguments.slow)
        curve.append(network.accuracy(*held_out))
        keep(checkpoint, (curve, network.state()))
        say(step=epoch, value=curve[-1])
    seconds = round(time.time() - begin, 2)
    say(reward=curve[-1], note={"seconds": seconds, "backend": "torch" if torch else "numpy"})


if __name__ == "__main__":
    main()
