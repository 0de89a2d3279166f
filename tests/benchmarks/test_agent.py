"""The tasks tell a good model from one that says the same to everything."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.agent.__main__ import summary
from benchmarks.agent.grade import holds, problems_of_answer, problems_of_memory
from benchmarks.agent.models import control_model, ideal_model
from benchmarks.agent.play import Opened, Result, pasted, play
from benchmarks.agent.tasks import AnswerExpectation, MemoryExpectation, Paste, Task, choose, load_tasks
from carrel import Carrel, ScriptedModel

KINDS = set(
    """store several use correct contradict forget yes_no abstain recall archival two_searches paste full_block chinese
    german injection small_talk""".split()
)


def played(tasks: list[Task], model: Callable[[Task, int], ScriptedModel]) -> list[Result]:
    """Return how a model of one's own does."""

    def opened(home: Path, task: Task, session: int, settings: dict[str, object]) -> Opened:
        return Carrel.open(home, model(task, session), "none", flags={"window": 4000, **settings})

    return [play(task, opened) for task in tasks]


@pytest.mark.slow
def test_the_ideal_model_passes_every_task() -> None:
    """What each task calls ideal is accepted, so a failure is the model's and not the grader's."""
    results = played(load_tasks(), ideal_model)
    assert {result.task.name: result.problems for result in results if result.problems} == {}
    figures = summary(results)
    assert figures["tasks"] == figures["passed"] >= 80
    assert set(figures["by_kind"]) == KINDS
    assert figures["contract"] == "native"
    assert 1 < figures["requests_per_turn"] < 2


@pytest.mark.slow
def test_a_model_that_always_says_the_same_fails() -> None:
    """The control agrees, abstains and promises at once, and passes next to nothing."""
    figures = summary(played(load_tasks(), control_model))
    assert figures["passed"] < figures["tasks"] / 10


def test_tasks_are_chosen_from_every_kind() -> None:
    """A few tasks are of as many kinds as can be; names are given once a kind."""
    tasks = load_tasks()
    assert Counter(task.kind for task in choose(tasks, limit=2 * len(KINDS))) == dict.fromkeys(KINDS, 2)
    assert {task.kind for task in choose(tasks, ["store", "use"])} == {"store", "use"}
    names = Counter((task.kind, task.name) for task in tasks)
    assert names.most_common(1)[0][1] == 1


def test_a_file_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    """A slip in a file of tasks is told, for a task that expects nothing is passed by everybody."""
    file = tmp_path / "own.yaml"
    file.write_text("- name: a\n  sessions: [[{say: Hi, ideal: [Hi], anser: {has: [x]}}]]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="anser"):
        load_tasks([file])


@pytest.mark.parametrize(
    ("text", "term", "held"),
    [
        ("You are allergic to peanuts.", "peanut*", True),
        ("You are allergic to peanuts.", "peanut", False),
        ("I know nothing.", "no", False),
        ("No!", "no", True),
        ("It’s Škoda", "skoda|škoda", True),
        ("Call 0176 5550133.", "5550133", True),
        ("It costs 12,500", "12", False),
        ("It is 8:15.", "8:15|8.15", True),
        ("at 8:15", "15", False),
        ("Size 39.", "39", True),
        ("The salt\npath", "salt path", True),
        ("你对花生过敏。", "花生", True),
        ("Straße", "STRASSE", True),
        ("４４１７", "4417", True),
    ],
)
def test_terms_are_whole_words(text: str, term: str, held: bool) -> None:
    """A term is found as words, in either case and any width, and a number not within a longer one."""
    assert holds(text, term) is held


@pytest.mark.parametrize(
    ("answer", "abstains"),
    [
        ("I don’t know your birthday.", True),
        ("You haven't told me.", True),
        ("I have no record of that.", True),
        ("I'm sorry, but that is not something you have mentioned.", True),
        ("我不知道。", True),
        ("Das weiß ich leider nicht.", True),
        ("Your birthday is on 3 May.", False),
        ("You know it best: on 3 May.", False),
        ("I don't have a brother named Paul.", False),
        ("I don't have that information.", True),
    ],
)
def test_abstaining_is_known_by_its_words(answer: str, abstains: bool) -> None:
    """An answer that says that this is not known abstains; one that invents does not."""
    assert (not list(problems_of_answer(answer, AnswerExpectation(abstains=True)))) is abstains


def test_problems_say_what_is_wrong() -> None:
    """Each term that is missing or too many is named."""
    expected = AnswerExpectation(has=("a", "b"), lacks=("c",))
    assert list(problems_of_answer("a c", expected)) == ["the answer lacks 'b'", "the answer holds 'c'"]
    unchanged = MemoryExpectation(has=("tea",), unchanged=True)
    assert list(problems_of_memory(["tea"], ["tea"], unchanged)) == []
    assert list(problems_of_memory(["tea"], ["tea", "x"], unchanged)) == ["memory has changed"]


def test_a_paste_hides_its_sentence_in_the_middle() -> None:
    """What is pasted is the same each time."""
    paste = Paste(sentences=10, hide="The code is 7305.")
    before, after = pasted(paste).split(" The code is 7305. ")
    assert before.count(".") == after.count(".") == 5
    assert pasted(paste) == pasted(paste)
