"""Everything that Carrel raises, sorted by who must act.

    CarrelError
    ├── ModelMistake            the model reads it as the result of its call and tries again
    │   ├── UnknownTool
    │   ├── BadArguments
    │   └── MemoryRefused       a memory edit that cannot be done as asked (the user sees these too)
    │       ├── BlockFull
    │       ├── BlockReadOnly
    │       ├── BlockChanged
    │       └── TextNotFound
    ├── UserError               the person at the keyboard can put it right
    │   ├── UsageError          exit 2
    │   │   └── BadFile
    │   ├── NotConfigured       exit 3
    │   │   ├── BadConfig
    │   │   └── HomeUnusable
    │   ├── NotFound            exit 4
    │   ├── CassetteMiss        exit 5
    │   ├── Busy                exit 75
    │   ├── LimitReached        exit 1
    │   └── DoesNotFit          exit 78
    └── OperatorError           a server or a disk is to blame
        ├── StoreFailed         exit 1
        ├── ModelFailed         exit 1
        ├── RateLimited         exit 75
        ├── NotAuthorised       exit 76
        └── ModelUnreachable    exit 77

A message names the subject in quotes, says its state, and ends with the remedy.
"""

from typing import ClassVar


class CarrelError(Exception):
    """Something went wrong that a sentence can explain."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ModelMistake(CarrelError):
    """The model asked for something that cannot be done; it is told how to do better."""

    code = "model_mistake"


class UnknownTool(ModelMistake):
    """The model called a tool that does not exist."""

    code = "unknown_tool"


class BadArguments(ModelMistake):
    """The model called a tool with arguments that do not fit its schema."""

    code = "bad_arguments"


class MemoryRefused(ModelMistake):
    """A memory edit cannot be done as asked; nothing has changed."""

    code = "memory_refused"


class BlockFull(MemoryRefused):
    """An edit would take a core memory block over its limit."""

    code = "block_full"


class BlockReadOnly(MemoryRefused):
    """A core memory block may not be edited by the agent."""

    code = "block_read_only"


class BlockChanged(MemoryRefused):
    """Somebody else has changed a core memory block since the agent read it, and writing it anew would undo that."""

    code = "block_changed"


class TextNotFound(MemoryRefused):
    """The text to be replaced is not there, or is there more than once."""

    code = "text_not_found"


class UserError(CarrelError):
    """The person at the keyboard can put it right."""

    code = "user_error"


class UsageError(UserError):
    """A command or call was given something that it cannot take."""

    code = "usage"
    exit_code = 2


class BadFile(UsageError):
    """A file is not what it was said to be."""

    code = "bad_file"


class NotConfigured(UserError):
    """A setting is missing."""

    code = "not_configured"
    exit_code = 3


class BadConfig(NotConfigured):
    """A setting has a value that makes no sense."""

    code = "bad_config"


class HomeUnusable(NotConfigured):
    """The home directory cannot be made, read or written."""

    code = "home_unusable"


class NotFound(UserError):
    """No agent, session, turn or memory goes by that name."""

    code = "not_found"
    exit_code = 4


class CassetteMiss(UserError):
    """A model is asked something that was not recorded."""

    code = "cassette_miss"
    exit_code = 5


class Busy(UserError):
    """Somebody else is using it right now."""

    code = "busy"
    exit_code = 75


class DoesNotFit(UserError):
    """The context window is too small for what must stand in it."""

    code = "does_not_fit"
    exit_code = 78
    limit: int | None = None
    """The tokens of context that a server says it serves."""


class LimitReached(UserError):
    """A limit that the user has set is used up."""

    code = "limit_reached"


class OperatorError(CarrelError):
    """A server or a disk is to blame."""

    code = "operator_error"


class StoreFailed(OperatorError):
    """The database cannot be opened, read or written."""

    code = "store_failed"


class ModelFailed(OperatorError):
    """The model server answered with an error or with nothing that can be used."""

    code = "model_failed"


class RateLimited(OperatorError):
    """The model server asks for patience."""

    code = "rate_limited"
    exit_code = 75


class NotAuthorised(OperatorError):
    """The model server does not accept the key."""

    code = "not_authorised"
    exit_code = 76


class ModelUnreachable(OperatorError):
    """The model server does not answer, or does not know the model."""

    code = "model_unreachable"
    exit_code = 77
