"""Health tells what is wrong and what to do, without reading everything; verify reads everything."""

from pathlib import Path

from carrel.bootstrap import Carrel
from carrel.inspector.parameters import Parameters
from carrel.inspector.subject import Subject
from carrel.inspector.views.health import show_health
from carrel.messages import AssistantMessage, Usage
from carrel.models.chat.scripted import ScriptedModel
from carrel.protocols import Reply
from tests.inspector.conftest import Ask

DEFAULT = Parameters({"agent": "default"})


def test_a_sound_home_is_told(ask: Ask, subject: Subject) -> None:
    """Each finding has a subject, a state and a text; the counts are the agent's."""
    found = ask("health")
    said = {finding["subject"]: finding["said"] for finding in found["findings"]}
    counts = subject.agent("default").counts
    assert said["memory"].startswith(f"{counts.recall} messages, {counts.archival} passages, ")
    assert (said["embedder"], said["vectors"]) == ("toy/1/64", "no row waits to be embedded")
    assert {"home", "database", "model"} <= set(said)


def test_what_is_missing_is_told(home: Path) -> None:
    """No language model, no embedder and a home that others can read are each told with the remedy."""
    with Carrel.open(home, "offline", "none") as carrel:
        carrel.agent()
        home.chmod(0o755)
        found = show_health(Subject(carrel), DEFAULT)
    warned = {finding["subject"]: finding["said"] for finding in found["findings"] if finding["state"] == "warn"}
    assert set(warned) == {"permissions", "model", "embedder"}
    assert warned["permissions"] == f"others can look into the home. Run: chmod 700 '{home}'"
    assert not found["ok"]


def test_a_server_that_cut_the_prompt_is_told(home: Path) -> None:
    """Far fewer tokens read than sent is a warning."""
    reply = Reply(AssistantMessage("Yes."), Usage(20, 1))
    with Carrel.open(home, ScriptedModel([reply]), "none") as carrel:
        carrel.agent().session().send("Hello. " * 400)
        found = show_health(Subject(carrel), DEFAULT)
    said = next(finding["said"] for finding in found["findings"] if finding["subject"] == "prompt")
    assert said.startswith("the server read only 20 of ")


def test_verify_counts_everything(ask: Ask) -> None:
    """It is the report of `carrel memory verify --json`."""
    found = ask("verify")
    assert (found["sound"], [tier["tier"] for tier in found["tiers"]]) == (True, ["recall", "archival"])
