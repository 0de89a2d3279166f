"""How the context window is shared out, in tokens. Pure."""

from dataclasses import KW_ONLY, dataclass, replace

PER_MESSAGE = 4
"""Tokens that a chat template spends on a message besides its text (OpenAI cookbook, "num_tokens_from_messages")."""

SMALL_WINDOW = 4000
"""In smaller windows the short instructions and tool schemas are sent: the full ones would take half of the window."""

SMALL_COUNTED_WINDOW = 3000
"""The same limit in the counter's tokens, for models whose tokens are much shorter than the counter's."""

SQUEEZES = (1.0, 0.75, 0.5, 0.25)
"""How far core memory, the summary and recalled memories may be squeezed, one step after the other.

Where a model counts a fifth more tokens than the counter, a window of 2,000 has no room for a message otherwise.
"""

WARN_OF_FLUSH = 0.9
"""The warning comes at this share of the flush threshold at the latest, even if only `flush_share` was lowered."""

MIN_WINDOW = 2000
"""Smaller windows are not squeezed: so little memory would be left that the user is told to enlarge the window."""

RESERVE_SHARE = 8
"""At most one part in this many of the window is reserved for the reply."""

CORE_SHARE = 10
"""Core memory takes at most one part in this many of the window."""

CHANGED_SHARE = 40
"""Blocks that changed since the head was written take at most one part in this many of the window, at the tail."""

SUMMARY_SHARE = 12
"""The summary, its heading included, takes at most one part in this many of the window."""

SUMMARY_HEADING_TOKENS = 12

MESSAGE_SHARE = 8
"""A single message takes at most one part in this many of the window; recall keeps the whole of it."""

TAIL_TOKENS = 130
"""The most that the tail takes besides recalled memories and changed blocks: clock, counts and three notices."""

MIN_MESSAGE = 80
"""A window that leaves less than this for a single message is too small to work in."""

CALL_TOKENS = 64
"""The least that a call and its result take, both truncated as far as they can be."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How the context window is shared out.

    `window`, `reply_tokens` and `reserve` are in the model's tokens, everything else in the counter's. `scale` is how
    many of the model's tokens one of the counter's stands for, according to what its server has reported.
    """

    window: int
    reply_tokens: int
    _: KW_ONLY
    page_in_share: float = 0.12
    warn_share: float = 0.7
    flush_share: float = 1.0
    scale: float = 1.0
    squeeze: float = 1.0
    """The part of their shares that core memory, the summary and recalled memories get: messages come first."""
    fixed: int = 0
    """What the instructions and the tool schemas take."""

    @property
    def small(self) -> bool:
        """Whether the window is too small for the full instructions."""
        return self.window < SMALL_WINDOW or self.counted_window < SMALL_COUNTED_WINDOW

    @property
    def counted_window(self) -> int:
        """The window in the counter's tokens."""
        return int(self.window / self.scale)

    @property
    def reserve(self) -> int:
        """What is reserved for the reply."""
        return min(self.reply_tokens, self.window // RESERVE_SHARE)

    @property
    def prompt(self) -> int:
        """The most that a request may take."""
        return int((self.window - self.reserve) / self.scale)

    @property
    def flush(self) -> int:
        """What a request may take before the queue is flushed."""
        return int(self.prompt * self.flush_share)

    @property
    def warn(self) -> int:
        """What a request may take before the agent is warned of a flush."""
        return int(self.prompt * min(self.warn_share, WARN_OF_FLUSH * self.flush_share))

    @property
    def summary(self) -> int:
        """The most that the summary may take, without its heading."""
        return int(self.counted_window // SUMMARY_SHARE * self.squeeze) - SUMMARY_HEADING_TOKENS

    @property
    def core(self) -> int:
        """The most that core memory may take."""
        return int(self.counted_window // CORE_SHARE * self.squeeze)

    @property
    def changed(self) -> int:
        """The most that blocks which changed since the head was written may take at the tail; 0 in a small window."""
        return 0 if self.small else int(self.counted_window // CHANGED_SHARE * self.squeeze)

    @property
    def recalled(self) -> int:
        """The most that recalled memories may take."""
        return int(self.counted_window * self.page_in_share * self.squeeze)

    @property
    def message_share(self) -> int:
        """The most that a single message may take where there is room."""
        return self.counted_window // MESSAGE_SHARE

    @property
    def message(self) -> int:
        """The most that a single message may take: at most a third of what is left when all else is at its largest.

        So the user's message and the last round of calls, which never leave the queue, always fit. It depends on
        nothing that changes from step to step, so a message is truncated in the same place each time.
        """
        elastic = self.core + self.changed + self.summary + SUMMARY_HEADING_TOKENS + self.recalled + TAIL_TOKENS
        return min(self.message_share, (self.prompt - self.fixed - elastic) // 3)

    @property
    def max_calls(self) -> int:
        """The most calls that a reply may make; more would not fit together with their results."""
        return max(1, 2 * self.message // CALL_TOKENS)

    def result(self, reply_tokens: int, calls: int) -> int:
        """Return the most that each result may take of a reply that takes so many tokens and makes so many calls."""
        reply = min(self.message, reply_tokens) + PER_MESSAGE
        return (2 * self.message - reply) // max(1, calls) - PER_MESSAGE

    def squeeze_to(self, fixed: int) -> "Budget":
        """Return the budget where instructions and tools take `fixed`, squeezed as little as a message requires."""
        for share in SQUEEZES if self.window >= MIN_WINDOW else ():
            budget = replace(self, fixed=fixed, squeeze=share)
            if budget.message >= MIN_MESSAGE:
                return budget
        return replace(self, fixed=fixed, squeeze=1.0)
