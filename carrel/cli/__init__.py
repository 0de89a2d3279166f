"""The command line: parse, call, render. Heavy imports happen inside the commands, so that help comes at once."""

import os
import sys
from io import TextIOWrapper
from types import TracebackType

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from carrel import __version__
from carrel.cli import (
    agents,
    ask,
    chat,
    configuration,
    consolidation,
    context,
    databases,
    doctor,
    importing,
    memories,
    modelfiles,
    run,
    serving,
    sessions,
    upkeep,
)
from carrel.cli.output import note, print_error
from carrel.errors import CarrelError, UsageError

INTERRUPTED = 130

app = typer.Typer(
    name="carrel",
    help="Talk to an agent that remembers. Start with: carrel chat",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("chat")(chat.chat)
app.command("ask")(ask.ask)
app.command("run")(run.run)
app.command("import")(importing.import_files)
app.add_typer(agents.app, name="agent")
app.add_typer(sessions.app, name="session")
app.add_typer(memories.app, name="memory")
memories.app.command("verify")(upkeep.verify)
memories.app.command("reindex")(upkeep.reindex)
memories.app.command("consolidate")(consolidation.consolidate)
app.add_typer(context.app, name="context")
app.add_typer(modelfiles.app, name="models")
app.add_typer(databases.app, name="db")
app.add_typer(configuration.app, name="config")
app.command("doctor")(doctor.doctor)
app.command("fake-server")(serving.fake_server)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"carrel {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    """Talk to an agent that remembers."""


def main() -> None:
    """Run the command line and exit with its code; an error is one sentence, with --debug also its traceback."""
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    arguments, debug = _without_debug(sys.argv[1:])
    if not debug:
        sys.excepthook = _unexpected
    sys.exit(_run(arguments, debug))


def _run(arguments: list[str], debug: bool) -> int:
    """Run a command and return its exit code."""
    as_json = any(flag in arguments for flag in ("--json", "--stream-json"))
    try:
        return int(get_command(app).main(arguments, "carrel", standalone_mode=False) or 0)
    except CarrelError as error:
        if debug:
            raise
        print_error(error, as_json)
        return error.exit_code
    except TyperException as error:
        return _usage(error, as_json)
    except typer.Abort:
        note("Nothing was done.")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _usage(error: TyperException, as_json: bool) -> int:
    """Print what is wrong with the command line; a command that only groups others says which there are."""
    message = error.format_message().strip()
    if message.startswith("Usage:"):
        note(message)
        return error.exit_code
    ended = message if message.endswith((".", "?")) else f"{message}."
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "carrel"
    print_error(UsageError(ended, f"See {command} --help."), as_json)
    return error.exit_code


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error that nobody foresaw; the interpreter then exits with 1."""
    said = CarrelError(f"{kind.__name__}: {error}.", "This is a fault in Carrel: add --debug to see where.")
    print_error(said, as_json="--json" in sys.argv)


def _without_debug(arguments: list[str]) -> tuple[list[str], bool]:
    """Take --debug out of the arguments, wherever it stands before a `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [argument for argument in arguments[:end] if argument != "--debug"]
    return options + arguments[end:], len(options) < end
