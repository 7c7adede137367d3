"""Text made comparable: HTML gone, case, accents, apostrophes and hyphens folded, offsets kept."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser

from bot.detect.arabic import bare, is_and

#: Longer items are cut: title and lead say what happened; a megabyte is an attack or a mistake.
#: Some rules cost the square of a sentence: the slowest text fuzzing met took 0.5 s.
MAX_CHARS = 8_000

_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}[^\W\d_]?\b\.?")
#: what every such run holds and most texts do not
_INITIALS = re.compile(r"\.[^\W\d_]\.")
#: This pattern, as some below, begins with the sign it is about and only then looks behind it:
#: the regex engine leaps from sign to sign; one that first looks behind is tried at every letter.
_SENTENCE_END = re.compile(
    r"[.!?…؟\n](?:(?<!\n)[\s»”\"')\]]*\s+(?=[«“\"'(\[]?[^\Wa-zà-ÿ_])|(?<=\n)\n*)"
)
#: "M. Diop", "Gen. Tiani", "art. 6", "St. Louis" do not end a sentence
_ABBREVIATION = re.compile(
    r"\b(?:m|mm|mme|dr|pr|gen|gén|col|cne|cdt|lt|cap|capt|sgt|art|st|no|n|mr|mrs|ms|env|min|av"
    r"|sept|oct|nov|déc|dec|janv|jan|févr|feb|[A-Z])\.$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_WORDS_AND_GAPS = re.compile(r"([^\W_]+)")
_ARABIC = re.compile("[\u0620-\u064a]")
#: « و12 »: Arabic letters glued to digits are a word of their own
_WORD_OF_ARABIC = re.compile(r"[\u0620-\u064a\u0671-\u06d3]+|[^\W_]+")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
#: left alone by its noun: « الـ20 »
_ARTICLE = "ال"
#: Arabic punctuation and digits as the other languages write them, one for one
_ARABIC_SIGNS = str.maketrans("،؛؟٬٫٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", ",;?,.01234567890123456789")
_FOLD_EXTRA = str.maketrans({
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l",
    "ı": "i", "đ": "d", "ɓ": "b", "ɗ": "d", "ƴ": "y", "ŋ": "n", "ɲ": "ny", "ɛ": "e", "ɔ": "o",
    "ŉ": "n",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي",
})  # fmt: skip


def plain(markup: str) -> str:
    """Readable text from a feed's HTML or text field: tags, scripts and entities gone.

    Feeds escape twice (feedsamples oddity 21), so entities are resolved until stable.
    """
    text = markup[: MAX_CHARS * 4]
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
    for _ in range(3):
        if "<" in text and ">" in text:
            text = _strip_tags(text)
        unescaped = html.unescape(text)
        if unescaped == text:
            break
        text = unescaped
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:MAX_CHARS]


def told(markup: str) -> str:
    """What an item tells: `plain` without headlines of other stories, letters undisguised."""
    text = plain(markup)
    if ":" in text or "►" in text:
        text = _SIDEBAR.sub("", text).rstrip()
    if "*" in text:
        text = _STARRED.sub(lambda word: _STARS.get(word.group().lower(), word.group()), text)
    return _SPLIT.sub("", _DISGUISED.sub(lambda sign: sign.group().translate(_UNMASKED), text))


#: « ATT@QUE », "k!lled", « 0BUS »: signs that stand for letters, to pass the platforms' filters
_DISGUISED = re.compile(
    r"@(?=[tT]{2})|[@!013$*](?:(?<=[^\W\d_].)(?=[^\W\d_])|(?<=0)(?<![^\W_].)(?=[A-Z]{3}))"
)
_UNMASKED = str.maketrans("@!013$*", "aioiese")
#: words a star hides a letter of, where "e" is not what it hides
_STARS = {
    "k*ll": "kill", "k*lls": "kills", "k*lled": "killed", "k*lling": "killing", "k*ll*d": "killed",
    "kidn*p": "kidnap", "kidn*ps": "kidnaps", "kidn*pped": "kidnapped", "b*mb": "bomb",
    "b*mbe": "bombe", "sh*t": "shot", "m*rder": "murder", "m*rt": "mort", "m*rts": "morts",
    "t*é": "tué", "t*és": "tués", "t*er": "tuer", "att*que": "attaque", "att*ques": "attaques",
    "att*ck": "attack", "att*cked": "attacked", "bl*ssés": "blessés", "j*hadistes": "jihadistes",
    "j*hadiste": "jihadiste", "*mbuscade": "embuscade", "g*nmen": "gunmen", "s*ldats": "soldats",
}  # fmt: skip
_STARRED = re.compile(r"[^\W\d_]*\*[^\W\d_]+(?:\*[^\W\d_]+)?")
#: « t.ués », « m.orts »
_SPLIT = re.compile(r"\.(?<=\b[b-zB-Z]\.)(?=[^\W\d_A-Z]{3})")
#: « À lire aussi : … »: headlines of other stories, to the end of their line
_SIDEBAR = re.compile(
    r"(?:^|(?<=[.!?…»\"”\s]))(?:[àÀaA] lire (?:aussi|également)|lire aussi|lire également|"
    r"sur le même (?:sujet|thème)|voir aussi|read also|also read|read more|related(?: stories)?|"
    r"اقرأ (?:أيضا|أيضًا|ايضا))\s*[:►>–-].*$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKUP = re.compile(r"<(?:[a-zA-Z!/])")
#: what nearly every summary is made of: a parser sees nothing else in these than where they end
_LINE_TAG = re.compile(r"<(?:/?p|br ?/?)>")
_QUIET_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|span|img|small)(?: [a-zA-Z-]{1,30}=(?:\"[^\"<>]*\"|'[^'<>]*'))* ?/?>"
)


def _strip_tags(text: str) -> str:
    if not _MARKUP.search(text):
        return text
    simple = _QUIET_TAG.sub("", _LINE_TAG.sub("\n", text))
    if not _MARKUP.search(simple):
        return simple
    tree = LexborHTMLParser(text)
    tree.strip_tags(["script", "style", "iframe", "noscript", "template"], recursive=True)
    for node in tree.css("br, p, div, li, tr, h1, h2, h3, blockquote"):
        node.insert_before("\n")
        node.insert_after("\n")
    root = tree.body or tree.root
    return root.text(deep=True) if root else ""


@lru_cache(maxsize=65_536)
def fold_word(word: str) -> str:
    """Case, accents and Arabic letter variants gone: « Ménaka » → "menaka"."""
    if word.isascii():
        return word.lower()
    word = _ARABIC_MARKS.sub("", word.translate(_FOLD_EXTRA))
    decomposed = unicodedata.normalize("NFKD", word.casefold()).replace(" ", "")  # « ﷺ » is four
    folded = "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_FOLD_EXTRA)
    return bare(folded) if folded and "\u0620" <= folded[0] <= "\u064a" else folded


def fold(text: str) -> str:
    """Folded words joined by single spaces; apostrophes and hyphens separate words."""
    if text.isalpha() and text < "\u0590":  # one word, and no Arabic one: nearly every name
        return fold_word(text)
    return " ".join(Doc(text).words)


@dataclass(slots=True, unsafe_hash=True)
class Span:
    """Words `first` up to but not including `last`.

    Nobody changes one. It is not declared frozen, nor is what else is found in a text by the
    dozen: freezing makes a record five times as slow to make.
    """

    first: int
    last: int


@dataclass(frozen=True)
class Doc:
    """A text cut into folded words that remember where they stood.

    Words are maximal runs of letters and digits after folding: « l'armée » is "l", "armee";
    « J.N.I.M. » is one word, "jnim". Arabic words stand without what is glued to them, see
    `arabic.py`.
    """

    original: str
    words: list[str] = field(init=False)
    starts: list[int] = field(init=False)
    ends: list[int] = field(init=False)

    def __post_init__(self) -> None:
        text = unicodedata.normalize("NFC", self.original)[:MAX_CHARS]
        arabic = _ARABIC.search(text) is not None
        if arabic:
            text = _ARABIC_MARKS.sub("", text).translate(_ARABIC_SIGNS)
        dotted = _INITIALS.search(text) is not None
        words, starts, ends = _cut_glued(text, arabic) if arabic or dotted else _cut(text)
        object.__setattr__(self, "original", text)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "ends", ends)

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def padded(self) -> str:
        """ " w0 w1 w2 ": search " menaka " here to match whole words only."""
        return f" {' '.join(self.words)} "

    @cached_property
    def sentences(self) -> list[Span]:
        """Sentences as spans of words; a title's newline ends one."""
        cuts, last = [], 0
        for match in _SENTENCE_END.finditer(self.original):
            sign = match.start() + 1
            if "\n" not in match.group() and _ABBREVIATION.search(
                self.original[max(0, sign - 6) : sign]
            ):
                continue
            cuts.append(match.end())
        cuts.append(len(self.original) + 1)
        spans, word = [], 0
        for cut in cuts:
            last, word = word, bisect_left(self.starts, cut)
            if word > last:
                spans.append(Span(last, word))
        return spans

    def capitalised(self, word: int) -> bool:
        return self.original[self.starts[word]].isupper()

    def small(self, word: int) -> bool:
        """Whether it begins with a small letter; Arabic, which has no capitals, never does."""
        return self.original[self.starts[word]].islower()

    def raw(self, span: Span) -> str:
        """The words as written, between the first's start and the last's end."""
        if span.last <= span.first:
            return ""
        return self.original[self.starts[span.first] : self.ends[span.last - 1]]

    def between(self, left: int, right: int) -> str:
        """What stands between two words in the original: a comma, a hyphen, a bracket.

        Nothing behind the last word.
        """
        if right >= len(self.starts):
            return ""
        return self.original[self.ends[left] : self.starts[right]]


#: folded words, where each starts and where it ends
_Cut = tuple[list[str], list[int], list[int]]


def _cut(text: str) -> _Cut:
    """The words of a text that has neither Arabic nor initials: nearly every one."""
    parts = _WORDS_AND_GAPS.split(text)  # gap, word, gap, …, word, gap
    words = list(map(fold_word, parts[1::2]))
    bounds = list(accumulate(map(len, parts)))
    starts, ends = bounds[:-1:2], bounds[1::2]
    if "" in words or _ARTICLE in words:
        kept = [at for at, word in enumerate(words) if word and word != _ARTICLE]
        return [words[at] for at in kept], [starts[at] for at in kept], [ends[at] for at in kept]
    return words, starts, ends


def _cut_glued(text: str, arabic: bool) -> _Cut:
    """The same where initials are one word and « و » may be glued to the next."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    dotted = {m.start(): m for m in _DOTTED.finditer(text)}
    position = 0
    for match in (_WORD_OF_ARABIC if arabic else _WORD).finditer(text):
        start, end = match.span()
        if start < position:
            continue
        if arabic and is_and(match.group()):
            words.append("و")
            starts.append(start)
            ends.append(start + 1)
            if end == start + 1:
                continue
            start += 1
        if start in dotted:
            raw = dotted[start].group().replace(".", "")
            end = dotted[start].end()
        else:
            raw = match.group()
        position = end
        word = fold_word(raw)
        if word and word != _ARTICLE:
            words.append(word)
            starts.append(start)
            ends.append(end)
    return words, starts, ends
