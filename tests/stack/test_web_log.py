"""What the log of requests leaves out."""

import pytest

from stack.web_log import SECRET


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/en/plural/2026/invitation/abc-DEF_1", "/en/plural/2026/invitation/…"),
        ("/ar/plural/2026/consent/abc", "/ar/plural/2026/consent/…"),
        ("/api/v1/plural/2026/uploads/abc", "/api/v1/plural/2026/uploads/…"),
        ("/en/plural/2026/entries/12", "/en/plural/2026/entries/12"),
    ],
)
def test_tokens_in_paths_never_reach_the_log(path: str, logged: str) -> None:
    assert SECRET.sub(r"\1…", path) == logged
