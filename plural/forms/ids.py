"""Forms of one kind that stand on a page several times, each with identifiers of its own."""

from typing import Any


def with_ids(form: Any, prefix: str) -> Any:
    """Let the controls' identifiers begin with `prefix`; their names stay as they are."""
    for field in form:
        field.id = f"{prefix}-{field.name}"
        field.label.field_id = field.id
    return form
