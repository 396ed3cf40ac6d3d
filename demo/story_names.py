"""How the demo's festival and its editions are called in addresses."""

SLUG = "plural"
EDITION = "2026"
NEXT_EDITION = "2027"
