"""Every way in which a model server fails becomes the right error, after the right number of attempts."""

import json
import socket
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from carrel.clock import FrozenClock
from carrel.errors import (
    CarrelError,
    ContentRefused,
    DoesNotFit,
    ModelFailed,
    ModelUnreachable,
    NotAuthorised,
    RateLimited,
)
from carrel.messages import UserMessage
from carrel.models.chat.scripted import Item, call, say
from carrel.models.chat.server.failures.failure import TABLE
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.tokens.estimator import Estimator
from carrel.protocols import Reply, Request, Retrying, TextPiece
from carrel.testing.fake_server import FakeServer, Fault
from carrel.text import one_line
from tests.clocks import InstantClock
from tests.testing.sorts import SORTS, Sort
from tests.testing.wordings import OVERFLOWS

HELLO = Request((UserMessage("Hello"),))

KEY = "sk-very-secret"
EVENTS = {"Content-Type": "text/event-stream"}


class Talk:
    """What came of one request: pieces, reply or error, waits, and how often the server was asked."""

    def __init__(self, *script: Item, timeout: float = 5.0) -> None:
        self.texts: list[str] = []
        clock = InstantClock()
        self.waits = clock.waits
        self.retries: list[str] = []
        self.reply: Reply | None = None
        self.error: CarrelError | None = None
        with (
            FakeServer(list(script)) as server,
            OpenAIChat("ada-1", server.url, KEY, timeout, clock=clock) as model,
        ):
            self.url = server.url
            self._listen(model)
            self.asked = len(server.requests)

    def _listen(self, model: OpenAIChat) -> None:
        try:
            for item in model.stream(HELLO):
                match item:
                    case TextPiece(text=piece):
                        self.texts.append(piece)
                    case Retrying(reason=reason, discard=discard):
                        self.retries.append(reason)
                        self.texts = [] if discard else self.texts
                    case Reply():
                        self.reply = item
        except CarrelError as error:
            self.error = error


def problem(message: str, code: str | None = None) -> dict[str, Any]:
    """Return an error in the envelope of OpenAI."""
    return {"error": {"message": message, "type": "some_error", "param": None, "code": code}}


def events(*chunks: Mapping[str, Any] | str) -> Fault:
    """Return an answer that streams these events and ends without [DONE]."""
    lines = (chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks)
    return Fault(200, "".join(f"data: {line}\n\n" for line in lines), {"Content-Type": "text/event-stream"})


def text(content: str) -> dict[str, Any]:
    """Return a chunk of text."""
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": None}]}


FINAL = [
    (
        Fault(401, problem("Bad key")),
        NotAuthorised,
        "does not accept the API key: Bad key. Set CARREL_API_KEY, or api_key in",
    ),
    (Fault(403, problem("No")), NotAuthorised, "does not allow this request: No. Check what the account"),
    (Fault(403, problem("API key expired")), NotAuthorised, "the API key: API key expired. Set CARREL_API_KEY"),
    (Fault(403, problem("Your region is not supported")), NotAuthorised, "Your region is not supported. Check what"),
    (Fault(402, problem("Pay first")), RateLimited, "used up its quota: Pay first. Check its plan and billing"),
    (Fault(400, problem("Your credit balance is too low")), RateLimited, "quota: Your credit balance is too low."),
    (
        Fault(404, problem("No endpoints found matching your data policy (free models)")),
        NotAuthorised,
        "No endpoints found matching your data policy (free models). Check what the account",
    ),
    (
        Fault(400, [{"error": {"code": 400, "message": "API key not valid"}}]),
        NotAuthorised,
        "does not accept the API key: API key not valid.",
    ),
    (
        Fault(422, {"detail": [{"loc": ["body"], "msg": "Field required"}, {"msg": "Too few"}]}),
        ModelFailed,
        "refused the request: Field required; Too few.",
    ),
    (Fault(400, {"errors": ["The prompt is too long"]}), DoesNotFit, "The prompt is too long."),
    (Fault(400, {"msg": "No such field"}), ModelFailed, "refused the request: No such field."),
    (
        Fault(
            400,
            {
                "error": {
                    "message": "Provider returned error",
                    "code": 400,
                    "metadata": {"raw": '{"error": {"message": "The prompt is too long"}}', "provider_name": "One"},
                }
            },
        ),
        DoesNotFit,
        "'ada-1': The prompt is too long.",
    ),
    (
        Fault(403, problem("No access", "model_not_found")),
        ModelUnreachable,
        "has no model 'ada-1': No access. Set 'model'",
    ),
    (
        Fault(404, problem("model 'ada-1' not found")),
        ModelUnreachable,
        "has no model 'ada-1': model 'ada-1' not found. Set 'model'",
    ),
    (Fault(404, "404 page not found"), ModelUnreachable, "404 page not found. Check base_url"),
    (
        Fault(307, "", {"Location": "http://evil.example/v1"}),
        ModelUnreachable,
        "to another address: http://evil.example/v1",
    ),
    (Fault(429, problem("Pay first.", "insufficient_quota")), RateLimited, "used up its quota: Pay first."),
    (
        Fault(429, problem("Request too large for ada-1")),
        DoesNotFit,
        "does not fit the context window of model 'ada-1'",
    ),
    (Fault(400, problem("Bad schema")), ModelFailed, "refused the request: Bad schema."),
    (Fault(400, {"error": "No tool_choice here"}), ModelFailed, "refused the request: No tool_choice here."),
    (Fault(422, {"detail": "messages missing"}), ModelFailed, "refused the request: messages missing."),
    (Fault(400, problem(f"Odd key {KEY}")), ModelFailed, "refused the request: Odd key …."),
    *((Fault(400, problem(f"So: {marker}!")), DoesNotFit, marker) for marker in OVERFLOWS),
    (Fault(400, problem("Too long", "context_length_exceeded")), DoesNotFit, "Too long"),
    (Fault(500, problem("the request exceeds the context")), DoesNotFit, "exceeds the context"),
    (events(problem("maximum context length is 4096")), DoesNotFit, "maximum context length is 4096"),
    (
        Fault(200, "{}", {"Content-Type": "application/json"}),
        ModelUnreachable,
        "has no chat completions at this address: it answers with nothing. Check base_url",
    ),
    (
        Fault(200, "<html><body>Sign in</body></html>", {"Content-Type": "text/html; charset=utf-8"}),
        ModelUnreachable,
        "it answers, but not with a reply: Sign in. Check base_url",
    ),
    (
        Fault(200, {"base_resp": {"status_code": 1004, "status_msg": "API key invalid"}}),
        NotAuthorised,
        "does not accept the API key: API key invalid.",
    ),
    (events({"type": "message_start"}, "[DONE]"), ModelUnreachable, "not with a reply: "),
    (
        Fault(200, '{"message": {"content": "Hi"}, "done": true}', {"Content-Type": "application/x-ndjson"}),
        ModelUnreachable,
        "not with a reply: ",
    ),
    (
        Fault(400, problem("提示有 9,123 个，最多 1,192 个")),
        ModelFailed,
        "refused the request",
    ),
    (
        Fault(429, problem("Slow down"), {"Retry-After": "21"}),
        RateLimited,
        "is limiting requests and asks to wait 21 s: Slow down.",
    ),
]


@pytest.mark.network
@pytest.mark.parametrize(("fault", "kind", "words"), FINAL)
def test_lasting_faults_are_not_asked_again(fault: Fault, kind: type[CarrelError], words: str) -> None:
    """What another attempt cannot mend is raised at once, in words that name it."""
    talk = Talk(fault)
    assert type(talk.error) is kind
    assert words in str(talk.error)
    assert talk.error.hint
    assert (talk.asked, talk.waits, talk.texts) == (1, [], [])


SHAPES = [
    (Fault(400, {"Error": {"Message": "The prompt is too long"}}), DoesNotFit),
    (Fault(400, {"fault": {"faultstring": "The prompt is too long"}}), DoesNotFit),
    (Fault(400, {"errors": {"prompt": ["is too long"]}}), DoesNotFit),
    (Fault(400, {"error": "Bad Request", "message": "The prompt is too long"}), DoesNotFit),
    (Fault(400, {"error": True, "description": "The prompt is too long"}), DoesNotFit),
    (Fault(400, {"error": None, "statusMessage": "The prompt is too long"}), DoesNotFit),
    (Fault(400, json.dumps({"error": json.dumps({"text": "The prompt is too long"})})), DoesNotFit),
    (Fault(400, "<Error><Message>The prompt is too long</Message></Error>"), DoesNotFit),
    (Fault(400, 'event: error\ndata: {"error": {"message": "The prompt is too long"}}\n\n'), DoesNotFit),
    (Fault(400, {"error": {"code": "context_length_exceeded"}}), DoesNotFit),
    (Fault(400, {"error": {"type": "content_filter"}}), ContentRefused),
    (Fault(400, {"blocked": True, "why": {"said": "Prompt blocked: SAFETY"}}), ContentRefused),
    (events(text("Half"), {"object": "error", "message": "The prompt is too long", "code": 400}), DoesNotFit),
    (events({"object": "error", "message": "The prompt is too long", "code": 400}), DoesNotFit),
    (events({"error": True, "message": "The prompt is too long"}), DoesNotFit),
    (Fault(200, "event: error\ndata: The prompt is too long\n\n", EVENTS), DoesNotFit),
    (Fault(200, 'error: {"code": 400, "message": "The prompt is too long"}\n\n', EVENTS), DoesNotFit),
    (Fault(200, {"error": "Bad Request", "detail": "The prompt is too long"}), DoesNotFit),
    (Fault(200, {"object": "error", "message": "The prompt is too long"}), DoesNotFit),
]
"""The same in all the shapes in which a server can say it."""


@pytest.mark.network
@pytest.mark.parametrize(("fault", "kind"), SHAPES)
def test_the_words_of_an_error_are_found_in_any_shape(fault: Fault, kind: type[CarrelError]) -> None:
    """They are shown and decide, in an answer with an error's status and in a stream with another."""
    talk = Talk(fault)
    assert type(talk.error) is kind
    assert any(words in str(talk.error) for words in ("too long", "context_length", "content_filter", "SAFETY"))


@pytest.mark.network
@pytest.mark.parametrize("sort", SORTS[::4], ids=str)
def test_what_real_servers_say_becomes_the_right_error(sort: Sort) -> None:
    """The error of its kind, with the server's own words in it; every fourth, since the rule is tried on all."""
    code = " ".join(sort.codes)
    fault = Fault(sort.status, {"error": {"message": sort.words, "code": code or None}})
    talk = Talk(fault, *[fault] * 2 * TABLE[sort.kind].temporary)
    assert type(talk.error) is TABLE[sort.kind].error
    assert one_line(sort.words, 300).rstrip(".…") in str(talk.error)


@pytest.mark.network
@pytest.mark.parametrize(("words", "kind"), [("提示有 {} 个，最多 {} 个", DoesNotFit), ("提示有问题", ModelFailed)])
def test_a_figure_near_our_own_count_means_that_a_request_is_too_long(words: str, kind: type[CarrelError]) -> None:
    """In a language that no rule knows, beside a smaller figure."""
    request = Request((UserMessage("The kettle sings in the kitchen. " * 1200),))
    sent = Estimator().count(request.messages[0].text)
    assert sent > 8000
    with FakeServer([Fault(400, problem(words.format(f"{sent + 300:,}", "8,192")))]) as server:
        with OpenAIChat("m", server.url) as model, pytest.raises(kind) as raised:
            list(model.stream(request))
        assert len(server.requests) == 1
    assert "提示有" in str(raised.value)


PASSING = [
    (Fault(429, problem("Slow down")), RateLimited, "is limiting requests: Slow down. Try again later."),
    (Fault(500, problem("Oops")), ModelFailed, "failed: Oops."),
    (Fault(503, "<html><style>b {}</style><h1>Busy</h1> now</html>"), ModelFailed, "failed: Busy now."),
    (Fault(529), ModelFailed, "failed: HTTP 529."),
    (Fault(408), ModelFailed, "failed: HTTP 408."),
    (Fault(409), ModelFailed, "failed: HTTP 409."),
    (Fault(0), ModelUnreachable, "cannot be reached"),
    (Fault(cut_after=0), ModelFailed, "broke off: "),
    (Fault(cut_after=1), ModelFailed, "broke off: "),
    (events(), ModelFailed, "the stream ended before the reply did"),
    (events(text(""), "[DONE]"), ModelFailed, "the stream ended before the reply did"),
    (events({"choices": []}, "[DONE]"), ModelFailed, "the stream ended before the reply did"),
    (events({"choices": [{"delta": {}, "finish_reason": "error"}]}), ModelFailed, "the stream ended before"),
    (events("{not json"), ModelFailed, "not JSON"),
    (events(problem("The GPU fell over")), ModelFailed, "The GPU fell over"),
    (events({"error": {"message": "Slow down", "code": 429}}), RateLimited, "Slow down"),
]


@pytest.mark.network
@pytest.mark.parametrize(("fault", "kind", "words"), PASSING)
def test_passing_faults_are_asked_again_twice(fault: Fault, kind: type[CarrelError], words: str) -> None:
    """What may pass is tried three times in all, with growing waits, and then raised."""
    talk = Talk(fault, fault, fault)
    assert type(talk.error) is kind
    assert words in str(talk.error)
    assert talk.error.hint
    assert talk.asked == 3
    assert [0.375 <= talk.waits[0] <= 0.5, 0.75 <= talk.waits[1] <= 1.0] == [True, True]


@pytest.mark.network
@pytest.mark.parametrize("fault", [fault for fault, _, _ in PASSING])
def test_passing_faults_leave_no_trace(fault: Fault) -> None:
    """A later attempt that succeeds is all that the consumer sees."""
    talk = Talk(fault, say("Here."))
    assert ("".join(talk.texts), talk.error, talk.asked) == ("Here.", None, 2)
    assert talk.reply is not None
    assert talk.reply.message == say("Here.")


BROKEN_OFF = [Fault(cut_after=3), events(text("An answer")), events(text("An "), problem("Oops"))]


@pytest.mark.network
@pytest.mark.parametrize("fault", BROKEN_OFF)
def test_shown_text_is_void_once_the_stream_breaks(fault: Fault) -> None:
    """A stream that breaks after text is asked for anew; nothing of the first attempt is spliced into the second."""
    talk = Talk(fault, say("Another answer."))
    assert (talk.error, talk.asked, "".join(talk.texts)) == (None, 2, "Another answer.")
    assert talk.reply is not None
    assert talk.reply.message == say("Another answer.")
    assert len(talk.retries) == 1
    assert talk.retries[0].startswith("The reply of model 'ada-1' broke off: ")


@pytest.mark.network
@pytest.mark.parametrize("fault", BROKEN_OFF)
def test_a_stream_that_always_breaks_is_an_error(fault: Fault) -> None:
    """After three attempts there is no Reply; the text of the last one stays for whoever wants to keep it."""
    talk = Talk(fault, fault, fault)
    assert (type(talk.error), talk.reply, talk.asked) == (ModelFailed, None, 3)
    assert "".join(talk.texts).startswith("An")


@pytest.mark.network
def test_no_attempt_begins_after_a_minute(clock: FrozenClock) -> None:
    """A request that took long to fail is not sent again: the total time is limited."""

    def fail(seconds: float) -> Callable[[Request], Fault]:
        def slowly(request: Request) -> Fault:
            clock.advance(seconds=seconds)
            return Fault(503)

        return slowly

    with FakeServer([fail(40.0), fail(19.4), fail(0.0)]) as server:
        with OpenAIChat("m", server.url, clock=clock) as model, pytest.raises(ModelFailed):
            list(model.stream(HELLO))
        assert len(server.requests) == 2


@pytest.mark.network
def test_broken_calls_are_asked_for_again() -> None:
    """A call cut in the middle was not shown to anybody, so the whole request is sent again."""
    fragment = {"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"x'}}
    talk = Talk(events({"choices": [{"delta": {"tool_calls": [fragment]}}]}), call("g"))
    assert talk.reply is not None
    assert [(asked.name, asked.arguments) for asked in talk.reply.message.calls] == [("g", "{}")]


@pytest.mark.network
def test_reply_that_is_complete_survives_a_break() -> None:
    """What breaks after the finish takes nothing from the reply but its usage."""
    talk = Talk(Fault(cut_after=5, text="Done."))
    assert talk.reply == Reply(say("Done."), None, "stop")


@pytest.mark.network
def test_retry_after_is_honoured() -> None:
    """The wait is the server's own, in seconds or in milliseconds."""
    busy = Fault(429, problem("Slow down"), {"Retry-After": "7"})
    busier = Fault(503, "", {"Retry-After": "7", "Retry-After-Ms": "1500"})
    assert Talk(busy, busier, say("Hi.")).waits == [7.0, 1.5]


@pytest.mark.network
def test_nobody_listens() -> None:
    """A refused connection says where and what to do, after three attempts."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    clock = InstantClock()
    with OpenAIChat("m", url, clock=clock) as model, pytest.raises(ModelUnreachable) as raised:
        list(model.stream(HELLO))
    assert str(raised.value).startswith(f"The server '{url}' cannot be reached: ")
    assert raised.value.hint == "Start the server, or correct base_url."
    assert len(clock.waits) == 2
