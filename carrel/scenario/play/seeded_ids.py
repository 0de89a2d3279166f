"""Generate ids that are the same in every run, from the seed, a scope and a count."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class SeededIds:
    """A deterministic generator of ids in the form that the database uses."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._scope = ""
        self._counts: Counter[str] = Counter()

    def __call__(self, prefix: str) -> str:
        """Return the next id."""
        self._counts[self._scope] += 1
        text = f"{self._seed}/{self._scope}/{self._counts[self._scope]}"
        bits = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        return prefix + "-" + "".join(_ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))

    @contextmanager
    def within(self, scope: str) -> Iterator[None]:
        """Count separately inside the block, so that ids generated in it change no id after it."""
        outer, self._scope = self._scope, scope
        try:
            yield
        finally:
            self._scope = outer
