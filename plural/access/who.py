"""Whoever sends a request."""

from dataclasses import dataclass
from datetime import datetime

from plural.models.festival import Edition
from plural.models.people import Account, Membership, MembershipRole
from plural.rights import is_safeguarding, is_staff


@dataclass(frozen=True)
class Who:
    """Whoever sends a request: an account, guardians they have proved to be, or nobody."""

    account: Account | None
    guardians: frozenset[int]
    edition: Edition | None
    at: datetime

    @property
    def signed_in(self) -> bool:
        return self.account is not None

    @property
    def name(self) -> str:
        return (self.account.name or self.account.email) if self.account else ""

    @property
    def roles(self) -> set[str]:
        """What to offer in the navigation; never asked for permission."""
        if self.account is None or self.edition is None:
            return set()
        found = {"staff"} if self.is_staff else set()
        found |= {m.role.value for m in self.memberships()}
        return found or {"entrant"}

    @property
    def is_staff(self) -> bool:
        return bool(self.account and self.edition and is_staff(self.account, self.edition))

    @property
    def safeguards(self) -> bool:
        """Whether they are named to look after the safety of children."""
        return bool(self.account and self.edition and is_safeguarding(self.account, self.edition))

    def memberships(self, *roles: MembershipRole) -> list[Membership]:
        """Living memberships, of the given roles or of all."""
        if self.account is None:
            return []
        return [
            m
            for m in self.account.memberships
            if m.ended_at is None and m.accepted_at is not None and (not roles or m.role in roles)
        ]
