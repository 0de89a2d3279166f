"""The tiny requests by which it is found out how a model can be asked to act. Pure."""

from carrel.messages import ToolSchema

PROBE_TOOL = ToolSchema(
    "note_word",
    "Note a word.",
    {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
)
PROBE_WORD = "teapot"
ASK_FOR_CALL = f'Note the word "{PROBE_WORD}" now: call note_word.'
ASK_FOR_REPLY = "Say hello to the user."
ASK_FOR_TEXT_CALL = (
    "You can note a word by writing one line:\n"
    '<tool_call>{"name": "note_word", "arguments": {"word": "..."}}</tool_call>\n'
    f'Note the word "{PROBE_WORD}" now: write that line and nothing else.'
)
"""None of them is anything that a user would write, so that fake servers can tell them from a conversation."""

PROBES = {ASK_FOR_CALL: "native", ASK_FOR_REPLY: "action", ASK_FOR_TEXT_CALL: "text"}
"""By the text of the request: the rung that it is about."""
