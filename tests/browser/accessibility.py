"""What axe says of a page: `await no_serious(page)` in any browser test. `make axe` installs it.

axe finds about half of what keeps people out; the other half is the keyboard, the words and looking at the pictures.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.browser.chromium import Page

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
RUN = """
axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map((each) => ({
  rule: each.id, impact: each.impact, help: each.help,
  places: each.nodes.map((node) => node.target.join(' ') + ': ' + node.failureSummary.replace(/\\s+/g, ' ')),
})))
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a page breaks, and where."""

    rule: str
    impact: str
    help: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        """For the developer who has to mend it."""
        return "\n  ".join([f"{self.impact}: {self.help} ({self.rule})", *self.places])


async def no_serious(page: Page, name: str = "") -> None:
    """Fail, with axe's own sentences, where the open page has a serious or critical finding."""
    found = [each for each in await findings(page) if each.impact in GRAVE]
    assert not found, "\n".join([f"axe on {name or await page.value('location.pathname')}:", *map(str, found)])


async def findings(page: Page) -> list[Finding]:
    """All that axe finds on the open page. The debugger puts it there: the page's own policy lets no script in."""
    source = axe()
    await page.wait("document.readyState === 'complete'")
    await page.value(f"{source}; true")
    told = await page.call("Runtime.evaluate", expression=RUN, awaitPromise=True, returnByValue=True)
    assert "exceptionDetails" not in told, told
    return [
        Finding(each["rule"], each["impact"] or "minor", each["help"], tuple(each["places"]))
        for each in told["result"]["value"]
    ]


@cache
def axe() -> str:
    """The script, or the reason why there is none."""
    if AXE.is_file():
        return AXE.read_text(encoding="utf-8")
    if os.environ.get("CI"):
        pytest.fail("axe is missing: make axe")
    pytest.skip("axe is missing: make axe")
