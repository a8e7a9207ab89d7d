"""Run a speech model of the Kokoro family and read the durations that it works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 24_000
UNIT_S = 600 / RATE_HZ
"""Both models measure durations in steps of 600 samples."""

DURATION = "duration"
_FLOAT = 1


@dataclass(frozen=True)
class Spoken:
    """Samples and the seconds that each token of the input takes, padding tokens included."""

    samples: NDArray[np.float32]
    token_s: NDArray[np.float64]


def open_session(model: bytes, *, threads: int) -> Any:
    """An inference session on *model*, quiet and bounded to *threads*."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that wait by spinning take the cores from whoever else works on this machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def expose(model: bytes, tensor: str) -> bytes:
    """
    *model* with its inner *tensor* as one more output, called "duration".

    An ONNX file is one protocol-buffers message, and messages that are written one after the other are
    merged by every reader: so a graph of a single Identity node is appended.
    Source: protobuf encoding guide, "Last One Wins" and merging; onnx.proto, ModelProto and GraphProto.
    """
    node = _field(1, tensor.encode()) + _field(2, DURATION.encode()) + _field(3, b"expose") + _field(4, b"Identity")
    value = _field(1, DURATION.encode()) + _field(2, _field(1, _varint(1 << 3) + _varint(_FLOAT)))
    return model + _field(7, _field(1, node) + _field(12, value))


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(number: int) -> bytes:
    encoded = b""
    while True:
        number, low = number >> 7, number & 127
        encoded += bytes([low | (128 if number else 0)])
        if not number:
            return encoded
