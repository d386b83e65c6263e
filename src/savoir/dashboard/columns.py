"""Columns of numbers in as few bytes as hold them."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Writer:
    """Columns one behind the other, each in the fewest bytes that hold it."""

    parts: list[bytes] = field(default_factory=list)
    places: dict[bytes, int] = field(default_factory=dict)
    size: int = 0

    def add(self, values: np.ndarray, decimals: int = 0) -> dict:
        """Write a column; return where it is and how it is read.

        Whole numbers are written as what they are above the smallest, byte planes
        apart, which is what deflate packs best; others as they are. What is there
        already is not written again.
        """
        base, kind = 0, values.dtype.type if values.dtype.kind == "f" else np.float64
        if values.dtype.kind in "iu" and len(values):
            base = int(values.min())
            span = int(values.max()) - base
            for narrower in (np.uint32, np.uint16, np.uint8):
                if span <= np.iinfo(narrower).max:
                    kind = narrower
        if kind in (np.float32, np.float64):
            base = 0
        array = (values - base).astype(kind)
        planes = array.view(np.uint8).reshape(len(array), -1).T if len(array) else array
        part = np.ascontiguousarray(planes).tobytes()
        if part not in self.places:
            self.places[part] = self.size
            self.parts.append(part)
            self.size += len(part)
        more = {"base": base, "decimals": decimals, "float": array.dtype.kind == "f"}
        where = {"at": self.places[part], "width": array.itemsize}
        return where | {name: value for name, value in more.items() if value}

    def joined(self) -> bytes:
        """Return all of them; each says where in it it is."""
        return b"".join(self.parts)


def grouped(
    filled: dict[str, np.ndarray], cuts: list[str]
) -> tuple[np.ndarray, dict[str, list[int]]]:
    """Return one code for several cuts, and for each of them its value by code."""
    together = np.zeros(len(filled["time"]), np.int64)
    for cut in cuts:
        together = _next(together, filled[cut])
    _, first, code = np.unique(together, return_index=True, return_inverse=True)
    return code, {cut: filled[cut][first].tolist() for cut in cuts}


def _next(together: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Number the pairs of two codes: they stay small, however many cuts there are."""
    _, dense = np.unique(together, return_inverse=True)
    return dense.astype(np.int64) * 65536 + codes
