"""All errors that Carrel raises, sorted by who can do something about them.

    CarrelError
    ├── ModelMistake            the model: it reads the error as the result of its call and tries again
    │   ├── UnknownTool
    │   ├── BadArguments
    │   └── MemoryRefused       an edit of memory that cannot be done as asked (the user sees these too)
    │       ├── BlockFull
    │       ├── BlockReadOnly
    │       ├── BlockChanged
    │       └── TextNotFound
    ├── UserError               the user
    │   ├── UsageError          exit 2
    │   │   └── BadFile
    │   ├── NotConfigured       exit 3
    │   │   ├── BadConfig
    │   │   └── HomeUnusable
    │   ├── NotFound            exit 4
    │   ├── CassetteMiss        exit 5
    │   ├── Busy                exit 75
    │   ├── Conflict            exit 1
    │   ├── LimitReached        exit 1
    │   └── DoesNotFit          exit 78
    └── OperatorError           whoever runs the server or the disk that failed
        ├── StoreFailed         exit 1
        ├── ModelFailed         exit 1
        │   └── ContentRefused  exit 1
        ├── RateLimited         exit 75
        ├── NotAuthorised       exit 76
        └── ModelUnreachable    exit 77

A message quotes the subject and says its state; the hint says what to do.
"""

from typing import ClassVar


class CarrelError(Exception):
    """An error that people can understand: `message` says what is wrong and `hint` what to do about it."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ModelMistake(CarrelError):
    """The model asked for something that cannot be done; it is told what to do instead."""

    code = "model_mistake"


class UnknownTool(ModelMistake):
    """The model called a tool that does not exist."""

    code = "unknown_tool"


class BadArguments(ModelMistake):
    """The model called a tool with arguments that do not fit its schema."""

    code = "bad_arguments"


class MemoryRefused(ModelMistake):
    """An edit of memory cannot be done as asked; nothing has changed."""

    code = "memory_refused"


class BlockFull(MemoryRefused):
    """An edit would make a core memory block longer than its limit."""

    code = "block_full"


class BlockReadOnly(MemoryRefused):
    """The agent may not edit a core memory block."""

    code = "block_read_only"


class BlockChanged(MemoryRefused):
    """Somebody else changed a core memory block after the agent read it, and rewriting it would undo that change."""

    code = "block_changed"


class TextNotFound(MemoryRefused):
    """The text to replace does not occur, or occurs more than once."""

    code = "text_not_found"


class UserError(CarrelError):
    """The user can solve the problem."""

    code = "user_error"


class UsageError(UserError):
    """A command or function was given an argument that it does not accept."""

    code = "usage"
    exit_code = 2


class BadFile(UsageError):
    """A file does not have the expected format or content."""

    code = "bad_file"


class NotConfigured(UserError):
    """A setting is missing."""

    code = "not_configured"
    exit_code = 3


class BadConfig(NotConfigured):
    """A setting has an invalid value."""

    code = "bad_config"


class HomeUnusable(NotConfigured):
    """The home directory cannot be created, read or written."""

    code = "home_unusable"


class NotFound(UserError):
    """There is no agent, session, turn or memory with that name or id."""

    code = "not_found"
    exit_code = 4


class CassetteMiss(UserError):
    """A cassette has no recorded reply to a request."""

    code = "cassette_miss"
    exit_code = 5


class Busy(UserError):
    """Another process or thread is using it right now."""

    code = "busy"
    exit_code = 75


class Conflict(UserError):
    """What was changed in the meantime stands in the way."""

    code = "conflict"


class DoesNotFit(UserError):
    """The context window is too small for what has to be in it."""

    code = "does_not_fit"
    exit_code = 78
    limit: int | None = None
    """The tokens of the context window, if the server has stated them."""


class LimitReached(UserError):
    """A limit that the user set has been reached."""

    code = "limit_reached"


class OperatorError(CarrelError):
    """A server or a disk failed."""

    code = "operator_error"


class StoreFailed(OperatorError):
    """The database cannot be opened, read or written."""

    code = "store_failed"


class ModelFailed(OperatorError):
    """The model server answered with an error, or with nothing that can be used."""

    code = "model_failed"


class ContentRefused(ModelFailed):
    """The model server refuses a request for its content, and would refuse it again."""

    code = "content_refused"


class RateLimited(OperatorError):
    """The model server is limiting requests."""

    code = "rate_limited"
    exit_code = 75


class NotAuthorised(OperatorError):
    """The model server does not accept the API key."""

    code = "not_authorised"
    exit_code = 76


class ModelUnreachable(OperatorError):
    """The model server does not answer, or does not have the model."""

    code = "model_unreachable"
    exit_code = 77
