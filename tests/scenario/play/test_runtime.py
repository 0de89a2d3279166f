"""What a scenario runs with: its own home, clock and settings, the user's connection, the model that was asked for."""

from contextlib import closing
from pathlib import Path

import pytest

from carrel.errors import BadFile, NotConfigured, NotFound
from carrel.scenario.play.runtime import ModelOptions, Runtime, embed_pending, open_runtime
from tests.scenario.builders import scenario, write_and_load


def opened(tmp_path: Path, options: ModelOptions | None = None, **agent: object) -> Runtime:
    """Open a scenario of one turn."""
    source = write_and_load(tmp_path, scenario("Hi.", agent={"embedder": "none", **agent}))
    return open_runtime(source, options or ModelOptions(), tmp_path / "run-home")


def test_the_scenarios_own_settings_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's but the connection reaches it; ids come from its seed, the clock stands at its start."""
    monkeypatch.setenv("CARREL_WINDOW", "9999")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    with closing(opened(tmp_path, window=2500, seed=5, settings={"max_steps": 3})) as runtime:
        settings = runtime.client.config.settings
        assert (settings.window, settings.max_steps, settings.base_url) == (2500, 3, "http://localhost:1/v1")
        assert runtime.clock.now().isoformat() == "2026-01-05T09:00:00+00:00"
        assert (runtime.replies is not None, runtime.live, runtime.default_judge) == (True, None, "")
        first = runtime.client.agent("ada").session().id
    with closing(opened(tmp_path / "again", window=2500, seed=5)) as runtime:
        assert runtime.client.agent("ada").session().id == first


def test_a_live_model_is_connected_and_judges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scenario's, the configured one with --live, or the one that is named."""
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    monkeypatch.setenv("CARREL_MODEL", "mine")
    for number, (options, agent, name) in enumerate(
        (
            (ModelOptions(), {"model": "big"}, "big"),
            (ModelOptions(live=True), {}, "mine"),
            (ModelOptions(model="named", judge="strict"), {}, "named"),
        )
    ):
        with closing(opened(tmp_path / str(number), options, **agent)) as runtime:
            assert runtime.live is not None
            assert (runtime.live.name, runtime.default_judge, runtime.replies) == (name, options.judge or name, None)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """A model without a server, a setting that makes no sense, a cassette that is not there."""
    with pytest.raises(NotConfigured):
        opened(tmp_path, model="big")
    with pytest.raises(BadFile, match="'window' is 10"):
        opened(tmp_path, window=10)
    with pytest.raises(NotFound, match=r"test\.cassette\.jsonl' does not exist\. Record it"):
        opened(tmp_path, ModelOptions(replay=True))


def test_cassettes_may_have_a_folder(tmp_path: Path) -> None:
    """Beside the scenario, or where the option says."""
    source = write_and_load(tmp_path, scenario("Hi."))
    assert ModelOptions().cassette_path(source) == tmp_path / "test.cassette.jsonl"
    assert ModelOptions(cassettes=Path("kept")).cassette_path(source) == Path("kept/test.cassette.jsonl")


def test_without_an_embedder_nothing_is_pending(tmp_path: Path) -> None:
    """Embedding what waits ends at once."""
    with closing(opened(tmp_path)) as runtime:
        runtime.client.agent("ada").archival.insert("Bees.")
        embed_pending(runtime.client)
        assert runtime.client.store.engines.vectors is None
        assert [hit.text for hit in runtime.client.agent("ada").archival.search("bees").hits] == ["Bees."]
