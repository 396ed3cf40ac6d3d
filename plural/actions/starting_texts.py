"""What a fresh edition says before staff have written a word, in each language of the portal.

`%(name)s` is the festival's name, `%(edition)s` the edition's short name.
"""

STARTING_TEXTS = {
    "en": {
        "edition.name": "%(name)s %(edition)s",
        "edition.welcome": (
            "Films by young people about migration, diversity and living together. Have you "
            "made one, or are you about to? Send it to us: from your phone, in any "
            "language, as long as it has English subtitles."
        ),
        "edition.rules": (
            "Who can take part. Everybody who is young enough for one of the age "
            "categories. Your age on the day when the film was made decides which one. A "
            "group is judged in the category of the person who did most. Older people may "
            "help a little. Families of our staff and of jurors cannot take part.\n\n"
            "Your film. It speaks about migration, diversity, social inclusion or the "
            "prevention of xenophobia. Its length counts with the credits. It may be in any "
            "language and needs English subtitles, as a file or in the picture. No hate, no "
            "needless violence, no advertising.\n\n"
            "What belongs to others. Tell us about music, pictures and footage that you did "
            "not make yourself, and about anything that a machine has generated. A film "
            "whose music is not cleared can be judged, but not shown.\n\n"
            "The people in your film. You tell us that everybody who can be seen or heard "
            "has agreed. If you are under 18, a parent or guardian signs too, by a link of "
            "their own.\n\n"
            "What happens to your film. It comes straight to us; nobody needs an account "
            "with a video site. You and your guardian decide what it may be used for, and "
            "each of you can take that back at any time.\n\n"
            "How it is judged. Partner organisations watch the films, an international jury "
            "decides among the best, and every partner may choose a film of its own. You "
            "hear the result from us before the public does."
        ),
    },
    "ar": {
        "edition.name": "%(name)s %(edition)s",
        "edition.welcome": (
            "أفلام يصنعها الشباب عن الهجرة والتنوّع والعيش معًا. هل صنعت فيلمًا أو تنوي أن "
            "تصنعه؟ أرسله إلينا من هاتفك وبأي لغة، بشرط أن تصحبه ترجمة مكتوبة إلى "
            "الإنجليزية."
        ),
        "edition.rules": (
            "من يمكنه المشاركة. كل من يدخل عمره في إحدى الفئات العمرية. عمرك يوم صُنع "
            "الفيلم هو الذي يحدّد فئتك، وتُحكَّم المجموعة في فئة من قام بأكبر قدر من العمل. "
            "يجوز لمن هم أكبر سنًا أن يساعدوا قليلًا. ولا يشارك أقارب العاملين لدينا ولا "
            "أقارب أعضاء لجان التحكيم.\n\n"
            "فيلمك. يتناول الهجرة أو التنوّع أو الإدماج الاجتماعي أو الوقاية من كراهية "
            "الأجانب. تُحسب مدته مع أسماء المشاركين. يمكن أن يكون بأي لغة، ويحتاج إلى ترجمة "
            "مكتوبة إلى الإنجليزية في ملف مستقل أو داخل الصورة. لا كراهية ولا عنف بلا داعٍ "
            "ولا إعلانات.\n\n"
            "ما يملكه الآخرون. أخبرنا بالموسيقى والصور واللقطات التي لم تصنعها بنفسك، وبكل "
            "ما أنتجته آلة. الفيلم الذي لم تُسوَّ حقوق موسيقاه يمكن تحكيمه، لكن لا يمكن "
            "عرضه.\n\n"
            "الأشخاص في فيلمك. تؤكّد لنا أن كل من يُرى أو يُسمع في الفيلم قد وافق. وإن كان "
            "عمرك دون الثامنة عشرة، يوقّع معك أحد والديك أو وليّ أمرك من خلال رابط خاص به.\n\n"
            "ماذا يحدث لفيلمك. يصل إلينا مباشرة، ولا يحتاج أحد إلى حساب في موقع للفيديو. "
            "أنت ووليّ أمرك تقرّران الغرض الذي يُستخدم فيه، ويمكن لكلٍّ منكما سحب موافقته "
            "في أي وقت.\n\n"
            "كيف يُحكَّم. تشاهد المنظمات الشريكة الأفلام، وتختار لجنة تحكيم دولية من بين "
            "أفضلها، ولكل شريك أن يختار فيلمًا خاصًا به. وستعرف النتيجة منا قبل أن يعرفها "
            "الجمهور."
        ),
    },
}

STARTING_WORDINGS = {
    "en": {
        "maker": (
            "I made this film, or I made it together with the people I have named. I know "
            "what I am saying yes to, one use at a time. I can take back each yes whenever "
            "I want, without giving a reason. The festival then stops that use and tells "
            "everybody who holds the film. If I am under 18, my guardian is asked too, and "
            "my own no always counts."
        ),
        "guardian": (
            "I am responsible for the person named here and may sign for them. I have "
            "talked with them about this film. I know what I am saying yes to, one use at a "
            "time. I can take back each yes whenever I want, without giving a reason. The "
            "festival then stops that use and tells everybody who holds the film. A no of "
            "the young person always counts."
        ),
        "juror": (
            "The films that I watch here were made by young people, many of them children, "
            "and show children. I watch them alone, and only for the part I have in the "
            "festival. I do not record, copy or pass on a film, a picture of it, or "
            "anything that I learn about the people in it. I do not try to find out who or "
            "where they are, and I do not get in touch with them. If something in a film "
            "makes me worry about the safety of a child, I tell the festival at once, on "
            "the page of the film. If I should not judge a film, I say so. What I have seen "
            "and given stays with me until the festival has published its results."
        ),
    },
    "ar": {
        "maker": (
            "أنا صنعت هذا الفيلم، أو شاركت في صنعه مع الأشخاص الذين ذكرتهم. أعرف ما أوافق "
            "عليه، كل استخدام على حدة. يمكنني سحب أي موافقة متى شئت ودون ذكر سبب، وعندها "
            "يوقف المهرجان ذلك الاستخدام ويُبلغ كل من لديه الفيلم. وإن كان عمري دون الثامنة "
            "عشرة فسيُسأل وليّ أمري أيضًا، ورفضي أنا يُحترم دائمًا."
        ),
        "guardian": (
            "أنا مسؤول عن الشخص المذكور هنا ويحق لي التوقيع نيابةً عنه، وقد تحدثت معه عن "
            "هذا الفيلم. أعرف ما أوافق عليه، كل استخدام على حدة. يمكنني سحب أي موافقة متى "
            "شئت ودون ذكر سبب، وعندها يوقف المهرجان ذلك الاستخدام ويُبلغ كل من لديه الفيلم. "
            "ورفض الشاب أو الشابة يُحترم دائمًا."
        ),
        "juror": (
            "الأفلام التي أشاهدها هنا صنعها شباب، كثير منهم أطفال، ويظهر فيها أطفال. "
            "أشاهدها وحدي، ولأداء دوري في المهرجان فقط. لا أسجّل فيلمًا أو صورة منه ولا أنسخهما، ولا "
            "أنقل إلى أحد شيئًا أعرفه عن الأشخاص الذين فيه. لا أحاول أن أعرف من هم أو أين "
            "هم، ولا أتواصل معهم. إذا أقلقني في فيلم شيء يمسّ سلامة طفل، أُبلغ المهرجان "
            "فورًا من صفحة الفيلم. وإذا كان عليّ ألّا أحكم على فيلم، أقول ذلك. وما شاهدته "
            "وما منحته من درجات يبقى عندي إلى أن ينشر المهرجان نتائجه."
        ),
    },
}
