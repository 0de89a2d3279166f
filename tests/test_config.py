"""Settings: each value with where it came from, each mistake with what to do, and no secret anywhere."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from carrel import config
from carrel.config import HOME_REMEDY, Settings
from carrel.errors import BadConfig, HomeUnusable

DEFAULTS = {name: (item.default, "default") for name, item in Settings.model_fields.items()}


def written(home: Path, settings: str | bytes | None = None, credentials: str | None = None) -> Path:
    """Write the two files of a home, and return the one with the settings."""
    home.mkdir(exist_ok=True)
    path = home / "config.toml"
    if settings is not None:
        path.write_bytes(settings.encode() if isinstance(settings, str) else settings)
    if credentials is not None:
        (home / "credentials.toml").write_text(credentials, encoding="utf-8")
    return path


def loaded(
    home: Path, environment: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None
) -> dict[str, tuple[Any, str]]:
    """Return every setting that is not a default: its value and its origin."""
    found = config.load(home, flags, environment or {})
    values = {name: (getattr(found.settings, name), found.origins[name]) for name in Settings.model_fields}
    return {name: value for name, value in values.items() if value != DEFAULTS[name]}


def refused(
    home: Path, environment: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None
) -> tuple[str, str]:
    """Return the message and the hint with which settings are refused."""
    with pytest.raises(BadConfig) as caught:
        config.load(home, flags, environment or {})
    return caught.value.message, caught.value.hint


def test_without_sources_everything_is_a_default(home: Path) -> None:
    """No file, no variable, no flag: the defaults, and a home that need not exist and is not made."""
    found = config.load(home, None, {})
    assert (found.home, found.settings) == (home, Settings())
    assert set(found.origins) == set(DEFAULTS)
    assert set(found.origins.values()) == {"default"}
    assert not home.exists()


def test_flag_before_environment_before_file_before_default(home: Path) -> None:
    """The nearer source wins, each setting by itself, and is named as the origin."""
    path = written(home, "window = 6001\nmax_steps = 3\ntimeout = 30\nmodel = 'filed'\n")
    environment = {"CARREL_WINDOW": "6002", "CARREL_MAX_STEPS": "4"}
    assert loaded(home, environment, {"window": 6003, "model": None}) == {
        "window": (6003, "flag"),
        "max_steps": (4, "CARREL_MAX_STEPS"),
        "timeout": (30.0, str(path)),
        "model": ("filed", str(path)),
    }


def test_our_variable_before_that_of_openai(home: Path) -> None:
    """OPENAI_API_KEY and OPENAI_BASE_URL count, those of our own before them; an empty one is none."""
    theirs = {"OPENAI_API_KEY": "sk-theirs", "OPENAI_BASE_URL": "http://theirs/v1"}
    assert loaded(home, theirs) == {
        "api_key": ("sk-theirs", "OPENAI_API_KEY"),
        "base_url": ("http://theirs/v1", "OPENAI_BASE_URL"),
    }
    assert loaded(home, {**theirs, "CARREL_API_KEY": "sk-ours", "CARREL_BASE_URL": ""}) == {
        "api_key": ("sk-ours", "CARREL_API_KEY"),
        "base_url": ("http://theirs/v1", "OPENAI_BASE_URL"),
    }
    assert loaded(home, {"OPENAI_API_KEY": "", "CARREL_WINDOW": ""}) == {}


def test_credentials_have_a_file_of_their_own(home: Path) -> None:
    """A key in credentials.toml counts before one in config.toml, and after one in the environment."""
    written(home, "api_key = 'sk-settings'\nwindow = 6000\n", "api_key = 'sk-credentials'\n")
    kept = str(home / "credentials.toml")
    assert loaded(home)["api_key"] == ("sk-credentials", kept)
    assert loaded(home, {"OPENAI_API_KEY": "sk-env"})["api_key"] == ("sk-env", "OPENAI_API_KEY")


def test_limits_may_stand_in_a_table(home: Path) -> None:
    """`[limits]` sets the limit of each block by its label, as `limit_human` does."""
    path = str(written(home, "limit_persona = 700\n[limits]\nhuman = 900\n"))
    assert loaded(home) == {"limit_persona": (700, path), "limit_human": (900, path)}


def test_which_tools_are_offered_may_stand_in_their_table(home: Path) -> None:
    """A file cannot hold a setting and a table of one name; the variable still counts before it."""
    path = str(written(home, '[tools]\noffer = "core"\nfiles = ["mine.py"]\n'))
    assert loaded(home) == {"tools": ("core", path)}
    assert loaded(home, {"CARREL_TOOLS": "all"}) == {"tools": ("all", "CARREL_TOOLS")}
    assert config.load(home, environment={}).tables["tools"] == {"offer": "core", "files": ["mine.py"]}
    written(home, '[tools]\noffer = "few"\n')
    assert refused(home) == ("Setting 'tools' is 'few'.", "It is one of auto, core, all.")


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("page_in", "Off", False),
        ("page_in", "no", False),
        ("page_in", "0", False),
        ("page_in", "TRUE", True),
        ("window", "6000", 6000),
        ("window", 6000.0, 6000),
        ("timeout", "1.5", 1.5),
        ("timeout", 30, 30.0),
        ("model", "千问", "千问"),
        ("model", 4, "4"),
    ],
)
def test_a_value_becomes_what_the_setting_is(home: Path, name: str, given: Any, value: object) -> None:
    """What can be meant in one way only is taken: a number written as text, a whole number for seconds."""
    found = getattr(config.load(home, {name: given}, {}).settings, name)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text", "shown", "hint"),
    [
        ("window", "'many'", "'many'", "It takes a whole number."),
        ("window", "6000.5", "6000.5", "It takes a whole number."),
        ("window", "true", "True", "It takes a whole number."),
        ("window", "[1, 2]", "[1, 2]", "It takes a whole number."),
        ("timeout", "'soon'", "'soon'", "It takes a number."),
        ("page_in", "1", "1", "It takes true or false."),
        ("page_in", "'maybe'", "'maybe'", "It takes true or false."),
        ("model", "['a']", "['a']", "It takes text."),
        ("model", "true", "True", "It takes text."),
    ],
)
def test_a_wrong_type_is_shown_with_the_right_one(home: Path, name: str, text: str, shown: str, hint: str) -> None:
    """The setting, the file, the value as it was read, and what it takes."""
    path = written(home, f"{name} = {text}\n")
    assert refused(home) == (f"Setting '{name}' ({path}) is {shown}.", hint)


def test_a_wrong_type_names_the_variable_or_the_flag(home: Path) -> None:
    """What cannot be read is looked for where it was said."""
    whole = "It takes a whole number."
    assert refused(home, {"CARREL_WINDOW": "1e3"}) == ("Setting 'window' (CARREL_WINDOW) is '1e3'.", whole)
    assert refused(home, flags={"window": "wide"}) == ("Setting 'window' (flag) is 'wide'.", whole)


@pytest.mark.parametrize(
    ("text", "name", "hint"),
    [
        ("windw = 1", "windw", "Did you mean 'window'?"),
        ("[limits]\nhumen = 1", "limit_humen", "Did you mean 'limit_human'?"),
        ("[model]\nname = 'x'", "model", "It takes text."),
        ("[server]\nurl = 'x'", "server", "See carrel config show."),
        ("zzz = 1", "zzz", "See carrel config show."),
    ],
)
def test_an_unknown_name_is_told_the_nearest(home: Path, text: str, name: str, hint: str) -> None:
    """A misspelt setting is never passed over; the one that was meant is offered where one is near."""
    path = written(home, text)
    message, offered = refused(home)
    assert (message.startswith(f"Setting '{name}' ({path}) is "), offered) == (True, hint)


def test_an_unknown_flag_is_named_as_one(home: Path) -> None:
    """A program that passes a name which is no setting is told so, as the one who writes a file is."""
    assert refused(home, flags={"nope": 1}) == ("Setting 'nope' (flag) is unknown.", "See carrel config show.")


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("window", 500, 10_000_000),
        ("reply_tokens", 16, 1_000_000),
        ("max_steps", 1, 1000),
        ("max_turn_tokens", 1000, 1_000_000_000),
        ("evict_share", 0.1, 1.0),
        ("page_in_share", 0.0, 0.5),
        ("timeout", 1, 86_400),
        ("limit_persona", 1, 1_000_000),
        ("limit_human", 1, 1_000_000),
    ],
)
def test_a_number_out_of_range_is_told_the_range(home: Path, name: str, low: float, high: float) -> None:
    """Both ends are included; one step beyond, and what is no number, are refused with both ends named."""
    step = 1 if isinstance(low, int) and name != "timeout" else 0.01
    for fits in (low, high):
        assert getattr(config.load(home, {name: fits}, {}).settings, name) == fits
    for beyond in (low - step, high + step):
        message, hint = refused(home, flags={name: beyond})
        assert (message, hint) == (f"Setting '{name}' is {beyond}.", f"It must lie between {low} and {high}.")
    if isinstance(DEFAULTS[name][0], float):
        assert refused(home, flags={name: "nan"})[1] == refused(home, flags={name: "inf"})[1]


def test_every_number_has_a_range(home: Path) -> None:
    """No numeric setting takes a value that makes no sense: minus one is refused for each."""
    numbers = [name for name, (default, _) in DEFAULTS.items() if type(default) in (int, float)]
    for name in numbers:
        assert refused(home, flags={name: -1})[0].startswith(f"Setting '{name}' is -1")


def test_an_unknown_device_is_told_those_there_are(home: Path) -> None:
    """A device that torch does not know under this name is refused before anything is loaded."""
    expected = ("Setting 'device' is 'gpu'.", "It is one of auto, cpu, cuda, mps.")
    assert refused(home, flags={"device": "gpu"}) == expected


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"window = 6000\nmodel = \n", "line 2"),
        (b"window 6000", "Expected '='"),
        (b"window = 1\nwindow = 2\n", "Cannot overwrite a value"),
        (b'model = "\xff"', "can't decode byte 0xff"),
        (b"window = 1" + b"0" * 5000, ""),
        (b"model = " + b"[" * 100_000, ""),
    ],
)
def test_what_is_not_toml_is_named_with_the_line(home: Path, content: bytes, told: str) -> None:
    """Whatever stands in the file, it is a sentence that names the file."""
    path = written(home, content)
    message, hint = refused(home)
    assert message.startswith(f"'{path}' is not valid TOML: ")
    assert told in message
    assert hint == "Correct the line, or move the file away."


def test_a_number_beyond_all_floats_is_out_of_range(home: Path) -> None:
    """A whole number that no float can hold is refused like any other that is too large."""
    written(home, f"timeout = 1{'0' * 400}")
    assert "timeout" in refused(home)[0]


def test_a_directory_in_the_place_of_the_file(home: Path) -> None:
    """What cannot be read is named with the reason."""
    (home / "config.toml").mkdir(parents=True)
    expected = (f"'{home / 'config.toml'}' cannot be read: Is a directory.", "Check its permissions.")
    assert refused(home) == expected


@pytest.mark.parametrize("name", ["api_key", "embedder_key"])
def test_no_secret_is_in_an_error(home: Path, name: str) -> None:
    """A key of the wrong type, under a misspelt name or in a broken file is never repeated."""
    for text in (
        f"{name} = ['sk-hunter2-1234']",
        f"{name}s = 'sk-hunter2-1234'",
        f"{name} = sk-hunter2-1234",
        f"{name} = 'sk-hunter2-1234",
        f"{name} = 'sk-hunter2-1234'\n{name} = 'sk-hunter2-1234'",
        f"[{name}]\nvalue = 'sk-hunter2-1234'",
    ):
        written(home, credentials=text)
        assert "hunter2" not in " ".join(refused(home))
    assert refused(home)[0].endswith(" is not text.")


def test_secrets_are_masked_where_they_are_shown(home: Path) -> None:
    """The last four characters tell keys apart; a short key shows none, a missing one is empty."""
    environment = {"CARREL_API_KEY": "sk-secret-1234", "CARREL_EMBEDDER_KEY": "secret"}
    table = {row.name: row for row in config.load(home, None, environment).table()}
    assert (table["api_key"].value, table["api_key"].origin) == ("…1234", "CARREL_API_KEY")
    assert table["embedder_key"].value == "(set)"
    assert {row.value for row in config.load(home, None, {}).table() if row.name in config.SECRETS} == {""}
    assert list(table) == list(DEFAULTS)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://ada:hunter2@host:8000/v1", "http://…@host:8000/v1"),
        ("http://hunter2@host/v1", "http://…@host/v1"),
        ("http://ada:hunter@2@host/v1", "http://…@host/v1"),
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://host/v1?mail=a@b", "http://host/v1?mail=a@b"),
        ("", ""),
    ],
)
def test_a_password_in_a_url_is_masked(url: str, shown: str) -> None:
    """Whatever stands before the host is hidden, be there an @ in it; the rest stays readable."""
    assert config.shown("base_url", url) == config.shown("embedder_url", url) == shown


def test_every_setting_says_what_it_means() -> None:
    """`config show` has a sentence for each, and the home's own name is not a setting."""
    assert all(len(config.about(name)) > 5 for name in DEFAULTS)
    assert "home" not in DEFAULTS


def test_where_the_home_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """CARREL_HOME, with ~ and relative paths made absolute; without it the platform's data directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "ada"))
    assert config.default_home({"CARREL_HOME": "~/carrel"}) == tmp_path / "ada" / "carrel"
    assert config.default_home({"CARREL_HOME": "书桌"}) == tmp_path / "书桌"
    for unset in ({}, {"CARREL_HOME": ""}):
        place = config.default_home(unset)
        assert (place.is_absolute(), place.name) == (True, "carrel")
    assert config.load(environment={"CARREL_HOME": str(tmp_path)}).home == tmp_path


def test_a_given_home_counts_before_the_variable(home: Path, tmp_path: Path) -> None:
    """The settings are those of the home that is opened, not of the one in the environment."""
    written(home, "window = 6001\n")
    written(tmp_path / "other", "window = 6002\n")
    assert loaded(tmp_path / "other", {"CARREL_HOME": str(home)})["window"][0] == 6002


def test_a_new_home_is_its_owners_alone(home: Path) -> None:
    """It is made with those above it, readable by nobody else; one that exists is left as it is."""
    place = home / "deep" / "er"
    assert config.make_home(place) == place
    assert place.stat().st_mode & 0o777 == 0o700
    place.chmod(0o750)
    config.make_home(place)
    assert place.stat().st_mode & 0o777 == 0o750


def test_a_home_that_is_no_directory(tmp_path: Path) -> None:
    """A file in its place or above it, and a link to nothing, are named as what they are not."""
    (tmp_path / "file").write_text("I am in the way.", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "file/below", "link"):
        with pytest.raises(HomeUnusable) as caught:
            config.make_home(tmp_path / name)
        assert caught.value.message == f"Home '{tmp_path / name}' is not a directory."
        assert caught.value.hint == HOME_REMEDY
    with pytest.raises(HomeUnusable, match="is not a directory"):
        config.load(tmp_path / "file", None, {})


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    """The system's own reason is told."""
    with pytest.raises(HomeUnusable, match=r"' cannot be made: File name too long\."):
        config.make_home(tmp_path / ("x" * 300))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_may_not_be_written(tmp_path: Path) -> None:
    """A directory without the right to write, and one in which none can be made."""
    (tmp_path / "shut").mkdir(mode=0o500)
    for name, told in (("shut", "cannot be written"), ("shut/below", "cannot be made: Permission denied")):
        with pytest.raises(HomeUnusable, match=told):
            config.make_home(tmp_path / name)


def test_a_home_whose_path_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """Some libraries cannot open files there; it is said before anything is written."""
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe"))
    for use in (config.make_home, config.open_home):
        with pytest.raises(HomeUnusable, match="is not UTF-8"):
            use(odd)
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_can_only_be_read_is_opened_if_there_is_something_to_read(tmp_path: Path) -> None:
    """One that holds a database is taken as it is; another one is made."""
    (tmp_path / "carrel.db").touch()
    assert config.open_home(tmp_path) == tmp_path
    assert config.open_home(tmp_path / "new").is_dir()
