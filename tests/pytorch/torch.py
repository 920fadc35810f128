"""What the script of docs/checkpoint.md takes of PyTorch, in numpy: for machines where PyTorch is too large to be installed."""

import contextlib

import numpy

float32, bool = numpy.float32, numpy.bool_


class Tensor(numpy.ndarray):
    def view(self, shape):
        return self.reshape(shape)

    def log_softmax(self, dim):
        shifted = self - self.max(axis=dim, keepdims=True)
        return shifted - numpy.log(numpy.exp(shifted).sum(axis=dim, keepdims=True))


def tensor(array):
    return numpy.ndarray.view(numpy.asarray(array), Tensor)


def frombuffer(data, dtype):
    return tensor(numpy.frombuffer(data, dtype=dtype))


def cat(parts):
    return tensor(numpy.concatenate(parts))


def stack(parts):
    return tensor(numpy.stack(parts))


def ones(*shape, dtype):
    return tensor(numpy.ones(shape, dtype=dtype))


def triu(array, diagonal):
    return tensor(numpy.triu(array, diagonal))


def no_grad():
    return contextlib.nullcontext()


class TransformerEncoderLayer:
    """The layer as PyTorch documents it: one head, normalised after each part, ReLU between the linear maps."""

    def __init__(self, width, heads, hidden, dropout, batch_first):
        assert (heads, dropout, batch_first) == (1, 0, True)
        self.shapes = {
            "self_attn.in_proj_weight": (3 * width, width),
            "self_attn.in_proj_bias": (3 * width,),
            "self_attn.out_proj.weight": (width, width),
            "self_attn.out_proj.bias": (width,),
            "linear1.weight": (hidden, width),
            "linear1.bias": (hidden,),
            "linear2.weight": (width, hidden),
            "linear2.bias": (width,),
            **{f"{norm}.{part}": (width,) for norm in ("norm1", "norm2") for part in ("weight", "bias")},
        }

    def load_state_dict(self, state):
        assert {name: values.shape for name, values in state.items()} == self.shapes
        self.state = state

    def eval(self):
        return self

    def __call__(self, rows, src_mask=None):
        rows = self.normalised("norm1", rows + self.attention(rows, src_mask))
        hidden = numpy.maximum(self.linear("linear1", rows), 0)
        return self.normalised("norm2", rows + self.linear("linear2", hidden))

    def attention(self, rows, mask):
        weight, bias = self.state["self_attn.in_proj_weight"], self.state["self_attn.in_proj_bias"]
        query, key, value = numpy.split(rows @ weight.T + bias, 3, axis=-1)
        scores = query @ key.transpose(0, 2, 1) / numpy.sqrt(rows.shape[-1])
        if mask is not None:
            scores = numpy.where(mask, -numpy.inf, scores)
        weights = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = weights / weights.sum(axis=-1, keepdims=True) @ value
        return mixed @ self.state["self_attn.out_proj.weight"].T + self.state["self_attn.out_proj.bias"]

    def linear(self, name, rows):
        return rows @ self.state[f"{name}.weight"].T + self.state[f"{name}.bias"]

    def normalised(self, name, rows):
        centred = rows - rows.mean(axis=-1, keepdims=True)
        deviation = numpy.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
        return tensor(centred / deviation * self.state[f"{name}.weight"] + self.state[f"{name}.bias"])


class nn:
    TransformerEncoderLayer = TransformerEncoderLayer
