"""docs/http.md has the numbers of the code."""

from pathlib import Path

from hub.entrypoints import asking, heads, packing, strict_json
from hub.settings import Settings
from tests.http_audit.test_audit import AUDITS

PAGE = (Path(__file__).parents[2] / "docs/http.md").read_text(encoding="utf-8")


def test_the_page_about_http_has_the_numbers_of_the_code() -> None:
    for said in (
        f"all {AUDITS} audits",
        f"more than {strict_json.LEVELS} levels",
        f"from {packing.LEAST:,} bytes",
        f"max-age={Settings.model_fields['public_seconds'].default}`",
        f"at most {heads.HEAD_BYTES // 1024} KiB",
        f"and {heads.HEAD_SECONDS} seconds, its body {asking.BODY_SECONDS} seconds",
    ):
        assert said in PAGE
