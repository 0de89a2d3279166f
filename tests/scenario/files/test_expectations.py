"""Expectations of each kind: what holds passes, and what does not fails with what was expected and what is."""

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from carrel.messages import ToolResult
from carrel.models.chat.scripted import Answer, call, say
from carrel.protocols import Request
from carrel.rendering.prompt import split_tail
from carrel.scenario.report import failure, told
from carrel.scenario.suite import Result
from carrel.testing.fake_server import FakeServer
from tests.scenario.stories import outcomes, played, story

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
    ("core", {"human": "Ada"}, {"diary": "Ada"}, "a block 'diary'", "there is: human, persona"),
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
    ("storage.present", "bees", ["walnuts"], '"walnuts" in some file', "it stands in no file"),
    ("storage", {"absent": "walnuts"}, {"absent": "Keeps Bees"}, '"Keeps Bees" in no file', "it stands in carrel.db"),
]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """One turn of which all of the above is expected, the right before the wrong."""
    folder = tmp_path_factory.mktemp("story")
    expected = [{kind: value} for kind, right, wrong, _, _ in KINDS for value in (right, wrong)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARREL_HOME", str(folder / "home"))
        return played(folder, story({**TURN, "expect": expected}, setup=SETUP))


@pytest.mark.parametrize("number", range(len(KINDS)), ids=[f"{n} {item[0]}" for n, item in enumerate(KINDS)])
def test_each_kind(whole: Result, number: int) -> None:
    """The right expectation holds; the wrong one fails and says place, expectation, what is, and how to look."""
    groups = [list(group) for _, group in groupby(whole.verdicts, key=lambda verdict: verdict.line)]
    right, wrong = groups[2 * number : 2 * number + 2]
    assert {verdict.outcome for verdict in right} == {"passed"}
    failed = next(verdict for verdict in wrong if verdict.outcome == "failed")
    assert failed.kind.partition(".")[0] == KINDS[number][0].partition(".")[0]
    assert KINDS[number][3] in failed.expected
    assert KINDS[number][4] in failed.actual
    assert list(failure(whole, failed)) == [
        f"  {whole.file}:{failed.line}  s1:1  {failed.kind}",
        f"    expected  {failed.expected}",
        f"    actual    {failed.actual}",
        f"    look      carrel run {whole.file} --stop-at s1:1 --interactive",
    ]


def test_every_kind_is_tested() -> None:
    """No kind of expectation stands without a right and a wrong one above, or a test of its own below."""
    from carrel.scenario.files.expectations import Expectation

    assert {item[0].partition(".")[0] for item in KINDS} | {"error", "judge"} == set(Expectation.model_fields)


def test_an_error_may_be_expected(tmp_path: Path) -> None:
    """A turn that must fail fails with the message; one that does not fail, or differently, is a failure."""
    broken = {"user": "Hi.", "replies": [{"fail": "The server is asleep."}]}
    assert outcomes(played(tmp_path, story({**broken, "expect": {"error": "asleep"}}))) == [("error", "passed")]
    assert outcomes(played(tmp_path, story({**broken, "expect": {"error": "awake"}}))) == [("error", "failed")]
    fine = {"user": "Hi.", "expect": {"error": "asleep"}}
    result = played(tmp_path, story(fine))
    assert result.failures[0].actual == "the turn did not fail"


def test_an_error_that_nobody_expects_ends_the_story(tmp_path: Path) -> None:
    """What fails otherwise is told with the turn, and nothing after it is played or graded."""
    broken = {"user": "Hi.", "replies": [{"fail": "The server is asleep."}], "expect": {"reply": "x"}}
    result = played(tmp_path, story("Hello.", broken, {"user": "Bye.", "expect": {"reply": "x"}}))
    assert (result.outcome, result.verdicts, result.turns) == ("error", (), 2)
    assert result.error == {
        "code": "model_failed",
        "message": "Turn s1:2 failed: The server is asleep.",
        "exit_code": 1,
    }
    assert "  Turn s1:2 failed: The server is asleep." in list(told(result))


def test_replies_are_all_asked_for_and_suffice(tmp_path: Path) -> None:
    """A reply too many is a failure of the turn, one too few an error that says what to add."""
    many = played(tmp_path, story({"user": "Hi.", "replies": ["Hello.", "Hello again."]}))
    assert [verdict.kind for verdict in many.failures] == ["replies"]
    assert many.failures[0].actual == "1 of the turn's 2 replies were not asked for"
    few = played(tmp_path, story({"user": "Hi.", "replies": [{"call": {"archival_search": {"query": "x"}}}]}))
    assert few.error is not None
    assert "asked more often than the turn's 1 replies. Add a reply, such as say: Noted." in few.error["message"]


def test_a_judge_is_skipped_without_a_model(tmp_path: Path) -> None:
    """Without a judging model a rubric is reported as skipped: neither passed nor failed."""
    result = played(tmp_path, story({"user": "Hi.", "expect": [{"judge": "is polite"}]}))
    assert outcomes(result) == [("judge", "skipped")]
    assert (result.outcome, result.count("passed")) == ("passed", 0)
    assert "skipped" in list(told(result))[-1]


def test_expectations_of_a_repetition(tmp_path: Path) -> None:
    """{{ i }} is filled in everywhere, each repetition is checked, and a failure says which it was."""
    turn = {
        "user": "Number {{ i }}.",
        "repeat": 3,
        "replies": [{"call": {"archival_insert": {"text": "Fact {{ i }}."}}}, "So {{ i }}."],
        "expect": [{"reply": "So {{ i }}."}, {"archival": {"contains": "Fact {{i}}.", "count": 1}}, {"reply": "So 2."}],
    }
    result = played(tmp_path, story(turn))
    assert [verdict.where for verdict in result.failures] == ["s1:1 (repetition 1)", "s1:1 (repetition 3)"]
    assert result.count("passed") == 7


def test_sessions_and_stories_have_expectations_too(tmp_path: Path) -> None:
    """What is expected at the end of a session or of the story is graded there."""
    given = story("I have a cat.", expect=[{"core.human": "cat"}, {"core.human": "dog"}])
    given["sessions"][0]["expect"] = {"recall": {"count": 1}}
    result = played(tmp_path, given)
    assert [(verdict.where, verdict.outcome) for verdict in result.verdicts] == [
        ("s1", "failed"),
        ("end", "passed"),
        ("end", "failed"),
    ]
    assert [line for line in told(result) if "look" in line][-1].endswith("--keep DIR")


def test_what_a_sitting_leaves_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory is put in order at the end of a sitting, the session's expectations see what came of it."""

    def answer(request: Request) -> Answer:
        if split_tail(request.messages[-1].text)[1]:
            return say("How nice.")
        done = any(isinstance(message, ToolResult) for message in request.messages)
        return say("Done.") if done else call("archival_insert", text="Ada keeps bees.")

    given = story("I keep bees.", agent={"model": "m", "embedder": "none", "settings": {"consolidate": True}})
    given["sessions"][0]["expect"] = [{"archival": {"contains": "keeps bees", "count": 1}}]
    with FakeServer(answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert outcomes(played(tmp_path, given)) == [("archival", "passed")]
