"""One word for one thing: the glossary is true, and words that were given up are not used."""

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
GLOSSARY = ROOT / "docs" / "glossary.md"
ENTRY = re.compile(r"^- \*\*(.+?)\*\*: (.+)$", re.MULTILINE)
NAMED = re.compile(r"`(carrel\.[\w.]+)`")
FOLDERS = ("carrel", "tests", "benchmarks", "examples", "docs")
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".toml", ".json"}
GIVEN_UP = re.compile(r"\b(?:des" + r"ks?|sit" + r"tings?|sta" + r"cks)\b", re.IGNORECASE)
"""Metaphors of early versions: main context, session and memory are the words."""
ALLOWED = {
    "README.md": 2,  # the picture behind the name
    "CHANGELOG.md": 99,  # history, as is the log of measurements
    "benchmarks/LOG.md": 99,
    "carrel/rendering/prompt.py": 1,  # the tag in old request logs, which are still read
    "tests/rendering/test_prompt.py": 4,
    "tests/test_architecture.py": 1,
    "tests/rendering/texts.py": 1,
    "tests/scenario/record/test_cassette.py": 2,
}
"""Where they may stand, and how often."""


def exists(name: str) -> bool:
    """Return whether a module, or a name in a module, can be imported."""
    try:
        import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return module != "" and exists(module) and hasattr(import_module(module), attribute)
    return True


def test_every_name_in_the_glossary_exists() -> None:
    """Each package, module, class or function that a term names is there."""
    text = GLOSSARY.read_text(encoding="utf-8")
    names = NAMED.findall(text)
    assert len(names) > 50
    assert [name for name in names if not exists(name)] == []
    assert (exists("carrel.memory"), exists("carrel.memory.nothing"), exists("nothing.at.all")) == (True, False, False)


def test_every_term_has_one_sentence() -> None:
    """Terms stand in alphabetical order, each once, with one sentence."""
    entries = ENTRY.findall(GLOSSARY.read_text(encoding="utf-8"))
    terms = [term for term, _ in entries]
    assert len(entries) == GLOSSARY.read_text(encoding="utf-8").count("\n- ")
    assert terms == sorted(set(terms), key=str.lower)
    assert [term for term, meaning in entries if not meaning.endswith(".") or ". " in NAMED.sub("", meaning)] == []


def test_words_that_were_given_up_are_not_used() -> None:
    """They stand nowhere but where they are allowed."""
    files = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    counts = {
        path.relative_to(ROOT).as_posix(): len(GIVEN_UP.findall(path.read_text(encoding="utf-8")))
        for path in files
        if path.suffix in SUFFIXES and path.is_file()
    }
    assert {name: count for name, count in counts.items() if count > ALLOWED.get(name, 0)} == {}
