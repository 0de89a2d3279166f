"""OpenAI's own models that reason are asked by the Responses API, others by Chat Completions."""

import pytest

from carrel.models.chat.server.responses.choice import wants_responses

OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    "name",
    ["gpt-5-mini", "gpt-5", "gpt-5.6-terra", "gpt-6-astra", "o3", "o4-mini", "GPT-5", "ft:gpt-5:ada", "codex-mini"],
)
def test_a_model_that_reasons_on_its_own_server(name: str) -> None:
    """The name decides on OpenAI's servers, and on no others."""
    assert wants_responses(OPENAI, name)
    assert wants_responses("https://eu.api.openai.com/v1", name)
    assert not wants_responses("http://localhost:8080/v1", name)
    assert not wants_responses("https://openai.com.example/v1", name)


@pytest.mark.parametrize("name", ["gpt-4o", "gpt-4.1-mini", "gpt-5-chat-latest", "chatgpt-4o-latest", "olmo3", "qwen3"])
def test_another_model(name: str) -> None:
    """Models that do not reason stay with Chat Completions, which takes their tools."""
    assert not wants_responses(OPENAI, name)
