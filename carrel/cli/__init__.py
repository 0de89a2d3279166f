"""The command line: parse, call, render. Heavy imports happen inside the commands, so that help is printed at once."""

import atexit
import gc
import os
import sys
import threading
from types import TracebackType

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from carrel import __version__
from carrel.cli import (
    agent,
    ask,
    chat,
    config,
    context,
    db,
    doctor,
    fake_server,
    help,
    import_files,
    keys,
    memory,
    models,
    run,
    session,
    ui,
)
from carrel.cli.terminal.output import print_error, print_note
from carrel.cli.terminal.streams import end_error_output, lacking_encoding, output_error, prepare_streams
from carrel.cli.terminal.system_errors import explain
from carrel.errors import CarrelError, UsageError

INTERRUPTED = 130

app = typer.Typer(
    name="carrel",
    help="Talk to an agent that remembers. Start with: carrel chat",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("chat")(chat.chat)
app.command("ask")(ask.ask)
app.command("run")(run.run)
app.command("import")(import_files.import_files)
app.add_typer(agent.app, name="agent")
app.add_typer(session.app, name="session")
app.add_typer(memory.app, name="memory")
app.add_typer(context.app, name="context")
app.add_typer(models.app, name="models")
app.add_typer(db.app, name="db")
app.add_typer(config.app, name="config")
app.command("ui")(ui.ui)
app.add_typer(keys.app, name="keys")
app.command("doctor")(doctor.doctor)
app.command("help")(help.show_page)
app.command("fake-server")(fake_server.fake_server)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"carrel {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    """Talk to an agent that remembers."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Run the command line and exit with its code; an error is one sentence, with --debug also its traceback."""
    os.umask(0o077)
    _start_fast()
    prepare_streams()
    arguments, debug = _take_debug(sys.argv[1:])
    sys.excepthook = _print_traceback if debug else _print_unexpected
    if threading.excepthook is threading.__excepthook__:  # a test runner has one of its own
        threading.excepthook = _print_of_thread
    as_json = any(flag in arguments for flag in ("--json", "--stream-json"))
    sys.exit(_end_output(_run(arguments, debug, as_json), as_json))


def _start_fast() -> None:
    """Save a third of the time that a short command spends on itself, at the start and at the end."""
    # Imports create 300,000 objects that live to the end, and each collection, at the start and the last one, would
    # visit them. openai imports aiohttp where it finds it (chromadb brings it) for a client that is not used here.
    gc.set_threshold(50_000, 20, 50)
    atexit.register(gc.freeze)
    sys.modules.setdefault("openai._vendor.httpx_aiohttp", None)  # type: ignore[arg-type]


def _run(arguments: list[str], debug: bool, as_json: bool) -> int:
    """Run a command and return its exit code."""
    try:
        return int(get_command(app).main(arguments, "carrel", standalone_mode=False) or 0)
    except TyperException as error:
        return _print_usage_error(error, as_json)
    except typer.Abort:
        print_note("Nothing was done.")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except (CarrelError, OSError, MemoryError, ImportError) as error:
        return _print_failure(error, debug, as_json)


def _print_failure(error: Exception, debug: bool, as_json: bool) -> int:
    """Print an error of ours or of the system, and return the exit code."""
    if isinstance(error, OSError) and (failed := output_error()):
        return _print_output_error(failed, as_json)
    if debug:
        raise error
    known = error if isinstance(error, CarrelError) else explain(error)
    assert known is not None
    print_error(known, as_json)
    return known.exit_code


def _end_output(code: int, as_json: bool) -> int:
    """Write the rest of the output, and return the exit code."""
    if (failed := output_error()) is not None:
        code = _print_output_error(failed, as_json)
    elif encoding := lacking_encoding():
        told = f"Standard output in {encoding} lacks characters, which are written as escapes such as \\u5c0f."
        print_note(f"{told} Choose UTF-8, for example with PYTHONUTF8=1.")
    end_error_output()
    return code


def _print_output_error(error: OSError, as_json: bool) -> int:
    """Print why standard output cannot be written; a reader that has left, as in `| head`, needs no telling."""
    if not isinstance(error, BrokenPipeError):
        problem = f"Standard output cannot be written: {error.strerror}."
        print_error(CarrelError(problem, "What was to be stored is stored."), as_json)
    return 1


def _print_usage_error(error: TyperException, as_json: bool) -> int:
    """Print what is wrong with the command line, or the help of a group that was called without a command."""
    message = error.format_message().strip()
    if message.startswith("Usage:"):
        print_note(message)
        return error.exit_code
    sentence = message if message.endswith((".", "?")) else f"{message}."
    click_context = getattr(error, "ctx", None)
    command = click_context.command_path if click_context else "carrel"
    print_error(UsageError(sentence, f"See {command} --help."), as_json)
    return error.exit_code


def _print_unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error that no command handles; the interpreter then exits with 1."""
    fault = CarrelError(
        f"{kind.__name__}: {_mask_keys(str(error))}.", "This is a fault in Carrel: add --debug to see where."
    )
    print_error(explain(error) or fault, as_json="--json" in sys.argv)


def _print_of_thread(failed: threading.ExceptHookArgs) -> None:
    """Print an error that ended a background thread, as one of the main thread."""
    if failed.exc_value is not None:
        sys.excepthook(failed.exc_type, failed.exc_value, failed.exc_traceback)


def _print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the traceback of an error, without the keys that a server may have quoted."""
    import traceback

    print_note(_mask_keys("".join(traceback.format_exception(kind, error, trace)).rstrip()))


def _mask_keys(text: str) -> str:
    from carrel.config import configured_keys
    from carrel.keys import mask

    return mask(text, configured_keys(os.environ))


def _take_debug(arguments: list[str]) -> tuple[list[str], bool]:
    """Return the arguments without --debug, which may stand anywhere before a `--`, and whether it was there."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [argument for argument in arguments[:end] if argument != "--debug"]
    return options + arguments[end:], len(options) < end
