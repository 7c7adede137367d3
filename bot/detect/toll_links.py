"""Who befell what: numbers and persons joined to the harm words before and behind them."""

from __future__ import annotations

import re

from bot.detect import word_sets
from bot.detect.toll_amounts import NOBODY, ONE, SOME
from bot.detect.toll_counted import GENERIC, Counted, Told, count_all
from bot.detect.toll_words import load

# Rules over letters, see toll_words.LETTERS.
#: between a subject and its participle
_TO_PASSIVE = re.compile(r"[xteEaAuPpozQD+m,(:&]*")
_ADVERBS = re.compile(r"[x+]{0,2}")
#: between a verb and its object
_TO_OBJECT = re.compile(r"[xtE+]{0,2}(?=[Qu])|[xteEuo]{0,3}(?=p)")
_OF_OBJECT = re.compile(r"[eEt+]*(?=[Qpu])|[eEt+]*x{1,2}(?=p)|[tx]{1,4}e(?=Qp)")
#: what joins two counted things: « 84 mercenaires de Wagner et 47 soldats »
_JOINED = re.compile(r"[xteEoPu+]{0,7}(?:,|,?&)t?")
#: behind « la mort de »: « quatre militaires et de cinq civils »
_OF_JOINED = re.compile(r"[xteEoPu+]{0,7}(?:,|,?&)[te]?")
#: a subject may stand this many units before its auxiliary, or before a bare participle
_FAR, _NEAR, _FAR_APPOSED = 16, 5, 24
#: « mostly women », « des supplétifs »: words before those who are the same people again
_FEW = 3
#: words from one who may have told it to the verb that says so
_SPEAK_REACH = 7
_ARMED = word_sets.parts("armed")
_OPENERS = word_sets.words("openers")
_SPEECH = word_sets.words("speech")
#: « avec deux de ses joueurs »
_WITH = word_sets.words("with")
_TO_FATE = re.compile(r"[x,a]{0,2}[hb]")
_TO_WITH = re.compile(r"[x,]{0,3}(?=P)|")
_TO_COMPANY = re.compile(r"[te]{0,3}")


def link_all(told: Told) -> None:
    """Finds what is counted and joins it to the harm words: nouns, verbs, then participles."""
    count_all(told)
    _heads(told)
    for index, letter in enumerate(told.letters):
        if letter in "dvVb":
            _active(told, index)
    for index, letter in enumerate(told.letters):
        if letter in "hbi" and index not in told.used:
            _passive(told, index)
    for counted in [c for c in told.counted if c.who]:
        _company(told, counted)


def _company(told: Told, counted: Counted) -> None:
    """« le sous-préfet enlevé avec son chauffeur »: whoever was with them shared it."""
    behind = max(counted.last, counted.end)
    if counted.amount in (None, ONE):  # « le maire enlevé dimanche, avec deux conseillers »
        behind += len(_TO_WITH.match(told.letters, behind).group())  # type: ignore[union-attr]
    if told.letters[behind] != "P" or told.doc.words[told.units[behind].first] not in _WITH:
        return
    gap = _TO_COMPANY.match(told.letters, behind + 1)
    found = told.at.get(gap.end()) if gap else None
    if (
        found is None
        or found.who is not None
        or found.noun != "p"
        or (found.bare and found.plural)
    ):
        return
    found.who, found.last = counted.who, found.end
    key = counted.together if counted.together >= 0 else 2 * len(told.units) + counted.start
    counted.together = found.together = key


def _heads(told: Told) -> None:
    """« 12 morts », « 7 autres blessés », "3 killed": the harm is the noun that is counted."""
    for counted in told.counted:
        harm = counted.end
        letter = told.letters[harm]
        if counted.noun == "h" or (
            counted.noun == "" and letter in "hb" and (letter == "h" or _is_attribute(told, harm))
        ):
            counted.end = harm + 1
            told.link(counted, harm)


def _is_attribute(told: Told, harm: int) -> bool:
    """ "two injured soldiers" counts them; "two injured 12 others" would not."""
    found = _object(told, harm)
    return found is None or (found.bare and found.plural)


def _active(told: Told, harm: int) -> None:
    """« ont tué 12 soldats », "killing 13", « la mort de 15 civils »: whom stands behind."""
    letter = told.letters[harm]
    if letter == "d":
        gap = _OF_OBJECT.match(told.letters, harm + 1)
        found = told.at.get(gap.end()) if gap else None
        if found is not None:
            _act(told, found, harm)
        return
    if harm in told.used or (letter == "b" and is_passive(told, harm)):
        return
    if _befell_nobody(told, harm):
        return
    found = _object(told, harm)
    if found is None or found.who is not None:
        return
    if letter == "b" and _TO_FATE.match(told.letters, found.end):
        return  # "Abducted priest killed": which priest; what befell him now stands behind
    if letter == "V":
        pair = (
            _taken_by_gunmen(told, found, harm)
            or told.doc.words[told.units[found.end - 1].first] in load().pairs
        )
        if (found.bare and not pair) or not (
            found.noun == "p"
            or found.others
            or _lost_some(told, found, harm)
            or _takes_some(told, found, harm)
        ):
            return
        if pair and found.group == "militant":
            found.group = GENERIC  # « the man », whom "armed men" before made one of theirs
        _loser(told, found, harm)
    _act(told, found, harm)


def _befell_nobody(told: Told, harm: int) -> bool:
    """« n'ont tué personne », "killing no one": said and done."""
    first = told.units[harm].last
    words, meaning = told.doc.words[first : first + 2], told.units[harm].meaning
    if meaning is None or not (words[:1] in (["personne"], ["nobody"]) or words == ["no", "one"]):
        return False
    told.add(harm, harm + 1, NOBODY, meaning.value)
    told.used.add(harm)
    return True


def _object(told: Told, harm: int) -> Counted | None:
    """Whom the verb at `harm` acts on, if it stands right behind it."""
    at = harm + 1
    while (gap := _TO_OBJECT.match(told.letters, at)) is not None:
        found = told.at.get(gap.end())
        if found is not None:
            far = gap.end() > harm + 1
            return None if far and found.noun == "x" else found
        if told.letters[gap.end()] not in "xu" or gap.end() - harm > 3:
            return None
        at = gap.end() + 1
    return None


def _act(told: Told, found: Counted, harm: int) -> None:
    told.link(found, harm)
    joined = _OF_JOINED if told.letters[harm] == "d" else _JOINED
    while (other := next_in_list(told, found, joined)) is not None and other.who is None:
        told.link(other, harm)
        found.together = other.together = harm
        found = other


def next_in_list(
    told: Told, counted: Counted, joining: re.Pattern[str] = _JOINED
) -> Counted | None:
    """« 84 mercenaires et 47 soldats »: what the comma or the « et » adds."""
    gap = joining.match(told.letters, counted.end)
    found = told.at.get(gap.end()) if gap else None
    if gap is None or found is None or not (found.noun in ("p", "x") or found.others):
        return None
    joined = gap.group()
    if found.noun == "x" and "&" not in joined:
        return None
    if found.bare and (found.plural or not joined.endswith("t")):
        return None
    if _speaks(told, found):
        return None
    adverbs = _ADVERBS.match(told.letters, found.end)
    behind = told.letters[adverbs.end() if adverbs else found.end]
    return None if behind in "hbi" else found  # « et trois gendarmes blessés »: its own harm


def _taken_by_gunmen(told: Told, found: Counted, harm: int) -> bool:
    """ "Gunmen took the man and his driver": one person, where armed men are the subject."""
    meaning = told.units[harm].meaning
    start = told.letters.rfind(".", 0, harm) + 1
    return (
        found.bare
        and not found.plural
        and meaning is not None
        and meaning.value == "abducted"
        and any(
            word.startswith(_ARMED)
            for word in told.doc.words[told.units[start].first : told.units[harm].first]
        )
    )


def _takes_some(told: Told, found: Counted, harm: int) -> bool:
    """ "Bandits seize 52 in Katsina": a bare figure, right behind what armed men do."""
    meaning, first = told.units[harm].meaning, told.units[harm].first
    return (
        found.noun == ""
        and found.start == harm + 1
        and meaning is not None
        and meaning.value == "abducted"
        and told.letters[found.end] in "P.,"
        and any(word.startswith(_ARMED) for word in told.doc.words[max(0, first - 2) : first])
    )


def _lost_some(told: Told, found: Counted, harm: int) -> bool:
    """ "kill 31 militants, lose five": a bare figure behind a verb of losing ends its clause."""
    meaning = told.units[harm].meaning
    return (
        found.noun == ""
        and meaning is not None
        and meaning.value == "killed"
        and told.doc.words[told.units[harm].first] in ("lose", "loses", "lost", "losing")
        and told.letters[found.end] in ".,"
    )


def _speaks(told: Told, found: Counted) -> bool:
    """ "wounding 12, a local official and two residents told AFP": those who tell it."""
    first = told.units[found.end].first
    end = told.units[told.letters.index(".", found.end)].first
    for word in told.doc.words[first : min(first + _SPEAK_REACH, end)]:
        if word in _SPEECH:
            return True
        if word in ("killed", "wounded", "tues", "blesses"):
            return False
    return False


def _loser(told: Told, found: Counted, harm: int) -> None:
    """« des jihadistes, qui ont perdu 15 hommes »: the side is that of the one who lost."""
    meaning = told.units[harm].meaning
    lost = meaning is not None and meaning.value == "killed"
    if not lost or found.group not in (GENERIC, "militant"):
        return
    places = range(harm - 1, -1, -1)
    if told.letters[harm - 1 : harm] == ",":  # the sentence's subject lost them
        places = range(told.letters.rfind(".", 0, harm) + 1, harm)
    for index in places:
        meaning = told.units[index].meaning
        if told.letters[index] == ".":
            return
        if told.letters[index] == "p" and meaning is not None:
            found.group = meaning.value
            return


def is_passive(told: Told, index: int) -> bool:
    """An auxiliary of being stands before the participle, an adverb or two between."""
    back = index - 1
    while back >= 0 and told.letters[back] in "x+" and index - back <= 2:
        back -= 1
    return back >= 0 and told.letters[back] == "a"


def _passive(told: Told, index: int) -> None:
    """« 12 soldats ont été tués », « 15 civils ont perdu la vie »: whom stands before."""
    letter = told.letters[index]
    auxiliary = letter == "i" or is_passive(told, index) or _has_doer(told, index)
    wholes, parts = _subject(told, index, auxiliary=auxiliary)
    meaning = told.units[index].meaning
    if (
        wholes
        and not auxiliary
        and wholes[0].group == "militant"
        and meaning is not None
        and meaning.value == "abducted"
    ):
        return  # "insurgents seized …": they did it
    if wholes:
        for found in wholes + parts:
            told.link(found, index)
        wholes[0].last = index + 1
        for found in wholes if len(wholes) > 1 else ():
            found.together = index
        return
    behind = told.at.get(index + 1)
    if behind is not None and not behind.bare and behind.noun in ("p", "") and not behind.who:
        _act(told, behind, index)
    elif auxiliary:
        meaning = told.units[index].meaning
        before = told.letters.rfind("a", 0, index)
        many = before >= 0 and told.doc.words[told.units[before].first] in ("were", "are", "sont")
        if before >= 0 and "z" in told.letters[max(0, before - _FEW) : before]:
            return  # « quatre projectiles sont tombés »: nobody
        if meaning is not None:
            plural = many or (letter == "h" and meaning.plural)
            told.add(index, index + 1, SOME if plural else ONE, meaning.value)
            told.used.add(index)


def _has_doer(told: Told, index: int) -> bool:
    """ "engineers from the dam seized by riders": a participle with who did it is a passive."""
    last = told.units[index].last
    return "by" in told.doc.words[last - 1 : last + 1] or "par" in told.doc.words[last : last + 1]


def _subject(told: Told, index: int, *, auxiliary: bool) -> tuple[list[Counted], list[Counted]]:
    """What stands before a participle: the wholes that « et » adds up, and their parts."""
    parts: list[Counted] = []
    letters = told.letters
    far = _FAR
    for place in range(len(told.counted) - 1, -1, -1):
        found = told.counted[place]
        if found.end > index or found.noun == "h":
            continue
        if _is_apposition(told, found, place) or _is_rest(told, found):
            far = _FAR_APPOSED
            continue
        gap = letters[found.end : index]
        before = _before(told, found)
        # « six gendarmes, dont un instructeur, tués »: the aside closes before the participle
        # « deux soldats, blessés, ont été évacués »
        apposed = gap == "," and (before == "D" or letters[index + 1] == ",")
        across = auxiliary or parts or apposed
        if len(gap) > (far if across else _NEAR) or not _TO_PASSIVE.fullmatch(gap):
            break
        if (not across and ("," in gap or "P" in gap)) or found.who is not None:
            break
        close = found.noun == "p" and not found.bare and (not auxiliary or not gap)
        if (before == "P" and not close) or (before == "e" and (found.noun != "p" or found.bare)):
            continue  # « dans deux villages », « le chef d'un village »; not « aux 18 soldats »
        chain = _chain(told, place)
        if before in "D(" or _before(told, chain[-1]) in "D(":
            parts += chain
            continue
        for part in parts:
            part.subset_of = found
        return chain, parts
    return parts, []


def _is_apposition(told: Told, found: Counted, place: int) -> bool:
    """« une douzaine de VDP, des supplétifs de l'armée, ont été tués »: the same people again."""
    if not (found.bare and found.plural) or place == 0:
        return False
    at = found.start - 1
    while at >= 0 and told.letters[at] in "tEex" and found.start - at <= _FEW:
        at -= 1
    before = told.counted[place - 1]
    return (
        at >= 0
        and told.letters[at] in ",("
        and not before.bare
        and before.noun == "p"
        and "&" not in told.letters[before.end : found.start]
        and told.sentence[before.start] == told.sentence[found.start]
    )


def _is_rest(told: Told, found: Counted) -> bool:
    """« … et d'autres officiers »: more of those that are counted before them."""
    return (
        found.bare
        and found.plural
        and told.letters[found.start - 1 : found.start] == "o"
        and "&" in told.letters[max(0, found.start - _FEW) : found.start]
    )


def _before(told: Told, counted: Counted) -> str:
    """The class of the word before, articles passed over; "." where there is none."""
    at = counted.start - 1
    while at >= 0 and told.letters[at] in "tE":
        at -= 1
    if at < 0 or told.doc.words[told.units[at].first] in _OPENERS:
        return "."
    return told.letters[at]


def _chain(told: Told, place: int) -> list[Counted]:
    """This and what « et » and commas join before it: « trois soldats et neuf supplétifs »."""
    chain = [told.counted[place]]
    for left in reversed(told.counted[:place]):
        right = chain[-1]
        gap = _JOINED.fullmatch(told.letters, left.end, right.start)
        if gap is None or left.who is not None or left.noun in ("h", ""):
            break
        if left.bare and (left.plural or _just_before(told, left) not in "t.:"):
            break
        if "&" not in gap.group() and (left.noun == "x" or left.bare):
            break
        if "&" not in gap.group() and right.bare:
            chain[-1] = left  # « un Américain, travailleur humanitaire »: one person
            continue
        if _before(told, left) == "P":
            break
        chain.append(left)
    return chain


def _just_before(told: Told, counted: Counted) -> str:
    return told.letters[counted.start - 1] if counted.start else "."
