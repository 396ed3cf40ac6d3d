"""Short keys for files, records and texts."""

import re

from flask_babel import lazy_gettext as _l

KEY = re.compile(r"^[a-z][a-z0-9_-]*$")
KEY_WORDS = _l("Small letters, digits, - and _ only; it begins with a letter.")
