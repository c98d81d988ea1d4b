"""The page of a report in a real browser: it asks for nothing, runs nothing, and fits a telephone.

Needs Debian's chromium; skipped, and said so, where there is none.
"""

from __future__ import annotations

import html
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from reported import Past, record_past

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(_CHROMIUM is None, reason="no browser on this machine; Debian has one in its package chromium"),
]
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-component-update"),
    *("--disable-background-networking", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage"),
)
_EVIL = '<img src="http://evil.example/i.png"><script>document.title = "ran"</script>'
_LONG_TAG = "とても長い話題の名前です。" * 6


class _Proxy:
    """Where the browser sends all that it asks for; gives nothing, and keeps the first lines."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client:
                self.asked.append(client.recv(4096).decode("latin-1").partition("\r\n")[0])

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def proxy() -> Iterator[_Proxy]:
    found = _Proxy()
    yield found
    found.close()


@pytest.fixture(params=["ja", "en"])
def page(request: pytest.FixtureRequest, registered: Any, tmp_path: Path) -> str:
    start = datetime(2026, 4, 2, 3, tzinfo=UTC)
    past = [Past(start + timedelta(days=place), tags=[_LONG_TAG, "保護者対応"][: 1 + place % 2]) for place in range(40)]
    with registered.office() as office:
        record_past(office, past)
    file = tmp_path / "page.html"
    ran = registered.run("--lang", request.param, "report", "--year", 2026, "--html", file)
    assert ran.status == 0, ran
    return file.read_text(encoding="utf-8")


def _dom(text: str, folder: Path, proxy: _Proxy) -> str:
    """What the browser makes of a page."""
    file = folder / "shown.html"
    file.write_text(text, encoding="utf-8")
    command = [
        str(_CHROMIUM),
        *_QUIET,
        f"--user-data-dir={folder / 'profile'}",
        f"--proxy-server=127.0.0.1:{proxy.port}",
        "--dump-dom",
        file.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def _in_a_telephone(text: str) -> str:
    """A page with `text` in a frame of 400 pixels, which says how wide that is when it is there."""
    frame = f'<iframe width="400" height="800" srcdoc="{html.escape(text)}"></iframe>'
    measure = "document.title = document.querySelector('iframe').contentDocument.documentElement.scrollWidth"
    return f"<!DOCTYPE html><title></title>{frame}<script>onload = () => {{ {measure} }}</script>"


def _width(dom: str) -> int:
    found = re.search(r"<title>(\d+)</title>", dom)
    assert found is not None, dom[:500]
    return int(found[1])


def test_the_page_fits_a_telephone(page: str, tmp_path: Path, proxy: _Proxy) -> None:
    assert _width(_dom(_in_a_telephone(page), tmp_path, proxy)) <= 400
    too_wide = page.replace("</main>", f"<p>{'w' * 200}</p></main>")
    assert _width(_dom(_in_a_telephone(too_wide), tmp_path, proxy)) > 400  # the positive control


def test_the_page_forbids_what_somebody_puts_into_it(page: str, tmp_path: Path, proxy: _Proxy) -> None:
    """Not that anybody could; a second lock, tried with and without it."""
    title = re.search("<title>.*</title>", page)
    assert title is not None
    attacked = page.replace("</main>", f"{_EVIL}</main>")
    assert title[0] in _dom(attacked, tmp_path, proxy)
    assert [one for one in proxy.asked if "evil.example" in one] == []
    unlocked = re.sub("<meta http-equiv=.*", "", attacked)
    assert "<title>ran</title>" in _dom(unlocked, tmp_path, proxy)
    assert [one for one in proxy.asked if "evil.example" in one] != []


def test_its_own_style_is_let_through(page: str, tmp_path: Path, proxy: _Proxy) -> None:
    measure = "document.querySelector('iframe').contentDocument.querySelector('h1')"
    colour = f"getComputedStyle({measure}.parentElement).borderBottomWidth"
    framed = _in_a_telephone(page).replace("document.title = ", f"document.title = {colour} + ' ' + ", 1)
    assert "<title>2px " in _dom(framed, tmp_path, proxy)
