"""Play a task with a model, in a home of its own, and grade it."""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.agent.grade import problems_of_answer, problems_of_memory
from benchmarks.agent.tasks import Paste, Setup, Task, Turn
from benchmarks.texts import sentence
from carrel import Agent, Carrel, CarrelError, NewMessage
from carrel.messages import Usage

Opened = AbstractContextManager[Carrel]
Opener = Callable[[Path, Task, int, dict[str, object]], Opened]
"""Opens a home for a session of a task, given by its number, with settings of the task."""

MAX_PASSAGES = 10_000


@dataclass(frozen=True, slots=True)
class Result:
    """How a task went."""

    task: Task
    problems: tuple[str, ...]
    contract: str
    turns: int
    usage: Usage = field(default_factory=Usage)
    answers: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything that was expected held."""
        return not self.problems


class _Play:
    """A task that is being played."""

    def __init__(self, task: Task, home: Path, opener: Opener) -> None:
        self._task = task
        self._home = home
        self._opener = opener
        self._problems: list[str] = []
        self._answers: list[str] = []
        self._usage = Usage()
        self._contract = ""

    def run(self) -> Result:
        """Play the sessions up to the first turn that goes wrong."""
        for number in range(len(self._task.sessions)):
            if not self._problems:
                self._session(number)
        return Result(
            self._task, tuple(self._problems), self._contract, len(self._answers), self._usage, tuple(self._answers)
        )

    def _session(self, number: int) -> None:
        limit = self._task.setup.human_limit
        with self._opener(self._home, self._task, number, {"limit_human": limit} if limit else {}) as carrel:
            agent = carrel.agent()
            if number == 0:
                prepare(agent, self._task.setup)
                carrel.store.embed_now()
            chat = agent.session()
            for turn in self._task.sessions[number]:
                before = memory_of(agent)
                try:
                    answer = chat.send(text_of(turn))
                except CarrelError as error:
                    self._problems.append(f"{turn.say[:40]!r}: {type(error).__name__}: {error}")
                    return
                self._usage += answer.usage
                self._answers.append(answer.text)
                wrong = [
                    *problems_of_answer(answer.text, turn.answer),
                    *problems_of_memory(before, memory_of(agent), turn.memory),
                ]
                self._problems += [f"{turn.say[:40]!r}: {problem}" for problem in wrong]
                if wrong:
                    return
            self._contract = contract_of(carrel)


def play(task: Task, opener: Opener) -> Result:
    """Play a task in a home of its own and grade it."""
    with tempfile.TemporaryDirectory(prefix="carrel-task-") as folder:
        return _Play(task, Path(folder), opener).run()


def contract_of(carrel: Carrel) -> str:
    """Return by which contract the model was asked to act."""
    return carrel.contract


def prepare(agent: Agent, setup: Setup) -> None:
    """Fill memory as a task wants it."""
    if setup.human:
        agent.core.append("human", setup.human)
    for text in setup.archival:
        agent.archival.insert(text)
    agent.recall.load(_messages(setup))


def _messages(setup: Setup) -> Iterator[NewMessage]:
    for exchange in setup.recall:
        yield NewMessage("user", exchange.user, exchange.at, session=exchange.session)
        yield NewMessage("assistant", exchange.assistant, exchange.at, session=exchange.session)


def memory_of(agent: Agent) -> list[str]:
    """Return what the agent itself keeps: its blocks and its live passages."""
    passages = agent.archival.latest(MAX_PASSAGES)
    return [*(block.value for block in agent.core.all()), *(passage.text for passage in passages)]


def text_of(turn: Turn) -> str:
    """Return what the user says, with what is pasted below it."""
    return f"{turn.say}\n\n{pasted(turn.paste)}" if turn.paste else turn.say


def pasted(paste: Paste) -> str:
    """Return a made-up text with the hidden sentence in its middle, the same on every machine."""
    source = random.Random(paste.hide)
    sentences = [sentence(source) for _ in range(paste.sentences)]
    middle = len(sentences) // 2
    return " ".join([*sentences[:middle], paste.hide, *sentences[middle:]])
