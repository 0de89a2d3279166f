"""Each kind of expectation: a right one passes, a wrong one fails and says what was expected and what was found."""

from itertools import groupby
from typing import Any

import pytest

from carrel.scenario.files.expectations import Expectation
from carrel.scenario.report import format_failure
from carrel.scenario.run import RunResult
from tests.scenario.builders import run, scenario

TURN = {
    "user": "I'm allergic to peanuts.",
    "replies": [
        {"call": {"archival_insert": {"text": "Ada is allergic to peanuts.", "tags": ["health"]}}},
        {"call": {"core_memory_append": {"label": "human", "content": "Allergic to peanuts."}}},
        {"call": {"archival_search": {"query": "bees"}}},
        {"call": {"core_memory_append": {"label": "nowhere", "content": "x"}}},
        "I noted your allergy.",
    ],
}
SETUP = {"core": {"human": "Name: Ada."}, "archival": [{"text": "Ada keeps bees.", "source": "diary"}]}

KINDS: list[tuple[str, Any, Any, str, str]] = [
    ("reply", {"contains": "NOTED"}, {"contains": "walnut"}, 'contains "walnut"', "I noted your allergy."),
    ("reply", {"not_contains": "x"}, {"not_contains": ["zz", "noted"]}, 'does not contain "noted"', "I noted"),
    ("reply", {"matches": "^I .*y\\.$"}, {"matches": "^i"}, 'matches "^i"', '"I noted your allergy."'),
    ("reply", {"not_matches": "^You"}, {"not_matches": "a.l"}, 'does not match "a.l"', "allergy"),
    ("reply", {"equals": "I noted your allergy."}, {"equals": "I noted"}, 'equals "I noted"', "allergy."),
    ("tool_called", "archival_insert", "recall_search", "a call of recall_search", "archival_search(query="),
    (
        "tool_called",
        {"name": "archival_insert", "arguments": {"tags": "health", "text": {"contains": "peanuts"}}, "ok": True},
        {"name": "archival_insert", "arguments": {"text": "walnuts"}},
        'a call of archival_insert(text contains "walnuts")',
        'archival_insert(text="Ada is allergic to peanuts."',
    ),
    (
        "tool_called",
        {"name": "core_memory_append", "times": 2},
        {"name": "core_memory_append", "times": {"le": 1}},
        "a call of core_memory_append, at most 1 times",
        'core_memory_append(label="nowhere", content="x") failed',
    ),
    (
        "tool_called",
        {"name": "core_memory_append", "ok": False, "result": "does not exist"},
        {"name": "archival_search", "result": "wasps"},
        'archival_search(its result contains "wasps")',
        "archival_search",
    ),
    ("tool_not_called", "archival_delete", "archival_insert", "no call of archival_insert", "archival_insert(text="),
    ("core.human", "peanuts", {"not_contains": "peanuts"}, 'does not contain "peanuts"', "Name: Ada. Allergic to"),
    ("core", {"human": "Ada"}, {"diary": "Ada"}, "a block 'diary'", "blocks: human, persona"),
    ("archival", {"contains": "bees"}, {"contains": "wasps"}, 'an entry that contains "wasps"', "2 entries: "),
    ("archival", {"not_contains": "wasp"}, {"not_contains": "bees"}, "each entry does not contain", "keeps bees"),
    ("archival", {"count": 2}, {"count": {"ge": 3}}, "at least 3 entries", "2 of 2 entries"),
    (
        "archival",
        {"contains": "Ada", "source": "diary", "count": 1},
        {"tag": "bees", "count": 1},
        "exactly 1",
        "no entr",
    ),
    ("archival", {"source": "s1:1", "count": 1}, {"source": "s2", "count": 1}, "exactly 1 entries", "0 of no entries"),
    ("recall", {"contains": "peanuts", "role": "user"}, {"contains": "bees"}, 'contains "bees"', "I'm allergic"),
    ("memory", {"added": 2, "changed": 0, "total": 2}, {"added": 1}, "exactly 1", "2 (archival p-"),
    ("memory.removed", 0, {"ge": 1}, "at least 1", "0 (archival p-"),
    (
        "retrieved",
        {"from": "archival", "source": "diary", "by": "tool"},
        "wasps",
        'contains "wasps"',
        "archival (diary)",
    ),
    (
        "retrieved",
        {"from": "core", "contains": "peanuts", "source": "s1:1"},
        {"from": "core", "source": "s2"},
        "at least 1 core memory in the context from s2",
        "core (s1:1) Allergic to peanuts.",
    ),
    (
        "retrieved",
        {"contains": "bees", "rank": {"le": 2}},
        {"contains": "bees", "rank": 9},
        "at rank exactly 9",
        "bees",
    ),
    ("retrieved", {"from": "recall", "count": 0}, {"from": "archival", "count": 7}, "exactly 7 archival", "Ada keeps"),
    ("not_retrieved", {"contains": "wasps"}, {"contains": "bees"}, 'no memory in the context that contains "b', "bees"),
    ("context.tokens", {"gt": 100, "lt": 8000}, {"le": 10}, "at most 10", "in tokens: instructions"),
    ("context", {"core": {"ge": 20}, "evicted": 0}, {"evicted": {"ge": 1}}, "at least 1", "0 messages"),
    ("context.text", "Name: Ada", {"not_contains": "Name: Ada"}, 'does not contain "Name: Ada"', "You are a companion"),
    ("summary", {"not_contains": "x"}, "peanuts", 'contains "peanuts"', "nothing"),
    ("usage", {"calls": 5, "prompt": {"ge": 5000}}, {"calls": {"le": 1}}, "at most 1", "5"),
    ("steps", 5, {"lt": 5}, "less than 5", "5"),
    ("latency", {"lt": 60}, {"lt": 0}, "less than 0 seconds", "seconds"),
    ("storage.present", "bees", ["walnuts"], '"walnuts" in some file', "it is in no file"),
    ("storage", {"absent": "walnuts"}, {"absent": "Keeps Bees"}, '"Keeps Bees" in no file', "it is in carrel.db"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """The result of one turn with all expectations above, each right one before the wrong one."""
    folder = tmp_path_factory.mktemp("scenario")
    expected = [{kind: value} for kind, right, wrong, _, _ in KINDS for value in (right, wrong)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARREL_HOME", str(folder / "home"))
        return run(folder, scenario({**TURN, "expect": expected}, setup=SETUP))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(KINDS)), ids=[f"{n} {item[0]}" for n, item in enumerate(KINDS)])
def test_each_kind(whole: RunResult, number: int) -> None:
    """The right expectation passes; the wrong one fails with its place, what was expected and found, what to run."""
    groups = [list(group) for _, group in groupby(whole.verdicts, key=lambda verdict: verdict.line)]
    right, wrong = groups[2 * number : 2 * number + 2]
    assert {verdict.outcome for verdict in right} == {"passed"}
    failed = next(verdict for verdict in wrong if verdict.outcome == "failed")
    assert failed.kind.partition(".")[0] == KINDS[number][0].partition(".")[0]
    assert KINDS[number][3] in failed.expected
    assert KINDS[number][4] in failed.actual
    assert list(format_failure(whole, failed)) == [
        f"  {whole.file}:{failed.line}  s1:1  {failed.kind}",
        f"    expected  {failed.expected}",
        f"    actual    {failed.actual}",
        f"    inspect   carrel run {whole.file} --stop-at s1:1 --interactive",
    ]


def test_every_kind_is_tested() -> None:
    """Every kind has a right and a wrong expectation above; test_player tests error, test_grader judge."""
    assert {item[0].partition(".")[0] for item in KINDS} | {"error", "judge"} == set(Expectation.model_fields)
