"""How the window is shared out, in tokens. Pure."""

from dataclasses import dataclass

PER_MESSAGE = 4
"""Tokens that a chat template spends on a message beside its text (OpenAI cookbook, "num_tokens_from_messages")."""

SMALL_WINDOW = 4000
"""Below this the instructions and the tool schemas are the short ones: they would take half of the window."""

SMALL_OWN = 3000
"""The same in the counter's own tokens, where the model's are shorter by far."""

SQUEEZES = (1.0, 0.75, 0.5, 0.25)
"""Where a model's tokens are shorter than ours by a fifth, a window of 2,000 leaves no room for a message otherwise."""

WARN_OF_FLUSH = 0.9
"""The warning comes at this part of the way to a flush at the latest: who sets only `flush_share` is warned too."""

LEAST_WINDOW = 2000
"""Below this nothing is squeezed: what would be left of memory is no memory, and the user is told so."""

RESERVE_SHARE = 8
"""At most one part in this many of the window is kept for the reply."""

CORE_SHARE = 10
"""Core memory is shown up to one part in this many of the window."""

CHANGED_SHARE = 40
"""Blocks that changed since the head was written are shown at the tail up to one part in this many of the window."""

SUMMARY_SHARE = 12
"""One part in this many of the window is for the summary, its heading included."""

SUMMARY_HEAD_TOKENS = 12

MESSAGE_SHARE = 8
"""A single message is shown up to one part in this many of the window; the whole of it stays in recall."""

TAIL_TOKENS = 130
"""What the tail takes at most beside recalled memories and changed blocks: clock, counts and three notices."""

LEAST_MESSAGE = 80
"""Where a message could not be shown even so far, the window is too small to work in."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The window and how it is shared out; all shares but `window` and `reserve` are in the counter's own tokens.

    `scale` is how many of the model's tokens one of the counter's stands for, as its servers reported.
    """

    window: int
    reply_tokens: int
    page_in_share: float = 0.12
    warn_share: float = 0.7
    flush_share: float = 1.0
    scale: float = 1.0
    squeeze: float = 1.0
    """How much of their shares core memory, the summary and what is recalled are left: a message comes first."""

    @property
    def small(self) -> bool:
        """Whether the window is too small for the full instructions."""
        return self.window < SMALL_WINDOW or self.own < SMALL_OWN

    @property
    def own(self) -> int:
        """The window in the counter's tokens."""
        return int(self.window / self.scale)

    @property
    def reserve(self) -> int:
        """What is kept free for the reply, in the model's tokens."""
        return min(self.reply_tokens, self.window // RESERVE_SHARE)

    @property
    def prompt(self) -> int:
        """What everything that is sent may take."""
        return int((self.window - self.reserve) / self.scale)

    @property
    def flush(self) -> int:
        """What everything that is sent may take before the queue is flushed."""
        return int(self.prompt * self.flush_share)

    @property
    def warn(self) -> int:
        """From here on the agent is told that a flush is near."""
        return int(self.prompt * min(self.warn_share, WARN_OF_FLUSH * self.flush_share))

    @property
    def summary(self) -> int:
        """What the summary may take."""
        return int(self.own // SUMMARY_SHARE * self.squeeze) - SUMMARY_HEAD_TOKENS

    @property
    def core(self) -> int:
        """What core memory may take."""
        return int(self.own // CORE_SHARE * self.squeeze)

    @property
    def changed(self) -> int:
        """What blocks that were changed since the head was written may take at the tail; none in a small window."""
        return 0 if self.small else int(self.own // CHANGED_SHARE * self.squeeze)

    @property
    def message(self) -> int:
        """What a single message may take, where there is room."""
        return self.own // MESSAGE_SHARE

    @property
    def recalled(self) -> int:
        """What recalled memories may take."""
        return int(self.own * self.page_in_share * self.squeeze)
