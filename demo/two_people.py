"""What takes two people is refused to the first of them."""

from collections.abc import Mapping

from demo.browser import Browser
from demo.trouble import Trouble

REFUSAL = "Somebody else has to confirm it."


def require_second(first: Browser, path: str, fields: Mapping[str, object]) -> None:
    """Raises Trouble if whoever has asked for something can confirm it as well."""
    answer = first.post(path, fields)
    if answer.status_code != 409 or REFUSAL not in answer.text:
        raise Trouble(f"{first.name} could confirm alone: {path} answered {answer.status_code}.")
