"""With the real MiniLM: what means the same is found without a shared word, and what nothing answers finds nothing."""

from pathlib import Path

import pytest

from carrel.bootstrap import Carrel

pytestmark = pytest.mark.slow

FACTS = (
    "Ada is allergic to peanuts.",
    "The boat lies in the harbour of Porto.",
    "Ben plays the violin every evening.",
    "We adopted a kitten from the shelter.",
    "小明喜欢喝绿茶。",
)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("which musical instrument does he practise", "Ben plays the violin every evening."),
        ("new pet", "We adopted a kitten from the shelter."),
        ("foods that make her ill", "Ada is allergic to peanuts."),
        ("where is the ship", "The boat lies in the harbour of Porto."),
        ("绿茶", "小明喜欢喝绿茶。"),
    ],
)
def test_found_by_meaning(home: Path, query: str, first: str) -> None:
    """The best hit is the one that answers."""
    with Carrel.open(home, "offline", "local") as carrel:
        ada = carrel.agent("ada")
        for fact in FACTS:
            ada.archival.insert(fact)
        carrel.store.embed_now()
        found = ada.memory.search.find(query, ("archival",), timeout_s=60)
    assert (found.mode, found.hits[0].text) == ("hybrid", first)


@pytest.mark.parametrize("query", ["quantum chromodynamics on a lattice", "price of bitcoin", "*", '"', "？！", "😀"])
def test_nothing_relevant(home: Path, query: str) -> None:
    """Nothing is said to be found rather than noise."""
    with Carrel.open(home, "offline", "local") as carrel:
        ada = carrel.agent("ada")
        for fact in FACTS:
            ada.archival.insert(fact)
        carrel.store.embed_now()
        found = ada.memory.search.find(query, ("archival",), timeout_s=60)
    assert (found.hits, found.total, found.pages) == ((), 0, 1)
