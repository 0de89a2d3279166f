"""Data is told from prose: base64, hashes, dumps and minified code are left out, everything that is read stays."""

import base64
import hashlib
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.words import index_words
from carrel.words.non_prose import MIN_DATA, remove_non_prose

RANDOM = random.Random(7).randbytes(150_000)
BASE64 = base64.b64encode(RANDOM).decode()
LINES = "\n".join(BASE64[n : n + 76] for n in range(0, 7600, 76))
HASHES = [hashlib.sha256(bytes([n])).hexdigest() for n in range(40)]
MINIFIED = "!function(e,t){" + "".join(f"var a{n}=e.call(this,{n});return t.push({{x:{n}}})}};" for n in range(60))
XXD = "\n".join(
    f"{n:08x}: " + " ".join(RANDOM[n + m : n + m + 2].hex() for m in range(0, 16, 2)) + "  ..cat.."
    for n in range(0, 800, 16)
)
HEXDUMP = "\n".join(f"{n:08x}  {RANDOM[n : n + 16].hex(' ')}  |..cat...|" for n in range(0, 800, 16))
PROSE = "My dog Rex likes the beach."


@pytest.mark.parametrize(
    ("data", "left"),
    [
        (f"![Rex](data:image/png;base64,{BASE64})", "rex data image png base64"),
        (f'<img alt="Rex" src="data:image/gif;base64,{BASE64}">', "img alt rex src data image gif base64"),
        (f"data:image/png;base64,{LINES}", "data image png base64"),
        (f'{{"image":"{BASE64}","caption":"Rex"}}', "image caption rex"),
        (BASE64, ""),
        (f"图片：{BASE64}好看", "图片 片 好看 看"),
        (BASE64.replace("+", "-").replace("/", "_"), ""),
        (f"-----BEGIN KEY-----\n{LINES}\n-----END KEY-----", "begin key end key"),
        (RANDOM.hex(), ""),
        (RANDOM[:200].hex(" "), ""),
        (", ".join(f"0x{byte:02X}" for byte in RANDOM[:200]), ""),
        ("\n".join(f"{value}  file.txt" for value in HASHES), " ".join(["file txt"] * 40)),
        (XXD, ""),
        (HEXDUMP, ""),
        (MINIFIED, ""),
        ("".join(f"%{byte:02X}" for byte in RANDOM[:200]), ""),
        ("".join(f"\\x{byte:02x}" for byte in RANDOM[:200]), ""),
        ("".join(f"&#{byte + 1000};" for byte in RANDOM[:200]), ""),
        ("[" + ", ".join(f"{byte / 997:.6f}" for byte in RANDOM[:200]) + "]", "0 138415"),
        ("=" * 300, ""),
        ("a" * 200_000, ""),
    ],
    ids=lambda text: text[:20],
)
def test_data_has_no_words(data: str, left: str) -> None:
    """Alone or amid prose, whose words stay, in well under a second."""
    start = time.process_time()
    assert index_words(remove_non_prose(data)) == left
    assert index_words(data) == left
    around = f"{PROSE}\n{data}\n{PROSE}"
    assert index_words(around) == " ".join(filter(None, [index_words(PROSE), left, index_words(PROSE)]))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        PROSE * 20,
        "我住在北京，我喜欢喝茶。" * 200,
        "ฉันมีแมวสองตัว" * 200,
        f"Commit {HASHES[0][:40]} broke it. " + PROSE * 20,
        f"The checksum is {HASHES[0]}.",
        "\n".join(f"123e4567-e89b-12d3-a456-4266141740{n:02} Ada" for n in range(40)),
        " ".join(f"https://example.org/how-to-keep-bees/{n}?from=newsletter" for n in range(60)),
        "/usr/lib/python3/dist-packages/carrel/memory/indexing/full_text.py\n" * 20,
        ", ".join(str(n) for n in range(10, 99)),
        ", ".join(f"{n}.50" for n in range(40)),
        "100%25 of https://example.org/?q=%E5%8C%97%E4%BA%AC " * 10,
        "\n".join(f"    self._cache{n}.update(getUserName{n}(connection, key=value[{n}]))" for n in range(60)),
        "\n".join(f"| Ada {n} | 2026-01-{n:02} | 12.50 |" for n in range(1, 29)),
        "Donaudampfschifffahrtsgesellschaftskapitän " * 20,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_read_stays(text: str) -> None:
    """Prose in any script, written code, addresses, paths, tables, figures and single hashes are returned unchanged."""
    assert remove_non_prose(text) == text


@given(st.text(max_size=MIN_DATA - 1))
def test_a_short_text_stays(text: str) -> None:
    """Whatever it holds."""
    assert remove_non_prose(text) is text


@pytest.mark.parametrize(
    "piece", ["ab ", "a1", "0x", "{", "data:;base64,", "A" * 19 + "-", "00000000 ", " ", "\n", "a="]
)
def test_time_grows_with_the_length_alone(piece: str) -> None:
    """No text makes the search for data slow."""
    start = time.process_time()
    remove_non_prose(piece * (400_000 // len(piece)))
    assert time.process_time() - start < 1
