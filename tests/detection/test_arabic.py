"""Arabic titles and leads: the same reports as in French and English.

Each sentence is our own; what it says stands in English beside it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from detecting import detect, detector, labels_of, only

from bot.detect.arabic import bare, is_and
from bot.detect.language import Languages
from bot.detect.numbers import number_at
from bot.detect.report import Item, Report
from bot.detect.text import Doc

#: a Wednesday
PUBLISHED = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def killed(report: Report, who: str = "killed") -> tuple[int | None, int | None, str] | None:
    """The headline toll as (min, max, status)."""
    for toll in report.tolls:
        if toll.who == who and toll.group is None:
            return toll.min, toll.max, toll.status
    return None


# (sentence, what it says, type, country)
ATTACKS = [
    ("مقتل 12 جنديا في هجوم على معسكر للجيش شمالي مالي",
     "12 soldiers killed in an attack on an army camp in northern Mali", "position_attack", "ML"),
    ("بوركينا فاسو: كمين يودي بحياة خمسة جنود قرب جيبو",
     "Burkina Faso: an ambush kills five soldiers near Djibo", "ambush", "BF"),
    ("مسلحون يختطفون ثلاثة أجانب قرب أغاديس في النيجر",
     "Gunmen kidnap three foreigners near Agadez in Niger", "abduction", "NE"),
    ("انفجار لغم يقتل أربعة مدنيين قرب ميناكا في مالي",
     "A mine blast kills four civilians near Ménaka in Mali", "ied_landmine", "ML"),
    ("هجوم انتحاري يستهدف ثكنة في غاو ويخلف قتلى",
     "A suicide attack targets a barracks in Gao and leaves dead", "suicide_bomb", "ML"),
    ("غارة جوية للجيش المالي تقتل مسلحين قرب كيدال",
     "A Malian army air strike kills gunmen near Kidal", "air_drone_strike", "ML"),
    ("اشتباكات عنيفة بين الجيش المالي ومقاتلي جبهة تحرير أزواد قرب تين زواتين",
     "Fierce clashes between the Malian army and FLA fighters near Tinzaouaten",
     "armed_clash", "ML"),
    ("جماعة نصرة الإسلام والمسلمين تسيطر على بلدة في وسط مالي",
     "JNIM takes a town in central Mali", "territory_seized", "ML"),
    ("قصف بقذائف هاون على مطار تمبكتو",
     "Mortar shelling of Timbuktu airport", "shelling", "ML"),
    ("مجزرة في قرية ببوركينا فاسو: مقتل عشرات المدنيين",
     "Massacre in a village of Burkina Faso: dozens of civilians killed",
     "attack_on_civilians", "BF"),
    ("النيجر: قتلى وجرحى في هجوم مسلح على قرية في منطقة تيلابيري",
     "Niger: dead and wounded in an armed attack on a village in Tillabéri region",
     "attack_on_civilians", "NE"),
    ("عبوة ناسفة تستهدف دورية للجيش النيجري وتقتل جنديين",
     "An IED hits a Nigerien army patrol and kills two soldiers", "ied_landmine", "NE"),
    ("إرهابيون يهاجمون قافلة شاحنات وقود في منطقة كايس بمالي",
     "Terrorists attack a convoy of fuel lorries in the Kayes region of Mali",
     "infrastructure_attack", "ML"),
    ("بوكو حرام تهاجم قاعدة عسكرية في تشاد وتقتل 40 جنديا",
     "Boko Haram attacks a military base in Chad and kills 40 soldiers", "position_attack", "TD"),
    ("الجيش النيجيري: القضاء على 30 إرهابيا في غارات جوية في بورنو",
     "Nigerian army: 30 terrorists eliminated in air strikes in Borno", "air_drone_strike", "NG"),
    ("مقتل سبعة دركيين في كمين شرقي بوركينا فاسو",
     "Seven gendarmes killed in an ambush in eastern Burkina Faso", "ambush", "BF"),
    ("خطف راهبة فرنسية في شمال مالي على يد مسلحين",
     "A French nun kidnapped by gunmen in the north of Mali", "abduction", "ML"),
    ("مسلحون يحرقون حافلة ويقتلون ركابها في وسط مالي",
     "Gunmen burn a bus and kill its passengers in central Mali", "looting_arson", "ML"),
    ("الجيش الموريتاني يتصدى لهجوم مسلح على مركز حدودي",
     "The Mauritanian army repels an armed attack on a border post", "position_attack", "MR"),
    ("بنين: مقتل 15 جنديا في هجوم للجهاديين شمالي البلاد",
     "Benin: 15 soldiers killed in a jihadist attack in the north of the country",
     "attack_unspecified", "BJ"),
    ("وللمرة الثانية في أسبوع هجوم إرهابي على سوق في بوركينا فاسو",
     "For the second time in a week a terrorist attack on a market in Burkina Faso",
     "attack_on_civilians", "BF"),
    ("JNIM تتبنى هجوما على معسكر الجيش المالي في Sévaré",
     "JNIM claims an attack on the Malian army camp in Sévaré (mixed scripts)",
     "position_attack", "ML"),
    ("هجوم على قافلة لـ Africa Corps قرب Kidal في مالي يوقع قتلى",
     "Attack on an Africa Corps convoy near Kidal in Mali leaves dead (mixed scripts)",
     "ambush", "ML"),
]  # fmt: skip


# labels only: what a second reading of other headlines found, "a" attack, "s" step, "n" neither
LABELLED = [
    ("a", "وزارة الدفاع النيجرية: مقتل 34 جنديا في هجوم \"إرهابي\" غربي البلاد",
     "defence ministry of Niger: 34 soldiers killed in a « terrorist » attack"),
    ("a", "تفجير سيارة مفخخة أمام مقر للجيش في غاو", "car bomb before army headquarters in Gao"),
    ("a", "مقتل عمدة بلدة مالية على يد مسلحين مجهولين", "mayor of a Malian town killed by gunmen"),
    ("a", "جهاديون يحاصرون بلدة ليري شمالي مالي", "jihadists besiege Léré"),
    ("a", "مجهولون يغتالون إماما في مدينة جيبو", "unknown men murder an imam in Djibo"),
    ("a", "مسلحون يقطعون الطريق بين باماكو وكايس ويحتجزون مسافرين",
     "gunmen cut the road and hold travellers"),
    ("a", "مقتل قيادي في تنظيم داعش في عملية للجيش النيجري",
     "an IS leader killed in an operation of Niger's army"),
    ("n", "مهاجم مالي يسجل هدفين في مرمى تونس", "a Malian striker scores twice against Tunisia"),
    ("n", "السجن المؤبد لمتهم بقتل سياح في مالي", "life sentence for the murder of tourists"),
    ("n", "انفجار أسطوانة غاز يقتل ثلاثة في نيامي", "a gas cylinder explodes in Niamey"),
    ("n", "تقرير أممي يوثق مقتل 1500 مدني في الساحل خلال عام", "UN report: 1,500 dead in a year"),
    ("n", "مالي تنفي شائعات عن هجوم على القصر الرئاسي", "Mali denies rumours of an attack"),
    ("n", "انقلاب عسكري في النيجر والجيش يعلن عزل الرئيس", "a coup in Niger"),
    ("n", "مظاهرات في نيامي للمطالبة برحيل القوات الفرنسية", "protests against French troops"),
    ("n", "حرب أوكرانيا: قتلى في قصف روسي على خاركيف", "Russian shelling of Kharkiv"),
    ("s", "آخر جندي فرنسي يغادر النيجر", "the last French soldier leaves Niger"),
    ("s", "الجزائر ومالي تستأنفان العلاقات الدبلوماسية", "Algeria and Mali resume relations"),
    ("s", "النيجر وبنين تعيدان فتح الحدود بينهما", "Niger and Benin reopen their border"),
    ("s", "تشاد تلغي اتفاقية الدفاع مع فرنسا", "Chad ends its defence accord with France"),
    ("s", "دول الساحل تنسحب من المحكمة الجنائية الدولية", "the Sahel states leave the ICC"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "meaning"), LABELLED)
def test_labels(label: str, text: str, meaning: str) -> None:
    """Attack, step between states or neither."""
    assert labels_of(text) == {"a": ["attack"], "s": ["alliance"], "n": []}[label], meaning


@pytest.mark.parametrize(("text", "meaning", "kind", "country"), ATTACKS)
def test_attacks(text: str, meaning: str, kind: str, country: str) -> None:
    """An attack is told with its type and its country."""
    report = only(text)
    assert (report.kind, report.type, report.countries, report.pushable) == (
        "attack", kind, (country,), True,
    ), meaning  # fmt: skip


STEPS = [
    ("مالي والنيجر وبوركينا فاسو تعلن إنشاء اتحاد كونفدرالي",
     "Mali, Niger and Burkina Faso announce a confederal union", "alliance_institution",
     "announced"),
    ("مالي والنيجر وبوركينا فاسو توقع اتفاقية دفاع مشترك",
     "Mali, Niger and Burkina Faso sign a joint defence agreement", "defence_pact", "signed"),
    ("مالي وبوركينا فاسو والنيجر تعلن انسحابها من الإيكواس",
     "Mali, Burkina Faso and Niger announce their exit from ECOWAS",
     "membership_change", "announced"),
    ("الإيكواس ترفع العقوبات عن النيجر",
     "ECOWAS lifts the sanctions on Niger", "sanctions_lifted", "announced"),
    ("الإيكواس تفرض عقوبات على مالي",
     "ECOWAS imposes sanctions on Mali", "sanctions_imposed", "announced"),
    ("تحالف دول الساحل يطلق قوة مشتركة لمواجهة الجماعات المسلحة",
     "The Alliance of Sahel States launches a joint force", "joint_force", "announced"),
    ("النيجر تطالب بسحب القوات الفرنسية من أراضيها",
     "Niger demands the withdrawal of French troops", "troop_withdrawal", "announced"),
    ("مالي تستدعي سفيرها في الجزائر",
     "Mali recalls its ambassador in Algiers", "diplomatic_rupture", "announced"),
    ("النيجر تغلق مجالها الجوي",
     "Niger closes its airspace", "border_airspace", "implemented"),
    ("اختتام قمة تحالف دول الساحل في باماكو",
     "The summit of the Alliance of Sahel States ends in Bamako", "summit", None),
    ("بوركينا فاسو وروسيا توقعان اتفاقية تعاون عسكري",
     "Burkina Faso and Russia sign an agreement of military cooperation",
     "military_cooperation", "signed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning", "kind", "stage"), STEPS)
def test_steps_between_states(text: str, meaning: str, kind: str, stage: str | None) -> None:
    """A step between states is told with its type and stage."""
    report = only(text)
    assert (report.kind, report.type, report.stage) == ("alliance", kind, stage), meaning


QUIET = [
    ("منتخب مالي يهزم النيجر في مباراة ودية بهدفين", "football: Mali beat Niger in a friendly"),
    ("هجوم المنتخب البوركيني يقود الفريق إلى نصف نهائي كأس إفريقيا",
     "football: Burkina's attack leads the team to the semi-final"),
    ("وفاة وزير سابق في باماكو بنوبة قلبية", "a former minister dies of a heart attack"),
    ("مقتل 20 شخصا في حادث سير في مالي", "20 killed in a road accident in Mali"),
    ("غرق قارب في نهر النيجر ومصرع 15 شخصا", "a boat sinks in the Niger river, 15 dead"),
    ("الفيضانات تودي بحياة 30 شخصا في النيجر", "floods kill 30 in Niger"),
    ("بدء محاكمة متهمين في هجوم بسام في ساحل العاج",
     "the trial of those accused of the Bassam attack begins"),
    ("مالي تحيي ذكرى هجوم فندق راديسون", "Mali marks the anniversary of the hotel attack"),
    ("تحليل: لماذا تتزايد هجمات الجماعات المسلحة في الساحل؟",
     "analysis: why do attacks grow in the Sahel?"),
    ("الجيش المالي ينفي وقوع هجوم على معسكر في كاتي",
     "the Malian army denies that an attack on a camp in Kati happened"),
    ("مخاوف من هجمات جديدة في النيجر", "fears of new attacks in Niger"),
    ("مناورات عسكرية في موريتانيا تحاكي هجوما إرهابيا",
     "drills in Mauritania simulate a terrorist attack"),
    ("هجوم سيبراني يستهدف بنكا في باماكو", "a cyber attack hits a bank in Bamako"),
    ("مقتل 10 جنود في هجوم في اليمن", "10 soldiers killed in Yemen"),
    ("قتلى في قصف إسرائيلي على غزة", "dead in Israeli shelling of Gaza"),
    ("وزير المالية يعرض ميزانية الدولة", "the minister of finance presents the budget"),
    ("النيجر تطلق حملة تلقيح ضد الحصبة بعد وفاة أطفال",
     "Niger starts a campaign against measles after children died"),
    ("افتتاح مهرجان السينما في واغادوغو", "the film festival opens in Ouagadougou"),
    ("إطلاق سراح رهينة كانت مختطفة في مالي", "a hostage kidnapped in Mali is released"),
    ("السفارة الأمريكية تحذر من هجمات محتملة في باماكو",
     "the US embassy warns of possible attacks in Bamako"),
    ("الشرطة تعتقل مشتبها بهم في هجوم في بوركينا فاسو",
     "police arrest suspects of an attack in Burkina Faso"),
    ("انتخابات رئاسية في تشاد وسط منافسة قوية", "presidential election in Chad"),
    ("أسعار الوقود ترتفع في مالي", "fuel prices rise in Mali"),
    ("مالي توقع اتفاقية قرض مع بنك التنمية", "Mali signs a loan with a development bank"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meaning"), QUIET)
def test_misleading_items_stay_quiet(text: str, meaning: str) -> None:
    """Football, illness, accidents, courts, anniversaries, fears, drills and far countries."""
    assert labels_of(text) == [], meaning


TOLLS = [
    ("مقتل 12 جنديا في كمين في مالي", "killed", (12, 12, "exact")),
    ("مقتل جنديين في كمين في مالي", "killed", (2, 2, "exact")),  # two soldiers: one word
    ("قتيلان في هجوم مسلح على قرية في مالي", "killed", (2, 2, "exact")),  # two dead: one word
    ("عشرات القتلى في هجوم مسلح في بوركينا فاسو", "killed", (20, None, "vague")),
    ("مقتل ما لا يقل عن 15 شخصا في هجوم مسلح في النيجر", "killed", (15, None, "at_least")),
    ("مقتل أكثر من 20 جنديا في كمين في النيجر", "killed", (21, None, "at_least")),
    ("مقتل ثلاثة عشر جنديا في كمين في مالي", "killed", (13, 13, "exact")),  # three-ten
    ("مقتل خمسة وعشرين جنديا في كمين في مالي", "killed", (25, 25, "exact")),  # five and twenty
    ("كمين في مالي يسفر عن ١٧ قتيلا", "killed", (17, 17, "exact")),  # Arabic-Indic digits
    ("مقتل 5 جنود وإصابة 8 آخرين في كمين في مالي", "wounded", (8, 8, "exact")),
    ("سقوط 9 قتلى و14 جريحا في هجوم مسلح في مالي", "wounded", (14, 14, "exact")),
    ("اختطاف أربعة أشخاص في هجوم مسلح في النيجر", "abducted", (4, 4, "exact")),
    ("لقي 11 جنديا مصرعهم في كمين في بوركينا فاسو", "killed", (11, 11, "exact")),
    ("مسلحون يقتلون ستة مدنيين في هجوم مسلح في مالي", "killed", (6, 6, "exact")),
]


@pytest.mark.parametrize(("text", "who", "toll"), TOLLS)
def test_tolls(text: str, who: str, toll: tuple[int | None, int | None, str]) -> None:
    """Counted nouns, duals, bounds, round figures, numbers in letters and in Arabic digits."""
    assert killed(only(text), who) == toll


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("أمس", date(2026, 11, 17)),  # yesterday
        ("اليوم", date(2026, 11, 18)),  # today
        ("يوم الاثنين", date(2026, 11, 16)),  # on Monday
        ("الأحد", date(2026, 11, 15)),  # on Sunday
        ("فجر السبت", date(2026, 11, 14)),  # Saturday at dawn
        ("في 12 سبتمبر", date(2026, 9, 12)),
        ("في 12 أيلول/سبتمبر 2026", date(2026, 9, 12)),  # the Levant's month beside it
        ("يوم 3 غشت", date(2026, 8, 3)),  # the Maghreb's August
        ("في 5 تشرين الثاني/نوفمبر", date(2026, 11, 5)),
    ],
)
def test_dates(when: str, day: date) -> None:
    """Days, month names of the Maghreb and of the Levant."""
    report = only(f"مقتل خمسة جنود في كمين في مالي {when}", published=PUBLISHED)
    assert report.date == day.isoformat()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("كمين يقتل خمسة جنود في غاو بمالي", "Gao"),
        ("كمين يقتل خمسة جنود بغاو", "Gao"),  # the preposition glued on
        ("كمين يقتل خمسة جنود قرب مدينة كيدال", "Kidal"),
        ("هجوم مسلح على بلدة دجيبو في بوركينا فاسو", "Djibo"),
        ("هجوم مسلح على قرية في ولاية تيلابيري بالنيجر", "Tillabéri"),
    ],
)
def test_places(text: str, place: str) -> None:
    """Arabic has no capitals: a known name is a place as it stands."""
    assert only(text).places[0].name == place


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("جماعة نصرة الإسلام والمسلمين تتبنى هجوما على معسكر في مالي", ("jnim", "claimed")),
        ("تنظيم الدولة يقتل 10 مدنيين في هجوم مسلح قرب ميناكا في مالي", ("is_sahel", "named")),
        ("جبهة تحرير أزواد تهاجم معسكرا للجيش المالي في كيدال", ("fla", "named")),
        ("مسلحون مجهولون يهاجمون معسكرا في النيجر", ("unknown", "generic")),
        ("بوكو حرام تقتل 8 جنود في هجوم مسلح في ديفا بالنيجر", ("jas", "named")),
    ],
)
def test_actors(text: str, actor: tuple[str, str]) -> None:
    """Who did it: named, claimed, or nobody known; never more than the text says."""
    doer = next(a for a in only(text).actors if a.role == "perpetrator")
    assert (doer.id, doer.certainty) == actor


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("مقتل خمسة جنود في كمين في مالي، وفق الجيش", "army"),
        ("مقتل خمسة مدنيين في هجوم مسلح في مالي، بحسب مصادر محلية", "local"),
        ("أعلنت الحكومة مقتل خمسة جنود في كمين في النيجر", "official"),
    ],
)
def test_who_says_so(text: str, speaker: str) -> None:
    """« وفق », « بحسب », « أعلن »: according to, according to, announced."""
    assert only(text).said_by == speaker


def test_nobody_claims() -> None:
    """« لم تتبن أي جهة » nobody has claimed, with « و » before it or without."""
    report = only("مقتل خمسة جنود في كمين في مالي. ولم تتبن أي جهة الهجوم.")
    assert report.attribution == "none"


def test_an_attack_repelled() -> None:
    """« تصدى » held off, « صد » repelled."""
    assert only("الجيش المالي صد هجوما على معسكر في غاو").outcome == "repelled"


def test_a_title_and_its_lead_are_one_report() -> None:
    """The lead adds its facts to the title's."""
    report = only(
        "مقتل جنود في كمين بشمال مالي",
        "قُتل ما لا يقل عن 14 جنديًا ماليًا في كمين نصبه مسلحون قرب غوسي يوم الاثنين، حسب مصدر أمني.",
    )
    assert (report.type, report.countries, report.date) == (
        "ambush", ("ML",), "2026-11-16",
    )  # fmt: skip
    assert killed(report) == (14, None, "at_least")
    assert report.places[0].name == "Gossi"


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("مقتل جنود في كمين بشمال مالي قرب الحدود مع النيجر", None, "ar"),
        ("هجوم في مالي", "ar", "ar"),
        ("هجوم في مالي", None, "ar"),
        ("وزیر دفاع کہتے ہیں کہ فوجی تعاون معطل کر دیا گیا ہے اور امداد بند ہے", None, "ur"),
    ],
)
def test_the_language(text: str, hint: str | None, language: str) -> None:
    """The script helps where the text is too short; a longer text in Urdu stays Urdu."""
    assert Languages().of(text, hint) == language


@pytest.mark.parametrize(
    "written", ["جيش", "الجيش", "والجيش", "للجيش", "وللجيش", "بالجيش", "فالجيش", "وبالجيش"]
)
def test_prefixes_go(written: str) -> None:
    """And, so, by, to and the, alone or together: the word stays the same."""
    assert Doc(f"{written} المالي").words[-2:] == ["جيش", "مالي"]


@pytest.mark.parametrize(
    ("one", "other"), [("الوزير", "وزير"), ("للألغام", "ألغام"), ("بالبلدة", "بلدة")]
)
def test_roots_that_look_like_prefixes(one: str, other: str) -> None:
    """What is taken off too much is taken off everywhere alike."""
    assert Doc(one).words == Doc(other).words


def test_words_that_stay_whole() -> None:
    """Monday is not two, Sunday not one, today not day, al-Qaeda not a base."""
    assert [bare(w) for w in ("الاثنين", "والاحد", "باليوم", "والقاعده")] == [
        "الاثنين", "الاحد", "اليوم", "القاعده",
    ]  # fmt: skip


def test_and_between_figures() -> None:
    """« و12 » is two words, « وزير » is one."""
    assert Doc("12 جنديا و5 مدنيين").words == ["12", "جنديا", "و", "5", "مدنيين"]
    assert is_and("والجيش")
    assert not is_and("وزير")


@pytest.mark.parametrize(
    ("text", "value"),
    [("ثلاثة عشر", 13), ("خمسة وعشرون", 25), ("مئة وعشرة", 110), ("ثلاثة آلاف", 3000),
     ("اثنا عشر", 12), ("٢٥", 25)],
)  # fmt: skip
def test_numbers_in_letters(text: str, value: int) -> None:
    """Units before tens, joined by « و »."""
    number = number_at(Doc(text), 0)
    assert number is not None
    assert number.value == value


def test_marks_and_stretching_do_not_matter() -> None:
    """Vowel marks and the tatweel are ornament."""
    assert Doc("قُتِلَ جنديًّا في مـــالي").words == Doc("قتل جنديا في مالي").words


def test_french_is_untouched() -> None:
    """A French item with one Arabic name keeps its French reading."""
    report = only("Mali : six soldats tués dans une embuscade, selon صحراء ميديا")
    assert (report.type, killed(report)) == ("ambush", (6, 6, "exact"))
    assert detector().detect(Item("Attaque à Gao")) == detect("Attaque à Gao", published=None)
