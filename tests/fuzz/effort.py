"""How hard the fuzz tests try: a few hundred fixed examples, or very many of chance.

`PLURAL_FUZZ_EXAMPLES=200000 ./run test tests/fuzz -n 2` searches long; what it finds is printed as
an example to keep. Without it, every run tries the same ones.
"""

import os

from hypothesis import HealthCheck, settings

_WANTED = int(os.environ.get("PLURAL_FUZZ_EXAMPLES", "0"))


def effort(usual: int = 300) -> settings:
    """Settings for one fuzz test."""
    return settings(
        max_examples=_WANTED or usual,
        derandomize=not _WANTED,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
