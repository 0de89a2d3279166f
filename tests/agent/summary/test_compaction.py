"""What leaves the queue goes into a summary that stays within its budget."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.agent.events import QueueFlushed
from carrel.agent.summary.compaction import MAX_SECONDS, ExtractiveSummariser, ModelSummariser, Summariser
from carrel.bootstrap import Carrel
from carrel.clock import FrozenClock
from carrel.errors import ModelUnreachable, RateLimited
from carrel.memory.values import StoredMessage
from carrel.messages import ToolCall
from carrel.models.chat.scripted import Item, ScriptedModel
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request, Retrying, TextPiece

STILL = FrozenClock("2026-01-05T09:00:00+01:00")
COUNTER = Estimator()
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
texts = st.text(max_size=60) | st.sampled_from(
    ["I live in Oslo. " * 300, "我喜欢核桃。" * 900, "def f(): return 1\n" * 200]
)


def message(n: int, text: str, role: str = "user") -> StoredMessage:
    """Return a message as the store hands it out."""
    at = START + timedelta(hours=n)
    return StoredMessage(n, f"m-{n}", role, text, at, "s-1", COUNTER.count(text))  # type: ignore[arg-type]


def echo(request: Request) -> str:
    """Answer with all that was asked: a summariser that cannot be brief."""
    return request.messages[-1].text or "nothing"


def summarisers() -> list[Summariser]:
    """Return one of each kind."""
    return [ExtractiveSummariser(COUNTER), ModelSummariser(ScriptedModel(echo), COUNTER, STILL)]


def extract(previous: str, evicted: Sequence[StoredMessage], max_tokens: int) -> str:
    """Return the summary that is made without a model."""
    return ExtractiveSummariser(COUNTER).summarise(previous, evicted, max_tokens).text


@pytest.mark.slow
@settings(deadline=None, max_examples=30)
@given(texts, st.lists(texts, max_size=12), st.integers(20, 800))
def test_a_summary_keeps_to_its_budget(previous: str, evicted: list[str], max_tokens: int) -> None:
    """Whatever is evicted, and whatever the model says, the summary takes at most its tokens."""
    for summariser in summarisers():
        found = summariser.summarise(previous, [message(n, text) for n, text in enumerate(evicted)], max_tokens, 2000)
        assert COUNTER.count(found.text) <= max_tokens


@settings(deadline=None, max_examples=30)
@given(st.lists(texts, min_size=1, max_size=12), st.sampled_from([2000, 4000, 8000]))
def test_the_summariser_never_overflows_the_window(evicted: list[str], window: int) -> None:
    """Each request for a summary fits the window, with room for the summary, and no message is left out."""
    model = ScriptedModel(lambda request: "Summary.")
    summariser = ModelSummariser(model, COUNTER, STILL)
    summariser.summarise("Old. " * 20, [message(n, text) for n, text in enumerate(evicted)], window // 12, window)
    for request in model.requests:
        assert sum(COUNTER.count(part.text) + 4 for part in request.messages) + window // 12 <= window
    lines = "\n".join(request.messages[-1].text for request in model.requests)
    assert all(f"[{message(n, '').at.astimezone():%Y-%m-%d %H:%M}]" in lines for n in range(len(evicted)))


@pytest.mark.parametrize("answer", [ModelUnreachable("Down."), "", "  \n"])
def test_a_model_that_fails_is_replaced_by_extraction(answer: Item) -> None:
    """Where the model errs or says nothing, the summary is the extract of the same messages."""
    evicted = [message(1, "I moved to Oslo in 2019."), message(2, "Nice.", "assistant")]
    summariser = ModelSummariser(ScriptedModel([answer]), COUNTER, STILL)
    made = summariser.summarise("- 2025-01-01 user: Old.", evicted, 300, 8000).text
    assert made == extract("- 2025-01-01 user: Old.", evicted, 300)
    assert made.splitlines() == ["- 2025-01-01 user: Old.", "- 2026-01-05 user: I moved to Oslo in 2019."]


def test_each_piece_sees_the_summary_before_it() -> None:
    """What is long is summarised in pieces, each with the summary of those before."""
    model = ScriptedModel(["First.", "Second.", "Third."])
    evicted = [message(n, "walnut " * 700) for n in range(9)]
    assert ModelSummariser(model, COUNTER, STILL).summarise("Zero.", evicted, 150, 2000).text == "Third."
    starts = [request.messages[-1].text.splitlines()[1] for request in model.requests]
    assert starts == ["Zero.", "First.", "Second."]


def test_extraction_keeps_what_tells_most() -> None:
    """Where not all fits, facts with names and numbers stay and questions and small talk go."""
    evicted = [message(1, "Hm, well, all right then."), message(2, "I was born in Oslo in 1983."), message(3, "Is it?")]
    found = extract("", evicted, 26)
    assert found == "- 2026-01-05 user: I was born in Oslo in 1983."


def test_over_200_flushes_the_summary_stays_bounded() -> None:
    """A recursive summary neither grows over its budget nor loses its most telling line."""
    for summariser in summarisers():
        summary = ""
        for n in range(200):
            summary = summariser.summarise(summary, [message(n, f"I saw number {n} in Oslo with Ada.")], 154, 2000).text
            assert 0 < COUNTER.count(summary) <= 154


def test_every_flush_makes_progress(home: Path) -> None:
    """Each flush takes messages out of the queue, and all of them stay in recall."""
    model = ScriptedModel(lambda request: "word " * 150)
    with Carrel.open(home, model, "none", flags={"window": 2000}) as carrel:
        ada = carrel.agent("ada")
        chat = ada.session()
        flushes = [
            event
            for n in range(12)
            for event in chat.stream(f"{n} " + "walnut " * 60)
            if isinstance(event, QueueFlushed)
        ]
        assert len(flushes) >= 3
        assert all(flush.messages > 0 and flush.tokens > 0 for flush in flushes)
        assert chat.id
        queue = ada.memory.queue.load(chat.id)
        assert sum(flush.messages for flush in flushes) + len(queue) == ada.recall.count() == 24
        assert ada.memory.queue.summary(chat.id) == flushes[-1].summary


SENTENCES = ["Ada was born in Oslo in 1983.", "I promised to book Dr. Quill for 2026-03-04.", "She likes walnuts."]
WRITTEN = " ".join(SENTENCES)


@pytest.mark.parametrize("answer", [ModelUnreachable("Down."), RateLimited("Slow down."), "", "  "])
def test_a_failure_does_not_cost_the_summary(answer: Item) -> None:
    """What a model wrote before stays where it fails, sentence by sentence, and the extract stands behind it."""
    evicted = [message(1, "I adopted a cat called Tofu."), message(2, "Nice.", "assistant")]
    made = ModelSummariser(ScriptedModel([answer] * 4), COUNTER, STILL).summarise(WRITTEN, evicted, 300, 8000).text
    assert made.splitlines() == [*SENTENCES, "- 2026-01-05 user: I adopted a cat called Tofu."]


def test_where_there_is_little_room_the_written_summary_comes_first() -> None:
    """A sentence that stands for many lines is kept before a line of small talk."""
    evicted = [message(n, f"It rained again, number {n}.") for n in range(30)]
    made = extract(WRITTEN, evicted, 80)
    assert [line for line in made.splitlines() if not line.startswith("- ")] == SENTENCES


def test_promises_of_the_agent_are_kept() -> None:
    """An extract tells what the agent promised and asked, with its date; its small talk goes."""
    evicted = [
        message(1, "Book the dentist, please."),
        message(2, "I will remind you on Friday.", "assistant"),
        message(3, "Lovely weather.", "assistant"),
        message(4, "我会提醒你。", "assistant"),
    ]
    assert extract("", evicted, 300).splitlines() == [
        "- 2026-01-05 user: Book the dentist, please.",
        "- 2026-01-05 assistant: I will remind you on Friday.",
        "- 2026-01-05 assistant: 我会提醒你。",
    ]
    assert "Lovely weather." in extract("", evicted[2:3], 300)


def test_what_is_left_out_can_be_searched_for() -> None:
    """The last line names what the summary does not tell; the next summary keeps its words."""
    long = (
        "We talked about many things " + "and things " * 40 + "and then about Quillfeather and the harbour of Bergen."
    )
    evicted = [message(1, long), message(2, "It snowed.")]
    first = extract("", evicted, 200)
    assert first.splitlines()[-1] == "Search for: Quillfeather, Bergen"
    again = extract(first, [message(3, "It snowed again.")], 200)
    assert again.splitlines()[-1] == "Search for: Quillfeather, Bergen"


def test_a_summary_without_end_is_given_up(clock: FrozenClock) -> None:
    """A model that writes on and on is not listened to for ever; the extract takes its place."""
    heard: list[int] = []

    class Endless:
        name = "endless"

        def stream(self, request: Request) -> Iterator[TextPiece]:
            for n in itertools.count():
                heard.append(n)
                clock.advance(seconds=10)
                yield TextPiece("and so on ")

    summariser = ModelSummariser(Endless(), COUNTER, clock)
    made = summariser.summarise("", [message(1, "I moved to Oslo in 2019.")], 300, 8000)
    assert made.text == "- 2026-01-05 user: I moved to Oslo in 2019."
    assert len(heard) < 30
    assert made.usage.completion >= COUNTER.count("and so on " * len(heard))


class Slow:
    """A model that says a piece every ten seconds, without end."""

    name = "slow"

    def __init__(self, piece: TextPiece | Retrying, clock: FrozenClock) -> None:
        self.clock = clock
        self.asked = 0
        self.closed = 0
        self._piece = piece

    def stream(self, request: Request) -> Iterator[TextPiece | Retrying | Reply]:
        """Go on until the listener has had enough."""
        self.asked += 1
        try:
            while True:
                self.clock.advance(seconds=10)
                yield self._piece
                if isinstance(self._piece, Retrying):
                    self.clock.sleep(self._piece.wait)
        finally:
            self.closed += 1


@pytest.mark.parametrize("piece", [TextPiece("a"), Retrying("Busy.", 40.0)])
def test_a_summary_has_one_time_limit_for_all_its_requests(piece: TextPiece | Retrying, clock: FrozenClock) -> None:
    """However many pieces there are, nobody listens, waits or asks again after it; the old summary stays."""
    model = Slow(piece, clock)
    evicted = [message(n, "I saw walnuts in Oslo. " * 200) for n in range(9)]
    made = ModelSummariser(model, COUNTER, clock).summarise(WRITTEN, evicted, 150, 2000).text
    assert model.asked == model.closed
    assert clock.monotonic() <= MAX_SECONDS
    assert made.splitlines()[:3] == SENTENCES
    assert "- 2026-01-05 user: I saw walnuts in Oslo." in made


@pytest.mark.parametrize(
    "old",
    [
        "walnut " * 300,
        "核桃" * 300,
        "x" * 3000,
        "".join(f"• a{n}\n" for n in range(400)),
        "walnut " * 300 + "I will call.",
    ],
)
def test_a_summary_of_any_form_leaves_something(old: str) -> None:
    """What has no sentences and does not fit is cut and not lost, and what is new has its share."""
    made = extract(old, [message(1, "I live in Oslo.")], 150)
    assert made.splitlines()[0][:3] == old[:3]
    assert made.splitlines()[-1] == "- 2026-01-05 user: I live in Oslo."
    assert 75 <= COUNTER.count(made) <= 150


def test_a_list_of_the_model_is_no_small_talk() -> None:
    """What a model wrote in lines stays like its sentences, whatever they begin with."""
    old = ["- Her cat is called Pixel and sleeps all day", "* Two bees", "1. She moved"]
    evicted = [message(n, f"It rained again, number {n}.") for n in range(30)]
    made = extract("\n".join(old), evicted, 70)
    assert made.splitlines()[:3] == old


TALK = "There are several ways to cook them. " * 20


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"{TALK}I'll call Bob on Monday.", ["I'll call Bob on Monday."]),
        (f"{TALK}\nI’ll call Bob. {TALK}Which day?", ["I’ll call Bob.", "Which day?"]),
        (f"{TALK}我会提醒你。好吗？", ["我会提醒你。", "好吗？"]),
        ("Since the weather " + "is fine and " * 30 + "you asked, I will call Bob.", ["I will call Bob."]),
        (TALK + "I'll call. " * 2 + "I promise. Is that so?", ["I'll call."] * 2 + ["I promise.", "Is that so?"]),
        (TALK, []),
    ],
)
def test_a_promise_is_kept_wherever_it_stands(said: str, kept: list[str]) -> None:
    """Of a long answer the sentences are kept that promise or ask, of a long sentence its promise."""
    evicted = [message(1, "Well."), message(2, said, "assistant")]
    made = extract("", evicted, 400).splitlines()
    assert made == ["- 2026-01-05 user: Well.", *(f"- 2026-01-05 assistant: {sentence}" for sentence in kept)]


def test_what_a_model_says_again_and_again_is_kept_once() -> None:
    """The summary of a model that went round in circles leaves room for everything else."""
    old = "Ada lives in Bergen. " * 60 + "Her cat is Tofu. I will remind her on 5 May."
    made = extract(old, [message(1, "My dog is Rex.")], 80).splitlines()
    assert made == [*old.replace(". ", ".\n").splitlines()[-3:], "- 2026-01-05 user: My dog is Rex."]


def test_calls_alone_leave_something() -> None:
    """Where nobody said anything, the summary tells what was called, and under the paper's contract what was sent."""
    called = replace(message(2, "", "assistant"), calls=(ToolCall("1", "recall_search", "{}"),))
    sent = replace(called, calls=(ToolCall("2", "send_message", '{"message": "I will call."}'),))
    assert extract("", [called], 300) == "- 2026-01-05 assistant: (calls recall_search)"
    assert extract("", [called, sent], 300) == "- 2026-01-05 assistant: I will call."
    assert extract("Old.", [called], 300) == "Old."


def test_a_promise_outlasts_figures() -> None:
    """What is still to be done is in the summary after sixty flushes of short lines with names and figures."""
    promise = message(1, "I will remind you on 5 May.", "assistant")
    summary = extract("", [promise], 150)
    for n in range(60):
        evicted = [message(n, f"My rent: {n}{k}35.{n}." + " Ann paid." * k) for k in range(4)]
        summary = extract(summary, evicted, 150)
    assert "- 2026-01-05 assistant: I will remind you on 5 May." in summary.splitlines()
    assert "35.59" in summary


def test_what_a_user_is_about_to_do_displaces_no_fact() -> None:
    """Only the agent's promises outlast figures: a user says "I'll" of everything."""
    summary = extract("", [message(1, "My passport number is 4711 0815.")], 150)
    for n in range(20):
        evicted = [message(n, f"I'll think about {what} {n}, maybe.") for what in ("tea", "rain", "music", "it", "us")]
        summary = extract(summary, evicted, 150)
    assert "4711 0815" in summary


def test_a_code_outlasts_talk_of_plans() -> None:
    """What a user says of plans in passing does not push a fact with a figure out of an extract."""
    summary = extract("", [message(1, "My passport number is 4711 0815.")], 150)
    for n in range(20):
        evicted = [message(n, f"I'll think about tea, maybe, or {word}.") for word in ("not", "so", "coffee", "milk")]
        summary = extract(summary, evicted, 150)
    assert "- 2026-01-05 user: My passport number is 4711 0815." in summary.splitlines()
