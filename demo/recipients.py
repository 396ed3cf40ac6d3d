"""The recipients' page as anybody finds it."""

import re

from demo.browser import Browser


def links(visitor: Browser) -> list[str]:
    """Whole addresses of the films that the page lists to this person, each once."""
    page = visitor.open("recipients")
    found = [a["href"] for a in page.find_all("a", href=re.compile(r"/recipients/\w+$"))]
    return list(dict.fromkeys(visitor.absolute(str(href)) for href in found))
