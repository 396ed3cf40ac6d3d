"""What a fresh round of each kind proposes, in each language of the portal.

The rubric has words for each value, so that a four means the same to every juror.
"""

from typing import Any

from plural.models.rounds import RoundKind

# Criterion -> weight, and per language its name, its hint and words for the values 1 to 5.
Words = dict[str, tuple[str, str, tuple[str, str, str, str, str]]]
RUBRIC: dict[str, tuple[float, Words]] = {
    "story": (
        3.0,
        {
            "en": (
                "Story",
                "Does it tell something that stays with you?",
                (
                    "I could not say what it is about.",
                    "I see what it is about; it does not reach me.",
                    "It tells something, and I follow it to the end.",
                    "It moves me or changes how I see something.",
                    "I will tell others about it.",
                ),
            ),
            "ar": (
                "القصة",
                "هل يروي شيئًا يبقى معك؟",
                (
                    "لا أستطيع أن أقول عمّ يتحدث.",
                    "أفهم موضوعه، لكنه لا يصل إليّ.",
                    "يروي شيئًا، وأتابعه حتى النهاية.",
                    "يحرّك مشاعري أو يغيّر نظرتي إلى أمر ما.",
                    "سأحدّث عنه الآخرين.",
                ),
            ),
        },
    ),
    "theme": (
        2.0,
        {
            "en": (
                "Theme",
                "Does it open a new view on migration, diversity or living together?",
                (
                    "It has nothing to do with the themes.",
                    "It names a theme and says what everybody says.",
                    "It shows a theme from a life that we can recognise.",
                    "It shows a side that is seldom seen.",
                    "It opens a view that I did not have before.",
                ),
            ),
            "ar": (
                "الموضوع",
                "هل يفتح نظرة جديدة إلى الهجرة أو التنوّع أو العيش معًا؟",
                (
                    "لا علاقة له بموضوعات المهرجان.",
                    "يذكر موضوعًا ويقول ما يقوله الجميع.",
                    "يُظهر الموضوع من حياة نتعرّف عليها.",
                    "يُظهر جانبًا قلّما يُرى.",
                    "يفتح لي نظرة لم تكن عندي من قبل.",
                ),
            ),
        },
    ),
    "craft": (
        1.0,
        {
            "en": (
                "Craft",
                "Picture, sound and rhythm, for the age of its maker and the means at hand.",
                (
                    "I cannot see or hear what matters.",
                    "Much of it gets in the way of the film.",
                    "Picture and sound carry the film.",
                    "Somebody has chosen how it looks and sounds.",
                    "Each picture and sound is where it has to be.",
                ),
            ),
            "ar": (
                "الصنعة",
                "الصورة والصوت والإيقاع، بحسب عمر صانعه والوسائل المتاحة له.",
                (
                    "لا أرى أو لا أسمع ما هو مهم.",
                    "كثير منها يعيق الفيلم.",
                    "الصورة والصوت يحملان الفيلم.",
                    "ثمة من اختار كيف يبدو وكيف يُسمع.",
                    "كل صورة وكل صوت في مكانه الصحيح.",
                ),
            ),
        },
    ),
}
NAMES = {
    RoundKind.PRESELECTION: {"en": "Preselection", "ar": "الاختيار الأولي"},
    RoundKind.INTERNATIONAL_JURY: {"en": "International jury", "ar": "لجنة التحكيم الدولية"},
    RoundKind.PARTNER_PICKS: {"en": "Partner recognitions", "ar": "تنويهات الشركاء"},
}
KEYS = {
    RoundKind.PRESELECTION: "preselection",
    RoundKind.INTERNATIONAL_JURY: "jury",
    RoundKind.PARTNER_PICKS: "partners",
}
# What differs from the usual rules of a round (`plural.round_rules`).
RULES: dict[RoundKind, dict[str, Any]] = {
    RoundKind.PRESELECTION: {"shows_names": False},
    RoundKind.INTERNATIONAL_JURY: {"quorum": 3},
    RoundKind.PARTNER_PICKS: {},
}


def values(kind: RoundKind) -> dict[str, Any]:
    """The form of a new round, filled in with what most festivals want."""
    found: dict[str, Any] = {"key": KEYS[kind], **RULES[kind]}
    found |= {f"name_{language}": name for language, name in NAMES[kind].items()}
    if kind is RoundKind.PRESELECTION:
        found["criteria"] = [criterion(key, *RUBRIC[key]) for key in RUBRIC]
    return found


def criterion(key: str, weight: float, words: Words) -> dict[str, Any]:
    line: dict[str, Any] = {"key": key, "weight": weight}
    for language, (name, hint, anchors) in words.items():
        line[f"name_{language}"], line[f"hint_{language}"] = name, hint
        line[f"anchors_{language}"] = "\n".join(
            f"{value}: {meaning}" for value, meaning in enumerate(anchors, 1)
        )
    return line
