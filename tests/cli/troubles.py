"""Troubles of an environment, each with what makes it: variables, a home in some state, a shell around the program."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FAR, CLOSED = "https://models.example/v1", "http://127.0.0.1:9/v1"
"""A server on another machine, which tests do not reach, and one on this machine, where nothing listens."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong around the program."""

    variables: Mapping[str, str] = field(default_factory=dict)
    """With {home} and {folder} for the home and an empty folder."""
    prepare: Callable[[Path], object] = lambda home: None
    """Called with the home, in which an agent has said and stored something."""
    shell: str = ""
    """The command of a shell around the program, which is "$@" in it; empty where variables and files are enough."""


def _write(name: str, content: bytes | str) -> Callable[[Path], object]:
    data = content.encode() if isinstance(content, str) else content
    return lambda home: (home / name).write_bytes(data)


def _replace_by_file(home: Path) -> None:
    shutil.rmtree(home)
    home.write_text("I am in the way.", encoding="utf-8")


def _make_directory(name: str) -> Callable[[Path], object]:
    def make(home: Path) -> None:
        (home / name).unlink(missing_ok=True)
        (home / name).mkdir()

    return make


def _server(url: str, **more: str) -> dict[str, str]:
    return {"CARREL_BASE_URL": url, "CARREL_MODEL": "any", "CARREL_TIMEOUT": "1", **more}


TROUBLES: dict[str, Trouble] = {
    "socks proxy that is not there": Trouble(_server(FAR, ALL_PROXY="socks5://127.0.0.1:9")),
    "socks proxy for others": Trouble(_server(CLOSED, ALL_PROXY="socks5://127.0.0.1:9", NO_PROXY="localhost")),
    "proxy of an unknown kind": Trouble(_server(FAR, ALL_PROXY="socks4://127.0.0.1:9")),
    "proxy that is no address": Trouble(_server(FAR, HTTPS_PROXY="http://")),
    "brackets in NO_PROXY": Trouble(_server(CLOSED, ALL_PROXY="http://127.0.0.1:9", NO_PROXY="[::1],fe11::/16,::1")),
    "certificates that are not there": Trouble(
        _server(FAR, SSL_CERT_FILE="/nowhere", HTTPS_PROXY="http://127.0.0.1:9")
    ),
    "certificates that are none": Trouble(_server(FAR, SSL_CERT_FILE="{home}/carrel.db", HTTPS_PROXY="127.0.0.1:9")),
    "server that is not there": Trouble(_server(CLOSED)),
    "server that is no address": Trouble(_server("nonsense")),
    "server with a broken address": Trouble(_server("http://[::1")),
    "key of two lines": Trouble(_server(CLOSED, OPENAI_API_KEY="sk-hunter2\nsecond")),
    "key that is not ASCII": Trouble(_server(CLOSED, CARREL_API_KEY="sk-hunter2-ключ")),
    "key with a blank": Trouble(_server(CLOSED, CARREL_API_KEY="sk-hunter2 second")),
    "embedder that is not there": Trouble({"CARREL_EMBEDDER": "remote:any", "CARREL_EMBEDDER_URL": CLOSED}),
    "embedder of no kind": Trouble({"CARREL_EMBEDDER": "magic"}),
    "home that is a file": Trouble(prepare=_replace_by_file),
    "home below a file": Trouble({"CARREL_HOME": "{home}/carrel.db/below"}),
    "home of nobody": Trouble({"CARREL_HOME": "~nobody-has-this-name/carrel"}),
    "home with a long name": Trouble({"CARREL_HOME": "{folder}/" + "x" * 300}),
    "home with odd bytes": Trouble({"CARREL_HOME": "{folder}/\udcff\udcfe"}),
    "home with blanks and Chinese": Trouble({"CARREL_HOME": "{folder}/书 桌?#%20&x=y"}),
    "home of a user without a home": Trouble({"CARREL_HOME": "", "HOME": "/proc/nonexistent", "XDG_DATA_HOME": ""}),
    "settings that are not TOML": Trouble(prepare=_write("config.toml", "window = \n")),
    "settings in another encoding": Trouble(prepare=_write("config.toml", b"model = '\xff'\n")),
    "settings in a directory": Trouble(prepare=_make_directory("config.toml")),
    "credentials in a directory": Trouble(prepare=_make_directory("credentials.toml")),
    "database that is none": Trouble(prepare=_write("carrel.db", b"this is no database" * 1000)),
    "database that is empty": Trouble(prepare=_write("carrel.db", b"")),
    "database that is a directory": Trouble(prepare=_make_directory("carrel.db")),
    "time zone that is none": Trouble({"TZ": "Nowhere/Never"}),
    "terminal that is none": Trouble({"TERM": "nonsense", "COLUMNS": "0", "LINES": "nonsense"}),
    "temporary folder that is not there": Trouble({"TMPDIR": "/nowhere"}),
    "language that is none": Trouble({"LC_ALL": "xx_YY.nonsense", "LANG": "nonsense"}),
    "output that is full": Trouble(shell='"$@" >/dev/full'),
    "output that is closed": Trouble(shell='"$@" >&-'),
    "everything closed": Trouble(shell='"$@" <&- >&- 2>&-'),
    "error output that is full": Trouble(shell='"$@" 2>/dev/full'),
    "output in Latin-1": Trouble({"PYTHONIOENCODING": "latin-1:strict"}, shell='"$@"'),
    "reader that has left": Trouble(shell='"$@" | true'),
    "folder that is gone": Trouble(shell='mkdir gone-$$ && cd gone-$$ && rmdir ../gone-$$ && "$@"'),
    "no HOME": Trouble(shell='unset HOME; "$@"'),
    "few open files": Trouble(shell='ulimit -n 24; "$@"'),
    "files of 64 KB": Trouble(shell='ulimit -f 128; "$@"'),
    "little memory": Trouble(shell='ulimit -v 400000; "$@"'),
}

MOUNTED: dict[str, Trouble] = {
    "file system that can only be read": Trouble(
        shell='mount --bind "$CARREL_HOME" "$CARREL_HOME" && mount -o remount,ro,bind "$CARREL_HOME" && "$@"'
    ),
    "file system that is full": Trouble(
        shell='cp -a "$CARREL_HOME" "$CARREL_HOME.kept" && mount -t tmpfs -o size=1200k none "$CARREL_HOME" && '
        'cp -a "$CARREL_HOME.kept/." "$CARREL_HOME"; head -c 9000000 /dev/zero >"$CARREL_HOME/filler" 2>/dev/null; "$@"'
    ),
}
"""Troubles that need the right to mount."""


@cache
def may_mount() -> bool:
    """Return whether this machine lets a process mount something for itself alone."""
    if shutil.which("unshare") is None:
        return False
    command = [*UNSHARED, "mount -t tmpfs none /mnt"]
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0


UNSHARED = ["unshare", *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c"]
"""A shell whose mounts nobody else sees."""
