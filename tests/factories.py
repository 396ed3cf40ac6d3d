"""Makes rows for tests, as the portal's own deeds would leave them."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask_security import hash_password

from plural import clock
from plural.actions import safeguarding
from plural.extensions import db
from plural.models.consent import Consent, ConsentText, Guardian, Use
from plural.models.entry import (
    Entry,
    EntryState,
    FilmState,
    FilmVersion,
    Person,
    PersonRole,
    Track,
    TrackKind,
    TrackOrigin,
    TrackState,
)
from plural.models.festival import (
    Award,
    AwardKind,
    Category,
    Edition,
    EditionState,
    EditionText,
    Festival,
)
from plural.models.media import Output, OutputState
from plural.models.people import (
    SAFEGUARDING,
    STAFF,
    Account,
    Membership,
    MembershipRole,
    Organisation,
    OrganisationKind,
    Role,
)
from plural.models.publication import (
    Audience,
    Disclosure,
    Distinction,
    Publication,
    PublicationState,
)
from plural.models.rounds import OVER, Criterion, Round, RoundFilm, RoundKind, RoundState, Seat
from plural.models.safety import Undertaking
from plural.models.scoring import Assignment, AssignmentState, Score
from plural.models.sharing import Licence
from plural.undertaking import JUROR, has_signed, version_in_force

PASSWORD = "a long enough password"


class Make:
    """Every method commits and returns detached rows whose columns can be read.

    Defaults give a festival `plural` with an open edition `2026`, made on first use.
    """

    # Hashing is slow on purpose; all tests share password and salt.
    _hash: str | None = None

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.numbers = itertools.count(1)

    @contextmanager
    def saving(self) -> Iterator[None]:
        with self.app.app_context():
            db.session.expire_on_commit = False
            db.session().expire_on_commit = False
            yield
            db.session.commit()

    def add(self, row: Any) -> Any:
        with self.saving():
            db.session.add(row)
            db.session.flush()
            db.session.refresh(row)
        return row

    def first(self, model: Any, **by: Any) -> Any:
        with self.saving():
            return model.query.filter_by(**by).first()

    # ----- festival

    def festival(self, slug: str = "plural") -> Festival:
        found = self.first(Festival, slug=slug)
        if found:
            return found
        with self.app.app_context():
            now = clock.now()
        festival = self.add(Festival(slug=slug, name=slug.upper(), created_at=now))
        for role in (STAFF, SAFEGUARDING):
            self.add(Role(festival_id=festival.id, name=role))
        return festival

    def edition(self, slug: str = "2026", festival: Festival | None = None, **facts: Any) -> Any:
        festival = festival or self.festival()
        found = self.first(Edition, slug=slug, festival_id=festival.id)
        if found:
            return found
        with self.app.app_context():
            now = clock.now()
        values: dict[str, Any] = {
            "state": EditionState.OPEN,
            "entries_open_at": now - timedelta(days=30),
            "entries_close_at": now + timedelta(days=30),
            "produced_after": date(2023, 1, 1),
            "min_duration_s": 1,
            "max_duration_s": 300,
            "created_at": now,
        }
        edition = self.add(Edition(festival_id=festival.id, slug=slug, **{**values, **facts}))
        self.texts(edition, {"edition.name": f"PLURAL+ {slug}"})
        for key, (low, high) in {"child": (0, 12), "teen": (13, 17), "adult": (18, 25)}.items():
            self.add(Category(edition_id=edition.id, key=key, age_min=low, age_max=high))
            self.texts(edition, {f"category.{key}.name": f"Category {key}"})
        return edition

    def texts(self, edition: Edition, texts: dict[str, str], language: str = "en") -> None:
        for key, text in texts.items():
            self.add(EditionText(edition_id=edition.id, key=key, language=language, text=text))

    def wordings(self, edition: Edition) -> None:
        """Consent wordings `maker en`, `guardian ar` and so on, as version 1."""
        with self.saving():
            for signer, language in itertools.product(("maker", "guardian"), ("en", "ar")):
                db.session.add(
                    ConsentText(
                        edition_id=edition.id,
                        signer=signer,
                        version=1,
                        language=language,
                        text=f"{signer} {language}",
                        created_at=clock.now(),
                    )
                )

    def undertaking(self, edition: Edition, version: int, text: str = "I keep them safe.") -> None:
        """What jurors sign before their first film, in English."""
        with self.app.app_context():
            now = clock.now()
        self.add(
            ConsentText(
                edition_id=edition.id,
                signer=JUROR,
                version=version,
                language="en",
                text=text,
                created_at=now,
            )
        )

    def signed(self, account: Account, edition: Edition) -> None:
        """The account has signed the undertaking that is in force, a first one if need be."""
        with self.app.app_context():
            has_text = version_in_force(edition) > 0
        if not has_text:
            self.undertaking(edition, 1)
        with self.saving():
            if not has_signed(account, edition):
                db.session.add(
                    Undertaking(
                        edition_id=edition.id,
                        account_id=account.id,
                        text_version=version_in_force(edition),
                        language="en",
                        signed_name=account.name,
                        signed_at=clock.now(),
                    )
                )

    def category(self, key: str = "teen", edition: Edition | None = None) -> Category:
        edition = edition or self.edition()
        return self.first(Category, edition_id=edition.id, key=key)

    def award(self, key: str, kind: AwardKind = AwardKind.JURY_DISTINCTION, **facts: Any) -> Award:
        edition = facts.pop("edition", None) or self.edition()
        self.texts(edition, {f"award.{key}.name": f"Award {key}"})
        return self.add(Award(edition_id=edition.id, key=key, kind=kind, **facts))

    # ----- people

    def account(self, name: str = "", festival: Festival | None = None, **facts: Any) -> Account:
        festival = festival or self.festival()
        number = next(self.numbers)
        name = name or f"Person {number}"
        with self.saving():
            Make._hash = Make._hash or hash_password(PASSWORD)
            account = Account(
                festival_id=festival.id,
                name=name,
                email=facts.pop("email", f"person{number}@example.org"),
                password=Make._hash,
                created_at=clock.now(),
                **facts,
            )
            db.session.add(account)
            db.session.flush()
            db.session.refresh(account)
        return account

    def staff(self, name: str = "Staff", festival: Festival | None = None) -> Account:
        """Somebody on the staff; the first of a festival looks after the safety of children."""
        festival = festival or self.festival()
        account = self.account(name, festival)
        with self.saving():
            is_first = not safeguarding.named(db.session.get_one(Festival, festival.id))
            names = (STAFF, SAFEGUARDING) if is_first else (STAFF,)
            roles = Role.query.filter(Role.festival_id == festival.id, Role.name.in_(names))
            found = db.session.get_one(Account, account.id)
            found.roles.extend(roles)
        return account

    def organisation(
        self, name: str = "", kind: OrganisationKind = OrganisationKind.PARTNER, **facts: Any
    ) -> Organisation:
        festival = facts.pop("festival", None) or self.festival()
        name = name or f"Organisation {next(self.numbers)}"
        return self.add(Organisation(festival_id=festival.id, name=name, kind=kind, **facts))

    def membership(
        self,
        role: MembershipRole,
        organisation: Organisation,
        account: Account | None = None,
    ) -> Membership:
        account = account or self.account()
        with self.app.app_context():
            now = clock.now()
        return self.add(
            Membership(
                organisation_id=organisation.id,
                account_id=account.id,
                role=role,
                email=account.email,
                name=account.name,
                invited_at=now,
                accepted_at=now,
            )
        )

    def juror(
        self, organisation: Organisation | None = None, account: Account | None = None
    ) -> tuple[Account, Membership]:
        account = account or self.account()
        organisation = organisation or self.organisation()
        return account, self.membership(MembershipRole.JUROR, organisation, account)

    def distributor(self, organisation: Organisation | None = None) -> tuple[Account, Organisation]:
        organisation = organisation or self.organisation(kind=OrganisationKind.DISTRIBUTOR)
        account = self.account()
        self.membership(MembershipRole.DISTRIBUTOR, organisation, account)
        return account, organisation

    # ----- entries

    def entry(
        self,
        account: Account | None = None,
        birth_date: date = date(2000, 1, 1),
        state: EntryState = EntryState.DRAFT,
        **facts: Any,
    ) -> Entry:
        """An entry with its maker and a first film version that is still awaited."""
        edition = facts.pop("edition", None) or self.edition()
        account = account or self.account()
        category = facts.pop("category", None) or self.category("adult", edition)
        number = next(self.numbers)
        with self.saving():
            now = clock.now()
            if state is not EntryState.DRAFT:
                facts.setdefault("submitted_at", now)
            if state in (EntryState.ELIGIBLE, EntryState.INELIGIBLE, EntryState.DISQUALIFIED):
                facts.setdefault("decided_at", now)
            if state is EntryState.WITHDRAWN:
                facts.setdefault("withdrawn_at", now)
            entry = Entry(
                edition_id=edition.id,
                account_id=account.id,
                category_id=category.id,
                state=state,
                title=facts.pop("title", f"Film {number}"),
                produced_on=facts.pop("produced_on", date(2026, 1, 1)),
                created_at=now,
                **facts,
            )
            entry.persons.append(
                Person(
                    role=PersonRole.MAKER,
                    account_id=account.id,
                    name=account.name,
                    birth_date=birth_date,
                )
            )
            entry.versions.append(FilmVersion(number=1, created_at=now))
            db.session.add(entry)
            db.session.flush()
            entry_id = entry.id
        return self.whole_entry(entry_id)

    def whole_entry(self, entry_id: int) -> Entry:
        """The entry with its persons, versions and edition loaded."""
        with self.saving():
            entry = db.session.get_one(Entry, entry_id)
            _ = [p.guardians for p in entry.persons], entry.versions, entry.edition.festival
            _ = entry.category.key, entry.account.email
        return entry

    def film(self, entry: Entry, state: FilmState = FilmState.COMPLETE) -> FilmVersion:
        """The entry's newest film version, brought into `state` with small stored outputs."""
        with self.saving():
            film = db.session.get_one(Entry, entry.id).film
            film.state = state
            film.received_at = clock.now()
            film.duration_s = 12.0
            film.file_name = "film.mp4"
            for name, media_type, body in OUTPUTS:
                self.store(film, name, media_type, body)
            db.session.flush()
            _ = film.entry.edition, film.tracks, film.outputs
        return film

    def store(self, film: FilmVersion, name: str, media_type: str, body: bytes) -> None:
        storage = self.app.extensions["plural_storage"]
        key = f"films/{film.id}/{name}"
        path = self.app.extensions["plural_settings"].instance_folder / "made"
        path.write_bytes(body + str(film.id).encode())
        stored = storage.put_file(key, path)
        film.outputs.append(
            Output(
                name=name,
                group="first",
                rank=10,
                recipe_digest="made",
                state=OutputState.READY,
                progress=1.0,
                media_type=media_type,
                storage_key=key,
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                crc32=stored.crc32,
                details={"kind": "film", "width": 426, "height": 240, "duration_s": 12.0},
                created_at=clock.now(),
                ready_at=clock.now(),
            )
        )

    def subtitles(self, film: FilmVersion, language: str = "en", text: str = "Hello") -> Track:
        """Reviewed subtitles from the maker, stored as WebVTT."""
        with self.saving():
            storage = self.app.extensions["plural_storage"]
            key = f"films/{film.id}/tracks/{language}.vtt"
            path = self.app.extensions["plural_settings"].instance_folder / "made.vtt"
            path.write_text(f"WEBVTT\n\n00:00.000 --> 00:02.000\n{text}\n")
            stored = storage.put_file(key, path)
            track = Track(
                film_version_id=film.id,
                kind=TrackKind.SUBTITLES,
                language=language,
                origin=TrackOrigin.MAKER,
                state=TrackState.REVIEWED,
                storage_key=key,
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                crc32=stored.crc32,
                created_at=clock.now(),
            )
            db.session.add(track)
            db.session.flush()
            db.session.refresh(track)
        return track

    def guardian(self, entry: Entry, email: str = "guardian@example.org") -> Guardian:
        with self.app.app_context():
            now = clock.now()
        return self.add(
            Guardian(person_id=entry.persons[0].id, name="A guardian", email=email, created_at=now)
        )

    def consents(self, entry: Entry, uses: tuple[Use, ...] = tuple(Use)) -> list[Consent]:
        """The maker's own consent, and every living guardian's, to the newest film version."""
        given = []
        with self.saving():
            entry = db.session.get_one(Entry, entry.id)
            for person in entry.persons:
                signers = [{"by_account_id": person.account_id}] if person.account_id else []
                signers += [{"by_guardian_id": g.id} for g in person.guardians]
                for signer, use in itertools.product(signers, uses):
                    given.append(
                        Consent(
                            person_id=person.id,
                            film_version_id=entry.film.id,
                            use=use,
                            text_version=1,
                            language="en",
                            signed_name=person.name,
                            given_at=clock.now(),
                            **signer,
                        )
                    )
            db.session.add_all(given)
            db.session.flush()
        return given

    def eligible_film(self, account: Account | None = None, **facts: Any) -> FilmVersion:
        """A complete film of an eligible entry, with all consents and English subtitles."""
        entry = self.entry(account, state=EntryState.ELIGIBLE, **facts)
        film = self.film(entry)
        self.consents(entry)
        self.subtitles(film)
        return film

    # ----- judging

    def round(
        self,
        kind: RoundKind = RoundKind.PRESELECTION,
        films: list[FilmVersion] | None = None,
        members: list[Membership] | None = None,
        state: RoundState = RoundState.OPEN,
        **facts: Any,
    ) -> Round:
        """A round with two criteria, its films and its seats; sealed when it is open.

        Its jurors have signed the undertaking.
        """
        edition = facts.pop("edition", None) or self.edition()
        for member in members or []:
            self.signed(self.first(Account, id=member.account_id), edition)
        with self.saving():
            now = clock.now()
            if state is not RoundState.DRAFT:
                facts.setdefault("declared", {})
                facts.setdefault("declared_digest", "0" * 64)
                facts.setdefault("opened_at", now)
            if state in OVER:
                facts.setdefault("closed_at", now)
            if state is RoundState.FROZEN:
                facts.setdefault("frozen_at", now)
            found = Round(
                edition_id=edition.id,
                key=facts.pop("key", f"round{next(self.numbers)}"),
                kind=kind,
                state=state,
                closes_at=facts.pop("closes_at", now + timedelta(days=10)),
                **facts,
            )
            found.criteria = [
                Criterion(key="story", weight=2, position=0),
                Criterion(key="craft", weight=1, position=1),
            ]
            found.films = [RoundFilm(film_version_id=f.id) for f in films or []]
            found.seats = [Seat(membership_id=m.id) for m in members or []]
            db.session.add(found)
            db.session.flush()
            _ = found.criteria, found.films, found.seats
        return found

    def assignment(self, seat: Seat, film: FilmVersion) -> Assignment:
        with self.app.app_context():
            now = clock.now()
        return self.add(
            Assignment(
                round_id=seat.round_id,
                seat_id=seat.id,
                film_version_id=film.id,
                assigned_at=now,
            )
        )

    def score(self, assignment: Assignment, **facts: Any) -> Score:
        """What its juror gave, 4 for the story unless told otherwise."""
        with self.saving():
            found = db.session.get_one(Assignment, assignment.id)
            found.state = AssignmentState.SCORED
            score = Score(
                film_version_id=found.film_version_id,
                submitted_at=clock.now(),
                **{"values": {"story": 4.0}, **facts},
            )
            found.score = score
            db.session.flush()
        return score

    # ----- publication and sharing

    def publication(
        self, distinctions: dict[Any, Award], hours: dict[Audience, float] | None = None
    ) -> Publication:
        """A confirmed publication; `hours` from now at which each audience may know."""
        hours = hours or dict.fromkeys(Audience, -1.0)
        edition = self.edition()
        first, second = self.staff("First"), self.staff("Second")
        with self.saving():
            now = clock.now()
            found = Publication(
                edition_id=edition.id,
                state=PublicationState.CONFIRMED,
                proposed_by_id=first.id,
                proposed_at=now,
                confirmed_by_id=second.id,
                confirmed_at=now,
            )
            found.disclosures = [
                Disclosure(audience=audience, at=now + timedelta(hours=delay))
                for audience, delay in hours.items()
            ]
            found.distinctions = [
                Distinction(award_id=award.id, film_version_id=film.id)
                for film, award in distinctions.items()
            ]
            db.session.add(found)
            db.session.flush()
            _ = found.disclosures, found.distinctions
        return found

    def licence(self, organisation: Organisation, film: FilmVersion, **facts: Any) -> Licence:
        giver = self.staff("Licensing")
        with self.saving():
            now = clock.now()
            values: dict[str, Any] = {
                "use": Use.BROADCAST,
                "starts_at": now - timedelta(days=1),
                "ends_at": now + timedelta(days=365),
                "granted_at": now,
                "granted_by_id": giver.id,
            }
            found = Licence(
                organisation_id=organisation.id,
                film_version_id=film.id,
                **{**values, **facts},
            )
            db.session.add(found)
            db.session.flush()
            db.session.refresh(found)
        return found


OUTPUTS = (
    ("240.mp4", "video/mp4", b"not a real film, version "),
    ("poster.jpg", "image/jpeg", b"not a real picture, version "),
)
