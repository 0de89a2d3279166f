"""Say in a sentence what the system refused: files, memory, threads, packages."""

import errno

from carrel.errors import CarrelError, NotConfigured, StoreFailed

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR})
_NO_MORE_FILES = frozenset({errno.EMFILE, errno.ENFILE})


def explain(error: BaseException) -> CarrelError | None:
    """Return an error of the system as one with a sentence and a remedy; None if it is of another kind."""
    match error:
        case OSError():
            return _explain_os_error(error)
        case MemoryError():
            return CarrelError("This machine has no memory left.", "End other programs, or import smaller files.")
        case ImportError():
            problem = f"A package that Carrel needs cannot be imported: {error}."
            return NotConfigured(problem, "Install Carrel again, with its dependencies.")
        case RuntimeError() if "new thread" in str(error):
            return CarrelError(
                "The system starts no more threads.", "Raise the limit (ulimit -u), or end other programs."
            )
    return None


def _explain_os_error(error: OSError) -> CarrelError:
    reason = error.strerror or str(error) or type(error).__name__
    subject = f"'{error.filename}'" if error.filename else "A file"
    if error.errno in _NO_ROOM:
        return StoreFailed(f"{subject} cannot be written: {reason}.", "Free some space, try again.")
    if error.errno in _NO_MORE_FILES:
        return CarrelError(f"{subject} cannot be opened: {reason}.", "Raise the limit of open files (ulimit -n).")
    if error.errno in _NO_RIGHT and error.filename:
        return NotConfigured(f"{subject} cannot be used: {reason}.", "Check the path and its permissions.")
    return CarrelError(f"The system refused to go on: {reason}.", "Add --debug to see where.")
