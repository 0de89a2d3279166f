"""The house is put together as the settings say."""

import os
from pathlib import Path

import pytest

from carrel.bootstrap import DEFAULT_MODEL, Carrel, create_chat_model, create_embedder, default_blocks
from carrel.config import Settings
from carrel.errors import BadConfig, HomeUnusable, NotConfigured, NotFound
from carrel.models.chat.scripted import ScriptedModel
from carrel.models.chat.server.openai_chat import OpenAIChat
from carrel.models.embedders import factory
from carrel.models.offline.model import OfflineModel
from carrel.models.openai_client import OPENAI_URL
from carrel.testing.fake_server import FakeServer

LOCAL = "http://127.0.0.1:9/v1"


@pytest.mark.parametrize(
    ("settings", "chosen"),
    [
        (Settings(), ("offline", None)),
        (Settings(model="offline"), ("offline", None)),
        (Settings(model="offline", api_key="k", base_url=LOCAL), ("offline", None)),
        (Settings(api_key="k"), (DEFAULT_MODEL, OPENAI_URL)),
        (Settings(base_url=LOCAL), (DEFAULT_MODEL, LOCAL)),
        (Settings(model="m", api_key="k"), ("m", OPENAI_URL)),
        (Settings(model="m", base_url=LOCAL), ("m", LOCAL)),
        (Settings(model="m", base_url=LOCAL, api_key="k"), ("m", LOCAL)),
    ],
)
def test_the_model_follows_from_the_settings(settings: Settings, chosen: tuple[str, str | None]) -> None:
    """A key or a server means a model behind one; neither means the offline model."""
    model = create_chat_model(settings)
    assert (model.name, model.base_url or None) == chosen
    assert isinstance(model, OfflineModel if chosen[1] is None else OpenAIChat)


def test_a_model_without_key_or_server_is_refused(home: Path) -> None:
    """A named model that cannot be reached is an error with the remedy, and the home is not touched."""
    with pytest.raises(NotConfigured, match=r"Model 'gpt-9' has no server and no key\. Set OPENAI_API_KEY"):
        Carrel.open(home, "gpt-9", "none")
    assert not home.exists()


def test_the_embedder_follows_from_the_settings(home: Path) -> None:
    """`none` is none, `local` is MiniLM, unloaded."""
    assert create_embedder(Settings(embedder="none"), home) is None
    local = create_embedder(Settings(embedder="local"), home)
    assert local is not None
    assert local.dimension == 384


def test_an_unknown_embedder_is_refused(home: Path) -> None:
    """A name that is no embedder's is an error that quotes it."""
    with pytest.raises(NotConfigured, match="'nonsense'"):
        Carrel.open(home, "offline", "nonsense")


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """A home that cannot be a directory is an error that names it."""
    place = tmp_path / "file"
    place.write_text("x")
    with pytest.raises(HomeUnusable, match="file' is not a directory"):
        Carrel.open(place, "offline", "none")
    with pytest.raises(HomeUnusable, match="is not a directory"):
        Carrel.open(place / "below", "offline", "none")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A home without permission is an error that names it."""
    tmp_path.chmod(0o500)
    with pytest.raises(HomeUnusable, match="cannot be made"):
        Carrel.open(tmp_path / "home", "offline", "none")
    tmp_path.chmod(0o700)


def test_a_home_is_made_for_its_owner_alone(home: Path) -> None:
    """The home and its database are readable by their owner only."""
    with Carrel.open(home, "offline", "none") as carrel:
        assert carrel.config.home == home
    modes = [path.stat().st_mode & 0o777 for path in (home, home / "carrel.db")]
    assert modes == [0o700, 0o600]


def test_a_setting_that_makes_no_sense_is_refused(home: Path) -> None:
    """A flag out of range is an error before anything is made."""
    with pytest.raises(BadConfig, match="'window' is 10"):
        Carrel.open(home, "offline", "none", flags={"window": 10})
    assert not home.exists()


def test_objects_of_ones_own_are_taken_as_they_are(home: Path) -> None:
    """A model that is given is the model that is used, whatever is configured."""
    model = ScriptedModel(["Hello."])
    with Carrel.open(home, model, "none", flags={"model": "ignored"}) as carrel:
        assert carrel.model is model


def test_an_agent_is_made_at_first_use_or_not_at_all(home: Path) -> None:
    """An agent comes with its default blocks; with `make` false an unknown one is not found."""
    with Carrel.open(home, "offline", "none") as carrel:
        with pytest.raises(NotFound, match="'ada' does not exist"):
            carrel.agent("ada", make=False)
        made = carrel.agent("ada").core.all()
        assert [(block.label, block.limit) for block in made] == [("persona", 2000), ("human", 2000)]
        assert [block.value for block in made] == [block.value for block in default_blocks(Settings())]
        assert carrel.agent("ada", make=False).core.all() == made


def test_the_servers_key_is_not_for_an_embedder_on_another_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the same host it is, whatever the port; another one has `embedder_key`."""
    made: list[tuple[str, str]] = []

    def note(name: str, *, url: str, key: str, **_: object) -> None:
        made.append((url, key))

    monkeypatch.setattr(factory, "create_by_name", note)
    chat = Settings(base_url="http://gpu:8000/v1", api_key="sk-chat", embedder="remote:m")
    far = {"embedder_url": "http://far/v1"}
    for more in ({}, {"embedder_url": "http://gpu:8001/v1"}, far, {**far, "embedder_key": "sk-far"}):
        create_embedder(chat.model_copy(update=more), tmp_path)
    assert [key for _, key in made] == ["sk-chat", "sk-chat", "", "sk-far"]


@pytest.mark.network
def test_the_contract_is_the_one_that_was_found_out(home: Path) -> None:
    """A model in this process is called natively; that of a server is found out at its first turn, unless it is set."""
    with Carrel.open(home, ScriptedModel([]), "none") as carrel:
        assert carrel.contract == "native"
    with FakeServer(["Hello."], obeys="text") as server:
        flags = {"base_url": server.url, "model": "any"}
        for setting, contract in (("auto", "text"), ("action", "action"), ("memgpt", "memgpt")):
            with Carrel.open(home, embedder="none", flags={**flags, "contract": setting}) as carrel:
                if setting == "auto":
                    carrel.agent("ada").session().send("Hi")
                assert carrel.contract == contract
