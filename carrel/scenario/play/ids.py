"""Ids that are the same in every run: a function of the seed, of where in the story they are made, and of a count."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class SeededIds:
    """Makes ids as the database does, but not at random."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._where = ""
        self._made: Counter[str] = Counter()

    def __call__(self, prefix: str) -> str:
        """Return the next id."""
        self._made[self._where] += 1
        text = f"{self._seed}/{self._where}/{self._made[self._where]}"
        bits = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        return prefix + "-" + "".join(_ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))

    @contextmanager
    def within(self, where: str) -> Iterator[None]:
        """Count apart while the block lasts, so that what is made in it moves no other id."""
        before, self._where = self._where, where
        try:
            yield
        finally:
            self._where = before
