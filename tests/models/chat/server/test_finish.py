"""Why a reply ended, in the words of any server."""

import pytest

from carrel.models.chat.server.finish import read_finish


@pytest.mark.parametrize(
    ("finish", "reasons"),
    [
        ("stop", "stop STOP eos eos_token end_turn stop_sequence COMPLETE completed done"),
        ("length", "length LENGTH max_tokens MAX_TOKENS model_length max_output_tokens model_context_window_exceeded"),
        ("tool_calls", "tool_calls tool_use function_call TOOL_CALL"),
        ("content_filter", "content_filter SAFETY RECITATION PROHIBITED_CONTENT BLOCKLIST SPII refusal sensitive"),
        ("failed", "error abort cancelled insufficient_system_resource MALFORMED_FUNCTION_CALL network_error TIMEOUT"),
        ("other", "moon_phase LANGUAGE OTHER unknown FINISH_REASON_UNSPECIFIED pause_turn"),
    ],
)
def test_the_words_of_servers_are_known(finish: str, reasons: str) -> None:
    """Known reasons mean the same in any case; an unknown one is none of them."""
    assert {reason: read_finish(reason) for reason in reasons.split()} == dict.fromkeys(reasons.split(), finish)
