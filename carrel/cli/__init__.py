"""The command line: parse, call, render. Heavy imports happen inside the commands, so that help comes at once."""

import os
import sys

import typer

from carrel import __version__
from carrel.cli import agents, ask, chat, configuration, doctor, importing, memories, sessions
from carrel.cli.output import print_error
from carrel.errors import CarrelError

INTERRUPTED = 130

app = typer.Typer(
    name="carrel",
    help="Talk to an agent that remembers. Start with: carrel chat",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("chat")(chat.chat)
app.command("ask")(ask.ask)
app.command("import")(importing.import_files)
app.add_typer(agents.app, name="agent")
app.add_typer(sessions.app, name="session")
app.add_typer(memories.app, name="memory")
app.add_typer(configuration.app, name="config")
app.command("doctor")(doctor.doctor)


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
    arguments, debug = _without_debug(sys.argv[1:])
    try:
        app(arguments)
    except CarrelError as error:
        if debug:
            raise
        print_error(error, as_json=any(flag in arguments for flag in ("--json", "--stream-json")))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _without_debug(arguments: list[str]) -> tuple[list[str], bool]:
    """Take --debug out of the arguments, wherever it stands before a `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [argument for argument in arguments[:end] if argument != "--debug"]
    return options + arguments[end:], len(options) < end
