"""Who takes part in the demo's festival, and with which films. All of them are invented."""

from dataclasses import dataclass

DOMAIN = "example.org"


def email(name: str) -> str:
    return f"{name.split()[0].lower()}@{DOMAIN}"


@dataclass(frozen=True)
class Maker:
    """A young filmmaker with one film; `born` is a birth date, `guardian` a name or empty."""

    name: str
    born: str
    country: str
    film: str
    title: str
    title_english: str
    synopsis: str
    language: str = "en"
    guardian: str = ""
    guardian_language: str = "en"
    interrupted: bool = False
    sends_letter_first: bool = False
    too_long: bool = False
    licensed: bool = False
    # Takes everything back while jurors hold the film, and for good.
    guardian_revokes: bool = False
    # Takes everything back once the film is public, and signs again.
    guardian_hesitates: bool = False

    @property
    def email(self) -> str:
        return email(self.name)

    @property
    def guardian_email(self) -> str:
        return f"guardian.of.{self.email}"

    @property
    def subtitles(self) -> dict[str, str]:
        """Their subtitle files by language."""
        files = {"en": SUBTITLES.format(first=self.synopsis)}
        return files | ({"ar": ARABIC_SUBTITLES} if self.language == "ar" else {})


MAKERS = (
    Maker(
        "Lina Haddad", "2011-03-04", "JO", "portrait.mp4", "نافذتي", "My window",
        "A girl films the street below her window for a year, and learns who lives there.",
        language="ar", guardian="Rana Haddad", guardian_language="ar", interrupted=True,
        licensed=True,
    ),
    Maker(
        "Tomas Silva", "2002-07-19", "BR", "bicycles.mp4", "Duas rodas", "Two wheels",
        "Two friends from two countries repair bicycles, and a street becomes theirs.",
        language="pt",
    ),
    Maker(
        "Mei Chen", "2005-01-30", "CN", "rabbit.mp4", "邻居", "The neighbour",
        "An animated neighbour is different from everybody, and lends everybody his ladder.",
        language="zh",
    ),
    Maker(
        "Noah Weber", "2009-11-02", "DE", "rotated.mp4", "Ankommen", "Arriving",
        "The first hundred days of a boy in a new school, told by his sister.",
        language="de", guardian="Karin Weber",
    ),
    Maker(
        "Aisha Okoye", "2003-05-23", "NG", "window.mov", "Market day", "Market day",
        "Everybody at the market speaks another language, and everybody understands.",
        sends_letter_first=True,
    ),
    Maker(
        "Sofia Rossi", "2015-09-12", "IT", "corridor.mp4", "Il corridoio", "The corridor",
        "A class of ten-year-olds shows where new children are welcomed, and where not.",
        language="it", guardian="Paolo Rossi", licensed=True, guardian_hesitates=True,
    ),
    Maker(
        "Yusuf Demir", "2001-12-08", "TR", "too-long.mp4", "Sofra", "The table",
        "A table in a yard grows longer each evening. The film did, too.",
        language="tr", too_long=True,
    ),
    Maker(
        "Emma Novak", "2012-06-17", "CZ", "two-faces.mp4", "Dvě tváře", "Two faces",
        "A girl looks at her own face in two languages.",
        language="cs", guardian="Petr Novak", guardian_revokes=True,
    ),
)  # fmt: skip
SHOWN = tuple(maker for maker in MAKERS if not maker.guardian_revokes)
LICENSED = tuple(maker for maker in MAKERS if maker.licensed)

CATEGORIES = (
    ("children", 0, 12, "Up to 12", "حتى 12 سنة"),
    ("teens", 13, 17, "13 to 17", "من 13 إلى 17 سنة"),
    ("young_adults", 18, 25, "18 to 25", "من 18 إلى 25 سنة"),
)
SPECIAL_RECOGNITIONS = (
    ("social_inclusion", "Special Recognition on Social Inclusion", "تنويه خاص بالإدماج الاجتماعي"),
    ("xenophobia", "Special Recognition against Xenophobia", "تنويه خاص بمناهضة كراهية الأجانب"),
)


@dataclass(frozen=True)
class Partner:
    """A partner organisation: its recognition, who chooses for it, and its two jurors."""

    key: str
    name: str
    country: str
    recognition: str
    recognition_ar: str
    focal_point: str
    jurors: tuple[str, str]


PARTNERS = (
    Partner("voices", "Voices Across Borders", "KE", "Voices Across Borders Recognition",
            "تنويه أصوات عبر الحدود", "Amina Otieno", ("Wanjiru Mwangi", "Otieno Odhiambo")),
    Partner("cinema", "Cinema for Everybody", "MX", "Cinema for Everybody Recognition",
            "تنويه سينما للجميع", "Lucia Vargas", ("Camila Torres", "Diego Ramirez")),
    Partner("bridge", "The Bridge Foundation", "FR", "Bridge Recognition",
            "تنويه مؤسسة الجسر", "Nadia Laurent", ("Claire Martin", "Hugo Bernard")),
)  # fmt: skip
JURY = ("Ines Alvarez", "Kofi Mensah", "Priya Nair", "Lars Eriksen", "Hana Suzuki")
DISTRIBUTOR = ("Open Channel Television", "NL", "Joris Bakker")
STAFF = ("Amal Rahman", "Daniel Stern")

SUBTITLES = """1
00:00:00,500 --> 00:00:02,500
{first}

2
00:00:02,800 --> 00:00:04,800
This film was made for everybody.
"""
ARABIC_SUBTITLES = """1
00:00:00,500 --> 00:00:02,500
هذه نافذتي، وهذا شارعنا.

2
00:00:02,800 --> 00:00:04,800
صُنع هذا الفيلم للجميع.
"""
CRITERIA = (
    ("story", 3, "Story", "القصة", "Does it tell something that stays with you?"),
    ("theme", 2, "Theme", "الموضوع", "Does it open a new view on the festival's themes?"),
    ("craft", 1, "Craft", "الصنعة", "Picture, sound and rhythm, for the age of its maker."),
)
