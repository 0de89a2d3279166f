"""Which kind an error is, by a rule over its words."""

import pytest

from carrel.models.chat.server.failures.error_kinds import kind_of, kind_of_event
from carrel.models.chat.server.failures.failure import Kind
from tests.testing.sorts import SORTS, Sort
from tests.testing.wordings import OVERFLOWS


@pytest.mark.parametrize("words", OVERFLOWS)
@pytest.mark.parametrize("status", [400, 413, 500])
def test_a_request_that_is_too_long(words: str, status: int) -> None:
    """Every wording of every server means the same, whatever the status."""
    assert kind_of(status, (), words) == "overflow"


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (401, "No", "key"),
        (400, "API key not valid. Please pass a valid API key.", "key"),
        (403, "Incorrect API key provided", "key"),
        (403, "Country, region, or territory not supported", "forbidden"),
        (403, "Your input was flagged by moderation", "content"),
        (400, "The response was filtered due to the prompt triggering Azure's content management policy", "content"),
        (400, "Content Exists Risk", "content"),
        (400, "Input data may contain inappropriate content.", "content"),
        (400, "系统检测到输入或生成内容可能包含不安全或敏感内容", "content"),
        (400, "Invalid prompt: your prompt was flagged as potentially violating our usage policy", "content"),
        (400, "Invalid content type: expected text", "refused"),
        (402, "Insufficient credits", "quota"),
        (400, "Your credit balance is too low to access the API", "quota"),
        (404, "No endpoints found matching your data policy (Free model training)", "forbidden"),
        (404, "model 'm' not found, try pulling it first", "model"),
        (404, "404 page not found", "path"),
        (500, "The GPU fell over", "server"),
        (400, "Bad schema", "refused"),
        (500, "context shift is disabled", "overflow"),
        (400, "We could not process the request because it may breach our acceptable use policy", "content"),
        (400, "Missing Authentication header", "key"),
        (404, "No endpoints found for mistral/foo", "model"),
        (400, "The model produced invalid content. Consider modifying your prompt", "refused"),
    ],
)
def test_the_words_decide_where_the_status_does_not(status: int, words: str, kind: Kind) -> None:
    """A 403 is the key only where it says so, and a 404 is the model only where it says so."""
    assert kind_of(status, (), words) == kind


@pytest.mark.parametrize("sort", SORTS, ids=str)
def test_what_real_servers_say(sort: Sort) -> None:
    """Each sort in the words of many servers, and what only looks like it."""
    assert kind_of(sort.status, sort.codes, sort.words) == sort.kind


@pytest.mark.parametrize(
    ("codes", "words", "kind"),
    [
        (("400",), "The prompt is too long", "overflow"),
        (("503",), "No worker is free", "server"),
        (("1004",), "invalid api key", "key"),
        (("1008",), "insufficient balance", "quota"),
        (("1002",), "rate limit", "rate"),
        (("1026",), "input new_sensitive", "content"),
        (("tool_use_failed",), "tool call validation failed", "broken"),
        ((), "The GPU fell over", "broken"),
        ((), "Unexpected endpoint or method", "path"),
    ],
)
def test_an_error_with_status_200(codes: tuple[str, ...], words: str, kind: Kind) -> None:
    """Its own code counts as the status where it is one; else its words do."""
    assert kind_of_event(codes, words) == kind
