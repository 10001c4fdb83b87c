"""Identifiers by hashing: the same for the same seed, day and number, and different for another seed."""

import numpy as np
import pyarrow as pa

from dashapp.demo.plan import Plan
from dashapp.demo.rows import Array

_DASHES = np.array([8, 13, 18, 23])


def mix(values: Array) -> Array:
    """Return well-spread 64 bits of each number (the finaliser of splitmix64), uint64."""
    with np.errstate(over="ignore"):
        x = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)))


def keyed(plan: Plan, purpose: int, day: int, numbers: Array) -> Array:
    """Return 64 bits for each number of a day, uint64, independent for each purpose."""
    key = mix(np.array([plan.seed * 1_000_003 + day, purpose], np.uint64))
    with np.errstate(over="ignore"):
        return mix(mix(numbers.astype(np.uint64) * np.uint64(0x9E3779B1) + key[0]) ^ key[1])


def _texts(characters: Array) -> pa.Array:
    count, width = characters.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    if count * width > np.iinfo(np.int32).max:
        raise ValueError(f"{count} identifiers are too many for one day")
    return pa.Array.from_buffers(
        pa.string(),
        count,
        [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(characters))],
    )


def hexes(*words: Array) -> pa.Array:
    """Return the words of 64 bits as hexadecimal text, 16 characters for each word."""
    return _texts(_characters(np.stack(words, axis=1)))


def _characters(data: Array) -> Array:
    width = data.shape[1] * 16
    return np.frombuffer(data.astype(">u8").tobytes().hex().encode(), np.uint8).reshape(len(data), width)


def guids(plan: Plan, purpose: int, day: int, numbers: Array) -> pa.Array:
    """Return a version 4 UUID as text for each number of a day."""
    high, low = keyed(plan, purpose, day, numbers), keyed(plan, purpose + 1, day, numbers)
    high = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
    low = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(0x8000000000000000)
    digits = _characters(np.stack([high, low], axis=1))
    text = np.full((len(numbers), 36), ord("-"), np.uint8)
    text[:, np.delete(np.arange(36), _DASHES)] = digits
    return _texts(text)
