"""Data is told from prose: base64, hashes, dumps and minified code are left out, everything that is read stays."""

import base64
import binascii
import hashlib
import quopri
import random
import time
import uuid
from urllib.parse import quote

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


DICE = random.Random(11)
GENOME = "".join(DICE.choice("ACGT") for _ in range(600))
PROTEIN = "".join(DICE.choice("ACDEFGHIKLMNPQRSTVWY") for _ in range(400))
PATH = "M" + "".join(f"{DICE.random() * 100:.2f} {DICE.random() * 100:.2f}{DICE.choice('LCSQ')}" for _ in range(80))
CHINESE = "你好，我住在北京，我喜欢喝茶和看书。" * 8
TOKEN = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg":"HS256","typ":"JWT"}', b'{"sub":"1","name":"Ada","iat":1516239022}', RANDOM[:32])
)
IDS = [str(uuid.UUID(bytes=RANDOM[n : n + 16])) for n in range(0, 320, 16)]
TRACKING = "&".join(f"k{n}={base64.urlsafe_b64encode(RANDOM[n * 9 : n * 9 + 9]).decode()}" for n in range(20))


@pytest.mark.parametrize(
    "data",
    [
        quote(CHINESE),
        quote("Größe über 北京 and tea für Müller 你好 " * 8),
        quote("你好 世界 " * 20).replace("%20", "+"),
        f"https://shop.example.com/p?{TRACKING}",
        f'<path d="{PATH}z"/>',
        '<path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2z"/>\n' * 6,
        "data:image/svg+xml;utf8," + quote(f'<svg xmlns="http://www.w3.org/2000/svg"><path d="{PATH}"/></svg>'),
        "data:text/html," + quote("<html><body><h1>Hi</h1></body></html>" * 10),
        "\n".join(RANDOM[n : n + 30].hex() for n in range(0, 900, 30)),
        "-----BEGIN CERTIFICATE-----\n" + LINES + "\n-----END CERTIFICATE-----",
        "".join(f"var a{n}=function(e,t){{return e.x{n}+t}};" for n in range(12)),
        "".join(f".c{n}{{color:#{n * 4099:06x};margin:0 {n}px;display:flex}}" for n in range(40)),
        TOKEN,
        f"Authorization: Bearer {TOKEN}",
        "\n".join([TOKEN] * 5),
        "\n".join(IDS),
        ", ".join(f'"{identifier}"' for identifier in IDS),
        GENOME,
        ">seq1\n" + "\n".join(GENOME[n : n + 60] for n in range(0, 600, 60)),
        "\n".join(
            f"{n:9} " + " ".join(GENOME[n + m : n + m + 10].lower() for m in range(0, 60, 10))
            for n in range(0, 600, 60)
        ),
        ">p\n" + "\n".join(PROTEIN[n : n + 60] for n in range(0, 360, 60)),
        base64.b85encode(RANDOM[:400]).decode(),
        base64.a85encode(RANDOM[:400], adobe=True, wrapcol=76).decode(),
        quopri.encodestring(CHINESE.encode()).decode(),
        "\n".join(f"2026-01-05 12:00:00 {value}" for value in HASHES),
        "\n".join(value[:32] for value in HASHES),
        " ".join(f"{byte:08b}" for byte in RANDOM[:60]),
        "".join(f"\\{byte:03o}" for byte in RANDOM[:100]),
        "begin 644 f\n" + "".join(binascii.b2a_uu(RANDOM[n : n + 45]).decode() for n in range(0, 450, 45)) + "end",
        "Cookie: " + "; ".join(f"_s{n}={base64.b64encode(RANDOM[n : n + 24]).decode()}" for n in range(8)),
    ],
)
def test_encodings_have_few_words(data: str) -> None:
    """Escaped text, drawings, tokens, lists of ids, genomes: at most a third is left, and the prose is whole."""
    assert len(remove_non_prose(data)) < len(data) * 0.35
    assert index_words(f"{PROSE}\n{data}\n{PROSE}").split()[:5] == index_words(PROSE).split()[:5]
    assert remove_non_prose(f"{PROSE}\n{data}\n{PROSE}").strip().endswith(PROSE)


@pytest.mark.parametrize(
    "text",
    [
        "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
        " und Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 5,
        "/ˌɪntəˈnæʃənəl fəˈnɛtɪk ˈælfəbɛt/ " * 12,
        "2-(4-chloro-2-methylphenoxy)-N-[(2S,3R)-3-hydroxybutan-2-yl]acetamide"
        " and (6R,7R)-7-[[(2R)-2-amino-2-phenylacetyl]amino]"
        "-3-methyl-8-oxo-5-thia-1-azabicyclo[4.2.0]oct-2-ene-2-carboxylic acid " * 4,
        "https://www.example.org/articles/2026/01/how-to-keep-bees-in-the-city?ref=home&page=2 " * 10,
        "https://de.wikipedia.org/wiki/Gr%C3%BC%C3%9Fe_aus_M%C3%BCnchen " * 10,
        "https://zh.wikipedia.org/wiki/%E5%8C%97%E4%BA%AC%E5%B8%82 is Beijing. " * 8,
        "def fibonacci(n: int) -> int:\n    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)\n" * 6,
        "\n".join(f"| {n} | Ada | {n * 3.5:.2f} € | 2026-01-{n:02} |" for n in range(1, 29)),
        "ฉันชอบดื่มชาและอ่านหนังสือที่บ้านของฉันในกรุงเทพมหานคร" * 10,
        "東京都に住んでいます。お茶が好きで、毎朝コーヒーを飲みます。" * 12,
        "\n".join(
            f"2026-01-01T12:00:{n:02}Z INFO  server started on port {8000 + n} for user ada{n}" for n in range(20)
        ),
        '{"name": "Ada", "city": "Bonn", "allergies": ["peanuts", "cats"], "age": 36} ' * 8,
        '{"name":"Ada","city":"Bonn","allergies":["peanuts","cats"],"age":36,'
        '"likes":{"tea":true,"rain":false},"note":"calls every Sunday"},' * 6,
        "SELECT u.id, u.name, count(o.id) FROM users u LEFT JOIN orders o ON o.user_id = u.id"
        " WHERE u.created_at > '2026-01-01' GROUP BY u.id; " * 5,
        r"\frac{\partial u}{\partial t} = \alpha \nabla^2 u, \quad E = mc^2"
        r", \sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6} " * 5,
        r"^(?:[A-Za-z0-9._%+-]+)@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}$ matches an address. " * 6,
        "/home/ada/projects/carrel/src/main/java/org/example/carrel/memory/SearchService.java:42 " * 6,
        "Ada <ada@example.org>, Bob <bob.smith+news@mail.example.co.uk>, " * 8,
        "+49 228 123456, +1 (555) 010-9999, 020 7946 0958; " * 8,
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch is a village. " * 6,
        "Muvaffakiyetsizleştiricileştiriveremeyebileceklerimizdenmişsinizcesine " * 6,
        "lentokonesuihkuturbiinimoottoriapumekaanikkoaliupseerioppilas " * 6,
        "مرحبا، أنا أعيش في القاهرة وأحب الشاي والقراءة. " * 10,
        "हिन्दी में लिखा हुआ एक लंबा वाक्य, चाय और किताबों के बारे में। " * 8,
        "나는 서울에 살고 차를 마시는 것을 좋아합니다. " * 12,
        "😀 I love 🐝 and 🍵! #beekeeping #tea @ada " * 10,
        "ISBN 978-3-16-148410-0, DOI 10.1000/182, RFC 9110, CVE-2026-12345, JIRA-4711; " * 6,
        "The order 4711-AB-2026 was shipped with DHL 00340434161094042557. " * 6,
        "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7 6. Re1 b5 7. Bb3 d6 8. c3 O-O 9. h3 Nb8 10. d4 Nbd7 " * 4,
        "CC(=O)OC1=CC=CC=C1C(=O)O is aspirin, CN1C=NC2=C1C(=O)N(C(=O)N2C)C is caffeine. " * 4,
        "C D E F G A H C, Am G F C, Dm7 G7 Cmaj7; verse, chorus, bridge. " * 8,
        "Shopping: 2 l milk, 500 g flour, 3 eggs, 1.5 kg potatoes, 0.75 l wine. " * 8,
        ".tea {\n  color: #a0522d;\n  margin: 0 auto;\n}\n" * 10,
        "for (let i = 0; i < users.length; i++) { if (users[i].name === 'Ada') { return users[i]; } }\n" * 6,
        "git commit -m 'Fix it' && git push origin main; kubectl get pods -n carrel-7d9f8b6c5-x2k4q; " * 6,
        "LITERATURVERWALTUNG UND GROSSSCHREIBUNG SIND IN ÜBERSCHRIFTEN ÜBLICH. " * 6,
        "Gr=C3=BC=C3=9Fe aus M=C3=BCnchen, ich wohne in Bonn und trinke gern Tee. " * 5,
        "10 20 30 40 50 60 70 80 90 100 110 120 130 140 150 160 170 180 190 200\n" * 6,
    ],
)
def test_odd_prose_stays(text: str) -> None:
    """Long words, formulas, names of chemicals, notation of sounds and of games, code, addresses of ordinary length."""
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
