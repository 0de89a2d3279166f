"""Why a turn ends without an answer, in words. Pure."""

from carrel.agent.limits import StopReason
from carrel.errors import ModelFailed
from carrel.protocols import Finish

MARKUP = ("<tool_call>", "<function_call>", "[TOOL_CALLS]", "<|python_tag|>")
"""How calls begin that models write as text. Those of tools that exist are read as calls; these are others."""


def is_call_as_text(text: str) -> bool:
    """Return whether a reply is a call of a tool that does not exist, written as text."""
    return text.lstrip().startswith(MARKUP)


def no_answer(model: str, text: str, finish: Finish, stopped: StopReason | None) -> ModelFailed:
    """Return the error that says why the last reply is no answer."""
    if text:
        return ModelFailed(
            f"Model '{model}' calls tools that do not exist, and does not answer.",
            "Ask again, or try another model.",
        )
    if finish == "content_filter":
        return ModelFailed(
            f"The server of model '{model}' filtered the reply.", "Put it differently, or choose another model."
        )
    if finish == "length":
        return ModelFailed(
            f"Model '{model}' used up its reply before it said anything.",
            "Raise 'reply_tokens' and 'window': it may be thinking.",
        )
    if stopped:
        return ModelFailed(
            f"Model '{model}' was stopped at the limit of its {stopped} and gave no closing answer.", "Ask again."
        )
    return ModelFailed(f"Model '{model}' gave an empty reply.", "Ask again, or try another model.")
