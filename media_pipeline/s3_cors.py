"""Which pages' scripts a bucket answers: its rules for cross-origin requests (CORS).

A player script follows the portal's redirect into the bucket, with a range. The browser shows it
the answer only if the bucket names the page's origin, and may ask the bucket beforehand whether it
takes ranges.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CORSRuleOutputTypeDef, CORSRuleUnionTypeDef

_METHODS = ("GET", "HEAD")
_ASKED = ("range",)
_SHOWN = ("accept-ranges", "content-length", "content-range", "etag")
_MAX_AGE_S = 3600


def admits(rules: Sequence["CORSRuleOutputTypeDef"], origin: str) -> bool:
    """Whether one of the rules lets scripts of pages at this origin read ranges of films."""
    return any(_has_all(rule, origin) for rule in rules)


def rule_for(origin: str) -> "CORSRuleUnionTypeDef":
    """The narrowest rule that `admits` accepts."""
    return {
        "AllowedOrigins": [origin],
        "AllowedMethods": list(_METHODS),
        "AllowedHeaders": list(_ASKED),
        "ExposeHeaders": list(_SHOWN),
        "MaxAgeSeconds": _MAX_AGE_S,
    }


def _has_all(rule: "CORSRuleOutputTypeDef", origin: str) -> bool:
    return (
        _names(rule.get("AllowedOrigins"), (origin,))
        and _names(rule.get("AllowedMethods"), _METHODS)
        and _names(rule.get("AllowedHeaders"), _ASKED)
        and _names(rule.get("ExposeHeaders"), _SHOWN)
    )


def _names(found: Sequence[str] | None, wanted: Sequence[str]) -> bool:
    named = {name.lower() for name in found or ()}
    return "*" in named or {name.lower() for name in wanted} <= named
