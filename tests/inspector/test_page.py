"""The page in a real Chromium: every tab, its keys, both themes, from a phone to a wide screen."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.bootstrap import Carrel
from carrel.inspector.server import serve
from carrel.inspector.static_page import render_static
from carrel.inspector.subject import Subject
from tests.inspector.furnished import HOSTILE, furnish

webdriver = pytest.importorskip("selenium.webdriver")
webdriver_wait = pytest.importorskip("selenium.webdriver.support.wait")
BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="needs Debian's chromium and chromium-driver"),
    pytest.mark.process,
    pytest.mark.network,
    pytest.mark.slow,
]
TABS = {
    "context": ".gauge .bar .segment",
    "core": ".block .blamed",
    "search": ".results .row",
    "timeline": ".messages .message",
    "why": ".hit .score",
    "map": "canvas",
    "bin": ".row .prose",
    "health": ".findings tr",
}
"""The tabs, each with what must appear in it."""
WIDTHS = (360, 1280, 2560)
LIMIT_S = 20.0
SHOWN = HOSTILE.replace("\x1b", "").replace("\u202e", "⟨202E⟩")
"""How the page shows hostile text."""


class Page:
    """A browser with the inspector open."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def run(self, script: str, *values: Any) -> Any:
        """Run JavaScript and return its result."""
        return self.driver.execute_script(script, *values)

    def wait(self, script: str, *values: Any) -> Any:
        """Wait until an expression is true, and return it."""
        waiting = webdriver_wait.WebDriverWait(self.driver, LIMIT_S, poll_frequency=0.02)
        return waiting.until(lambda driver: self.run(f"return {script}", *values), f"{script} {values}")

    def open(self, tab: str, **parameters: str) -> None:
        """Open a tab, and wait until it is drawn."""
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        before = self.run("return document.querySelector('#view').dataset.ready || ''")
        target = f"#/{tab}{'?' + query if query else ''}"
        if self.run("return location.hash") == target:
            self.run("location.hash = '#/'")
            before = self.wait("(v => v !== arguments[0] && v)(document.querySelector('#view').dataset.ready)", before)
        self.run("location.hash = arguments[0]", target)
        self.wait("(v => v !== arguments[0] && v)(document.querySelector('#view').dataset.ready)", before)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def click(self, selector: str, text: str) -> None:
        """Click the element with this text, of those that a selector finds."""
        found = "[...document.querySelectorAll(arguments[0])].find(one => one.textContent === arguments[1])"
        self.wait(found, selector, text)
        self.run(f"{found}.click()", selector, text)

    def text(self, selector: str) -> str:
        """Return the text of the first element that a selector finds, once it is there."""
        return str(self.wait("document.querySelector(arguments[0])?.textContent", selector))

    def resize(self, width: int, height: int = 900) -> None:
        """Give the window another size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def prefer(self, scheme: str) -> None:
        """Let the system prefer a dark or a light theme."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def complaints(self) -> list[str]:
        """Return what the browser wrote to its console: errors, and violations of the policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    """A Chromium without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(service=webdriver.ChromeService(DRIVER), options=options)
    yield made
    made.quit()


@pytest.fixture
def show(driver: Any) -> Iterator[Callable[[Subject], Page]]:
    """Serve a subject and open its page."""

    def opened(subject: Subject) -> Page:
        addresses: list[str] = []
        ready = threading.Event()

        def announce(address: str) -> None:
            addresses.append(address)
            ready.set()

        threading.Thread(target=serve, args=(subject, 0, announce), daemon=True).start()
        assert ready.wait(LIMIT_S)
        page = Page(driver)
        page.resize(1280)
        page.prefer("light")
        driver.get(addresses[0])
        page.wait("document.querySelector('#view')?.dataset.ready")
        page.complaints()
        return page

    yield opened
    driver.get("about:blank")


@pytest.fixture
def page(show: Callable[[Subject], Page], furnished: Carrel) -> Page:
    """The page of the furnished home, which only reads."""
    return show(Subject(furnished))


def test_each_tab_shows_its_content(page: Page) -> None:
    """What belongs into a tab appears, under its own name, without a word in the console."""
    for tab, selector in TABS.items():
        page.open(tab)
        page.wait("document.querySelectorAll(arguments[0]).length", selector)
        assert page.run("return document.querySelector('#tabs [aria-current]').dataset.tab") == tab
        assert page.run("return document.querySelectorAll('.failure').length") == 0
    assert page.complaints() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(page: Page, scheme: str) -> None:
    """At each width, in both themes, the page scrolls up and down only, and its text can be told from its ground."""
    page.prefer(scheme)
    for width in WIDTHS:
        page.resize(width)
        for tab in TABS:
            page.open(tab)
            wide = page.run("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide[0] <= wide[1] <= width, (tab, width)
    ground = page.run("return getComputedStyle(document.documentElement).backgroundColor")
    text = page.run("return getComputedStyle(document.documentElement).color")
    light, dark = sorted((_brightness(ground), _brightness(text)), reverse=True)
    assert light - dark > 150
    assert (_brightness(ground) > 128) == (scheme == "light")
    assert page.complaints() == []


def _brightness(colour: str) -> float:
    """Return the mean of red, green and blue of `rgb(…)`."""
    parts = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3


def test_keys_open_tabs_and_move_in_lists(page: Page) -> None:
    """Each tab has its number; j and k move the choice; ? lists the keys, and Escape closes the list."""
    for number, tab in enumerate(TABS, 1):
        page.press(str(number))
        page.wait("document.querySelector('#view').dataset.tab === arguments[0]", tab)
        page.wait("document.querySelector('#view > .' + arguments[0])", tab)
    for tab in ("context", "search", "timeline", "why", "bin"):
        page.open(tab)
        page.press("j", "j")
        first = page.wait("document.querySelector('.chosen[data-row]')?.dataset.row")
        page.press("k")
        other = "(row => row && row !== arguments[0])(document.querySelector('.chosen[data-row]')?.dataset.row)"
        page.wait(other, first)
    page.press("?")
    assert "search" in page.text("dialog[open]")
    page.press(webdriver.Keys.ESCAPE)
    page.wait("!document.querySelector('dialog')")
    page.press("a")
    page.wait("document.activeElement.id === 'agent'")
    assert page.complaints() == []


def test_the_theme_is_chosen_and_kept(page: Page) -> None:
    """The key goes from the system's theme to light, to dark and back; a reload keeps it."""
    seen = []
    for _ in range(3):
        page.press("t")
        seen.append(page.run("return document.documentElement.dataset.theme || 'system'"))
    assert seen == ["light", "dark", "system"]
    page.press("t", "t")
    page.driver.refresh()
    page.wait("document.querySelector('#view')?.dataset.ready")
    assert page.run("return document.documentElement.dataset.theme") == "dark"
    assert _brightness(page.run("return getComputedStyle(document.documentElement).backgroundColor")) < 128
    page.press("t")


def test_the_turns_are_walked_through(page: Page) -> None:
    """Brackets go to the turn before and after, and the address names the turn; a click shows a part."""
    page.open("context")
    last = page.wait("new URLSearchParams(location.hash.split('?')[1]).get('turn')")
    page.press("[")
    page.wait("!location.hash.includes(arguments[0]) && location.hash.includes('turn=')", last)
    page.press("]")
    page.wait("location.hash.includes(arguments[0])", last)
    page.run("document.querySelector('.key[data-part=core]').click()")
    assert "[core memory: human" in page.text(".part .prose")
    assert page.text(".part h2").startswith("core")
    shares = page.run("return [...document.querySelectorAll('.bar .segment')].map(s => parseFloat(s.style.width))")
    assert 60 < sum(shares) <= 100.5


def test_a_search_shows_scores_and_the_memory(page: Page) -> None:
    """Typing finds, with a bar for each part of the score; a click shows the memory in full."""
    page.open("core")
    page.press("/")
    page.wait("document.activeElement.id === 'query'")
    page.press(*"seahorses")
    page.wait("document.querySelector('.results .row .score')")
    page.wait("document.querySelector('.results .row')?.textContent.includes('seahorses')")
    labels = "[...document.querySelectorAll('.results .row:first-child .score .label')]"
    bars = page.run(f"return {labels}.map(label => label.textContent)")
    assert bars == ["score", "words", "meaning", "neighbours"]
    page.run("document.querySelector('.results .row').click()")
    page.wait("document.querySelector('.detail dl')")
    assert "Cold. I study how seahorses keep their balance." in page.text(".detail .prose")
    assert page.complaints() == []


def test_a_summary_shows_what_it_covers(page: Page) -> None:
    """Opening a summary marks the messages that it covers."""
    page.open("timeline")
    page.wait("document.querySelector('details.summary summary')")
    count = page.run("return document.querySelector('details.summary summary .line').textContent")
    page.run("document.querySelector('details.summary summary').click()")
    marked = page.wait("document.querySelectorAll('.covered-now').length")
    assert f"covers {marked} messages" in count


def test_the_map_is_painted_and_named(page: Page) -> None:
    """The canvas holds colours; arrows go from point to point, and each is named."""
    page.open("map")
    colours = """(() => {
        const canvas = document.querySelector('canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let painted = 0;
        for (let n = 3; n < data.length; n += 4) painted += data[n] > 0;
        return painted;
    })()"""
    page.wait(f"{colours} > 200")
    page.press("j")
    assert page.text(".tip:not([hidden])")
    hover = """(() => {
        const canvas = document.querySelector('canvas'), box = canvas.getBoundingClientRect();
        const at = (x, y) => ({clientX: box.x + x, clientY: box.y + y});
        const move = (x, y) => canvas.dispatchEvent(new MouseEvent('mousemove', at(x, y)));
        const shown = new Set();
        for (let x = 0; x < box.width; x += 8) for (let y = 0; y < box.height; y += 8) {
            move(x, y);
            if (!document.querySelector('.tip').hidden) shown.add(document.querySelector('.tip .excerpt').textContent);
        }
        return shown.size;
    })()"""
    assert page.run(f"return {hover}") > 10
    for colouring in ("age", "session", "tier"):
        page.run(
            "[...document.querySelectorAll('.choice button')].find(b => b.textContent === arguments[0]).click()",
            colouring,
        )
        page.wait("document.querySelectorAll('.legend .swatch').length")
    assert page.complaints() == []


def test_hostile_text_is_shown_as_text(page: Page) -> None:
    """Markup and controls in every field do nothing but stand there, with their codes."""
    for tab in ("search", "timeline", "map"):
        page.open(tab)
    page.open("search", tier="archival")
    assert page.text(".results .row .excerpt") == SHOWN
    page.run("const a = document.querySelector('#agent'); a.value = 'ada'; a.dispatchEvent(new Event('change'))")
    page.wait("document.title.includes('ada')")
    page.open("timeline")
    assert page.text(".message .who") == SHOWN
    assert page.text(".side .row .who") == SHOWN
    assert page.text(".message .prose") == SHOWN
    assert page.run("return document.querySelectorAll('main img, main script').length") == 0
    assert page.run("return document.title") == "Timeline · ada · Carrel"
    assert page.complaints() == []


def test_a_reading_page_offers_no_change(page: Page) -> None:
    """No tab has a button that would change memory."""
    assert page.text(".access") == "read-only"
    for tab in ("core", "search", "bin"):
        page.open(tab)
        names = page.run("return [...document.querySelectorAll('#view button')].map(b => b.textContent)")
        assert not {"Edit", "Save", "Pin", "Forget", "Restore"} & set(names)


def test_a_block_is_edited_and_the_bin_emptied_by_hand(show: Callable[[Subject], Page], home: Path) -> None:
    """With --write a block is saved by the keyboard, and what was forgotten is restored at a click."""
    made = furnish(home, turns=1)
    try:
        page = show(Subject(made, writable=True))
        page.open("core")
        assert page.text(".access") == "may write"
        page.click(".block[data-row=human] button", "Edit")
        page.wait("document.activeElement.tagName === 'TEXTAREA'")
        page.run("document.activeElement.select()")
        page.press("Drinks tea. 喝茶。")
        assert "15 of 2\u202f000" in page.text(".block[data-row=human] .body .number")
        page.click(".block[data-row=human] button", "Save")
        page.wait("document.querySelector('.block[data-row=human] .blamed .text')?.textContent.startsWith('Drinks')")
        assert made.agent().core["human"].value == "Drinks tea. 喝茶。"
        page.open("bin")
        page.click(".row button", "Restore")
        assert "Restored" in page.text(".done")
        assert page.complaints() == []
    finally:
        made.close()


def test_a_page_in_a_file_shows_the_same(driver: Any, furnished: Carrel, tmp_path: Path) -> None:
    """Opened without a server, every tab has its content; the policy is not violated, and hostile text is text."""
    file = tmp_path / "memory.html"
    file.write_text(render_static(Subject(furnished)), encoding="utf-8")
    page = Page(driver)
    page.resize(1280)
    driver.get(file.as_uri())
    page.wait("document.querySelector('#view')?.dataset.ready")
    page.complaints()
    for tab, selector in TABS.items():
        page.open(tab)
        page.wait("document.querySelectorAll(arguments[0]).length", selector)
    page.open("search", q="gnp.exe")
    assert page.text(".results .row .excerpt") == SHOWN
    assert page.text(".access") == "in a file"
    assert page.run("return document.querySelectorAll('main img').length") == 0
    assert page.complaints() == []
    driver.get("about:blank")
