"""Domain errors: they carry data, no prose. `plural.problems` turns them into answers."""


class DomainError(Exception):
    """Base of everything that an action may refuse. `code` finds the sentence, `data` fills it."""

    status = 400
    code = "refused"

    def __init__(self, code: str | None = None, **data: object) -> None:
        self.code = code or self.code
        self.data = data
        super().__init__(f"{self.code} {data}" if data else self.code)


class NotSignedIn(DomainError):
    status = 401
    code = "not_signed_in"


class NotAllowed(DomainError):
    status = 403
    code = "not_allowed"


class UndertakingWanted(DomainError):
    """Films are shown once the safeguarding undertaking has been signed."""

    status = 403
    code = "undertaking_wanted"


class NotFound(DomainError):
    status = 404
    code = "not_found"


class FilmAway(NotFound):
    """A film that was put before somebody may not be shown now; the code does not say why."""

    code = "film_away"


class StaleState(DomainError):
    """Somebody else has changed the row since it was read."""

    status = 409
    code = "stale_state"


class Refused(DomainError):
    """The deed is not possible now; the code says why."""

    status = 409
    code = "refused"


class LinkUnusable(DomainError):
    """The one-time link is unknown, used up or too old."""

    status = 410
    code = "link_unusable"


class TooLarge(DomainError):
    status = 413
    code = "too_large"


class TooMany(DomainError):
    """Tried too often; `minutes` says in how many it can be tried again."""

    status = 429
    code = "too_many_tries"


class NoSpace(DomainError):
    status = 507
    code = "no_space"
