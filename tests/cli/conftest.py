"""Homes with vectors of the real MiniLM, and chats at a terminal, for the tests that need them."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from carrel.models.embedders.minilm_weights import weights_folder
from carrel.models.embedders.onnx_embedder import OnnxEmbedder
from tests.cli.emulator import EmulatedTerminal
from tests.cli.harness import LIMIT, carrel, environment

FACTS = ("Ada keeps bees.", "Bob sails boats.", "小明喜欢喝茶。")


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MiniLM as it is written for CPUs, made once for all tests of the command line."""
    embedder = OnnxEmbedder(weights_folder(), tmp_path_factory.mktemp("models"))
    embedder.export()
    return embedder.path


@pytest.fixture
def minilm(home: Path, exported: Path) -> dict[str, str]:
    """A home with the model's file in it, and the setting that uses it."""
    (home / "models").mkdir(parents=True, mode=0o700)
    os.link(exported, home / "models" / exported.name)
    return {"CARREL_EMBEDDER": "local", "CARREL_DEVICE": "cpu"}


@pytest.fixture
def facts(minilm: dict[str, str]) -> dict[str, str]:
    """Three facts in archival memory, each with its vector."""
    for text in FACTS:
        carrel("memory", "add", text)
    assert carrel("memory", "reindex", **minilm).code == 0
    return minilm


Chat = Callable[..., pexpect.spawn]
"""Starts a chat at a terminal with a server's address and further arguments."""


@pytest.fixture
def chat() -> Iterator[Chat]:
    """Start chats at a terminal."""
    children: list[pexpect.spawn] = []

    def start(url: str, *arguments: str) -> pexpect.spawn:
        variables = environment(
            TERM="xterm", PROMPT_TOOLKIT_NO_CPR="1", CARREL_BASE_URL=url, CARREL_MODEL="any", CARREL_TIMEOUT="30"
        )
        command = ["-m", "carrel", "chat", *arguments]
        child = pexpect.spawn(
            sys.executable, command, env=variables, timeout=LIMIT, encoding="utf-8", dimensions=(40, 100)
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


Emulate = Callable[..., EmulatedTerminal]
"""Starts a chat in an emulated terminal, with arguments, its size, and environment variables."""


@pytest.fixture
def emulate() -> Iterator[Emulate]:
    """Start chats in terminals whose screens can be read."""
    terminals: list[EmulatedTerminal] = []

    def start(*arguments: str, columns: int = 80, rows: int = 24, **variables: str) -> EmulatedTerminal:
        terminals.append(EmulatedTerminal(*arguments, columns=columns, rows=rows, **variables))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()
