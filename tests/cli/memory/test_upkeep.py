"""`carrel memory verify | reindex`: what is wrong is counted, reported and repaired."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from carrel.models.embedders.minilm_weights import FINGERPRINT
from tests.cli.conftest import FACTS
from tests.cli.harness import Ran, carrel, environment, sql, write_jsonl

WELL = {
    "without_words": 0,
    "with_vector": 0,
    "waiting": 0,
    "failed": 0,
    "missing": 0,
    "orphans": 0,
    "broken": 0,
    "sound": True,
}

ADVICE = "Something needs attention, see above."


def tiers(ran: Ran) -> dict[str, dict[str, Any]]:
    """Return the tiers of a report by their names."""
    return {tier.pop("tier"): tier for tier in ran.data["tiers"]}


def archival(**expected: object) -> dict[str, object]:
    """Return a report of the three facts."""
    return {"rows": 3, **WELL, **expected}


def test_a_sound_memory_needs_nothing(tmp_path: Path) -> None:
    """Without an embedder rows wait for one and all is well; the counts are those of each tier."""
    said = ({"role": "user", "text": "One."}, {"role": "assistant", "text": "Two."})
    carrel("import", str(write_jsonl(tmp_path / "talk.jsonl", *said)))
    carrel("memory", "add", FACTS[0])
    carrel("memory", "add", FACTS[1])
    ran = carrel("memory", "verify", "--json")
    assert (ran.code, ran.err, json.loads(ran.out)["schema"]) == (0, "", "carrel/memory.verify@1")
    assert {key: value for key, value in ran.data.items() if key != "tiers"} == {
        "sound": True,
        "fingerprint": None,
        "vectors": {},
        "words_sound": True,
        "index": "not built",
    }
    assert tiers(ran) == {"recall": {"rows": 2, **WELL, "waiting": 2}, "archival": {"rows": 2, **WELL, "waiting": 2}}
    told = carrel("memory", "verify")
    assert told == Ran(
        0,
        "recall: 2 rows, 0 with a vector, 2 waiting\narchival: 2 rows, 0 with a vector, 2 waiting\nAll is well.\n",
        "",
    )


def test_an_agent_that_is_not_there_is_not_made() -> None:
    """Neither command makes an agent by looking at it."""
    for command in ("verify", "reindex"):
        assert carrel("memory", command, "-a", "nobody").code == 4
    assert carrel("agent", "ls", "--json").data == []


@pytest.mark.slow
def test_with_vectors_all_is_well(facts: dict[str, str]) -> None:
    """After a reindex each row has its vector of real MiniLM, and none waits."""
    ran = carrel("memory", "verify", "--json", **facts)
    assert (ran.code, ran.data["sound"], ran.data["fingerprint"]) == (0, True, FINGERPRINT)
    assert ran.data["vectors"] == {FINGERPRINT: 3}
    assert tiers(ran)["archival"] == archival(with_vector=3)


@pytest.mark.slow
def test_a_lost_vector_is_counted_and_made_again(home: Path, facts: dict[str, str]) -> None:
    """The row is missing from meaning, exit 1 says so; reindex embeds that one row and all is well."""
    sql(home, "DELETE FROM vectors WHERE n = 2")
    ran = carrel("memory", "verify", "--json", **facts)
    assert (ran.code, ran.data["sound"]) == (1, False)
    assert tiers(ran)["archival"] == archival(with_vector=2, missing=1, sound=False)
    told = carrel("memory", "verify", **facts)
    assert told.out.splitlines()[-2].endswith("without a vector: run carrel memory reindex")
    assert (told.code, told.out.splitlines()[-1], told.err) == (1, ADVICE, "")
    done = carrel("memory", "reindex", "--json", **facts)
    assert json.loads(done.out) == {
        "schema": "carrel/memory.reindex@1",
        "data": {"queued": 1, "embedded": 1, "words": 0},
    }
    assert tiers(carrel("memory", "verify", "--json", **facts))["archival"] == archival(with_vector=3)
    assert sql(home, "SELECT row FROM vectors ORDER BY n") == [(1,), (3,), (2,)]


@pytest.mark.slow
def test_a_vector_without_a_row_is_counted(home: Path, facts: dict[str, str]) -> None:
    """An orphan is told apart from the row that has lost its vector."""
    sql(home, "UPDATE vectors SET row = 999 WHERE n = 2")
    ran = carrel("memory", "verify", "--json", **facts)
    assert ran.code == 1
    assert tiers(ran)["archival"] == archival(with_vector=3, missing=1, orphans=1, sound=False)
    assert "without a row: run carrel memory reindex\n" in carrel("memory", "verify", **facts).out


def test_a_row_without_words_is_counted_and_found_again(home: Path) -> None:
    """It is told by exit 1 and found by no word; `reindex --words` writes its words anew."""
    for text in FACTS:
        carrel("memory", "add", text)
    sql(home, "DELETE FROM passage_words WHERE rowid = 1")
    ran = carrel("memory", "verify", "--json")
    assert (ran.code, tiers(ran)["archival"]) == (1, archival(waiting=3, without_words=1, sound=False))
    assert carrel("memory", "search", "bees", "--json").data["hits"] == []
    assert carrel("memory", "reindex", "--words").out == "0 rows embedded, words of 3 rows rebuilt\n"
    assert carrel("memory", "verify").code == 0
    for query, text in (("bees", FACTS[0]), ("喝茶", FACTS[2])):
        assert [hit["text"] for hit in carrel("memory", "search", query, "--json").data["hits"]] == [text]


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM passage_words",
        "DELETE FROM passage_words_docsize",
        "UPDATE passage_words_content SET c1 = 'something else'",
        "UPDATE passage_words_data SET block = x'00' WHERE id > 10",
        "DELETE FROM passage_words_data WHERE id > 10",
        "UPDATE vectors SET row = 999 WHERE n = 2",
        "DELETE FROM vectors",
    ],
)
def test_what_verify_complains_of_reindex_mends(home: Path, facts: dict[str, str], damage: str) -> None:
    """Whatever is damaged: verify says so, its advice mends it, and every fact is found by words again."""
    sql(home, damage)
    assert carrel("memory", "verify", **facts).code == 1
    assert carrel("memory", "reindex", "--words", **facts).code == 0
    assert carrel("memory", "verify", **facts).out.splitlines()[-1] == "All is well."
    assert len(carrel("memory", "search", "bees boats 喝茶", "--mode", "words", "--json").data["hits"]) == 3


@pytest.mark.slow
def test_verify_changes_nothing(home: Path, facts: dict[str, str]) -> None:
    """However often it is asked, and whatever it finds, the database stays as it is."""
    sql(home, "DELETE FROM vectors WHERE n = 1", "DELETE FROM passage_words WHERE rowid = 2")
    with closing(sqlite3.connect(home / "carrel.db")) as connection:
        before = list(connection.iterdump())
    reports = [carrel("memory", "verify", "--json", **facts).data for _ in range(2)]
    with closing(sqlite3.connect(home / "carrel.db")) as connection:
        assert list(connection.iterdump()) == before
    assert reports[0] == reports[1]


@pytest.mark.slow
def test_each_agent_is_counted_by_itself(home: Path, facts: dict[str, str]) -> None:
    """What one agent has lost is no complaint of another."""
    carrel("memory", "add", "Ben's fact.", "-a", "ben")
    sql(home, "DELETE FROM vectors")
    ben = carrel("memory", "verify", "-a", "ben", "--json", **facts)
    assert (ben.code, tiers(ben)["archival"]) == (0, {"rows": 1, **WELL, "waiting": 1})
    assert carrel("memory", "verify", **facts).code == 1


def test_reindex_needs_an_embedder_or_words() -> None:
    """With none configured there is nothing to embed: exit 3 and the setting; --words alone does its part."""
    carrel("memory", "add", FACTS[0])
    ran = carrel("memory", "reindex", "--json")
    assert (ran.code, ran.error["code"], ran.out) == (3, "not_configured", "")
    assert "embedder" in ran.error["hint"]
    done = carrel("memory", "reindex", "--words", "--json")
    assert (done.code, done.data) == (0, {"queued": 0, "embedded": 0, "words": 1})


@pytest.mark.slow
def test_reindex_counts_every_row_that_it_embeds(minilm: dict[str, str]) -> None:
    """Rows that were stored without an embedder wait; the figure printed is how many got their vector now."""
    for text in FACTS:
        carrel("memory", "add", text)
    assert carrel("memory", "reindex", "--json", **minilm).data == {"queued": 0, "embedded": 3, "words": 0}
    assert carrel("memory", "reindex", **minilm).out == "0 rows embedded\n"


@pytest.mark.slow
@pytest.mark.process
def test_reindex_goes_on_where_it_was_killed(home: Path, tmp_path: Path, minilm: dict[str, str]) -> None:
    """After kill -9 amid the rows, those that have a vector are not embedded again and the others are."""
    lines = [{"role": "user", "text": f"Sentence {n} tells of {'wind and weather ' * 6}."} for n in range(700)]
    carrel("import", str(write_jsonl(tmp_path / "talk.jsonl", *lines)))
    command = [sys.executable, "-m", "carrel", "memory", "reindex"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment(**minilm)) as running:
        while running.poll() is None and not sql(home, "SELECT count(*) FROM vectors")[0][0]:
            with suppress(subprocess.TimeoutExpired):
                running.wait(0.02)
        running.kill()
    stopped = tiers(carrel("memory", "verify", "--json", **minilm))["recall"]
    assert 0 < stopped["with_vector"] < 700
    assert stopped["with_vector"] + stopped["waiting"] == 700
    first = sql(home, "SELECT n, row, vector FROM vectors ORDER BY n")
    assert carrel("memory", "reindex", **minilm).code == 0
    assert tiers(carrel("memory", "verify", "--json", **minilm))["recall"] == {"rows": 700, **WELL, "with_vector": 700}
    assert sql(home, "SELECT n, row, vector FROM vectors ORDER BY n")[: len(first)] == first


@pytest.mark.slow
def test_the_index_may_be_deleted(home: Path, facts: dict[str, str]) -> None:
    """Without its folder all is well, nothing is embedded anew, and meaning finds what shares no word."""
    shutil.rmtree(home / "index")
    assert carrel("memory", "verify", **facts).code == 0
    assert carrel("memory", "reindex", "--json", **facts).data == {"queued": 0, "embedded": 0, "words": 0}
    assert (home / "index").is_dir()
    hits = carrel("memory", "search", "honey insects", "--mode", "meaning", "--json", **facts).data["hits"]
    assert hits[0]["text"] == FACTS[0]
