"""People's names for sorting and for the counter's search.

An officer types what she hears. So a search word is folded to how the name sounds, and stored names are folded
the same way when they are written. Folding loses on purpose: two names that fold alike are offered together and
the officer chooses; it never decides that two people are one.

What is folded together:
- titles are dropped: H., Hj., Drs., dr., S.Pd., M.Si. and the like;
- every Muhammad (Mohammad, Mochamad, Muh., Moh., Mhd., a leading M.), Ahmad (Achmad, Akhmad), Abdul (Abd., Abdoel;
  Abdurrahman is Abdul Rahman), Siti (St., Sitti). Sri is a name of its own and does not meet Siti;
- spelling before 1972 in a word that shows it by oe, dj, tj, nj or sj: there j is y (Soedarjo = Sudaryo), and the
  names of `_OLD_J` that show it by nothing else (Jusuf = Yusuf). Any other j stays: Jati is not Yati;
- double letters; kh, ch and h; dh, dz; th; sy, sh and s; gh; ph, v, f and p; q and k; z and j, a last z and s
  (Aziz = Ajis); vowel y and i; a last h after a vowel (Aminah = Amina); Nor, Noor and Nur at the start of a word;
- a y or w that only glides between i or u and a vowel (Suwarno = Suarno).
Vowels are not folded: Ramadan and Romadon stay apart, and so do Hasan and Hasin.
"""

import itertools
import re
import unicodedata
from dataclasses import dataclass

_LEADING = frozenset((
    "H", "HJ", "HAJI", "HAJJAH", "HAJAH", "KH", "TGH", "DRS", "DRA", "DR", "IR", "PROF", "BAPAK", "BPK", "IBU",
    "ALM", "ALMH", "ALMARHUM", "ALMARHUMAH", "USTADZ", "UST",
))  # fmt: skip
# Titles that are no names even without a dot; those of `_ONLY_MARKED` need a dot or a comma, else they may be a name.
_TRAILING = frozenset((
    "SPD", "SPDI", "SPDSD", "SH", "SHI", "SE", "SEI", "ST", "SKOM", "SSOS", "SAG", "SIP", "SP", "SSI", "SKM",
    "SPSI", "STP", "SPT", "SIKOM", "SKEP", "NERS", "AMD", "AMDKEB", "AMDKEP", "AMKEB", "AMK", "BSC", "BA", "MPD",
    "MPDI", "MSI", "MKES", "MHUM", "MKOM", "MAP", "MSC", "MSOS", "MPSI", "MBA", "PHD", "LC", "SPOG", "SPPD",
    "SPA", "SPB", "SFARM", "APT", "STRKEB",
))  # fmt: skip
_ONLY_MARKED = frozenset((
    "MA", "MM", "MH", "MT", "ME", "MP", "MAG", "SPD", "H", "HJ", "DR",
))  # fmt: skip
_MUHAMAD = frozenset((
    "MUH", "MOH", "MHD", "MUHD", "MOHD", "MOCH", "MUCH", "MCH", "MUHAMED", "MOHAMED", "MUHAMAT", "MUHAMMED",
))  # fmt: skip
_SHORT = {
    **dict.fromkeys(_MUHAMAD, "MUHAMAD"),
    **dict.fromkeys(("ACH", "AKH", "AHM", "AHMED", "AHMAT", "ACHMAT"), "AHMAD"),
    **dict.fromkeys(("ABD", "ABDL", "ABDUL", "ABDOEL", "ABDOL", "ABDHUL", "ABDUR", "ABDUS", "ABDUN"), "ABDUL"),
    **dict.fromkeys(("SITI", "SITTI", "SITY", "SITIE", "STI"), "SITI"),
}
_FIRST_ONLY = {"M": "MUHAMAD", "MD": "MUHAMAD", "ST": "SITI"}
_OLD = re.compile("OE|DJ|TJ|NJ|SJ")
_OLD_J = re.compile("J(?=USU[FP]|UNUS|AHY|AHJ|AKUB|ULI|OSE[FP]|OHAN|ANUAR|USRI|UNI)")
_OLD_PAIRS = (("OE", "U"), ("DJ", "\0"), ("TJ", "C"), ("NJ", "NY"), ("SJ", "SY"), ("J", "Y"), ("\0", "J"))
_C_FOR_K = re.compile("CH(?=R)")
_C_PLAIN = re.compile("^CH(?=I|E|AN|AR)")
_SOUNDS = (
    ("KH", "H"), ("CH", "H"), ("SY", "S"), ("SH", "S"), ("DH", "D"), ("DZ", "Z"), ("TH", "T"), ("GH", "G"), ("PH", "P"),
    ("F", "P"), ("V", "P"), ("CK", "K"), ("Q", "K"), ("X", "KS"), ("OO", "U"), ("IE", "I"),
)  # fmt: skip
_NUR = re.compile("^NOR")
_NUR_WORD = re.compile("(NUR)([A-Z]{4,})")
_MUH = re.compile("^MOH")
_GLIDE_Y = re.compile("(?<=I)Y(?=[AEIOU])")
_GLIDE_W = re.compile("(?<=U)W(?=[AEIOU])")
_VOWEL_Y = re.compile("(?<=[^AEIOU])Y(?=[^AEIOU])")
_LAST_Y = re.compile("(?<=[^AEIOU])Y$")
_DOUBLE = re.compile(r"(.)\1+")
_LAST_H = re.compile("(?<=[AEIOU])H$")
_LAST_Z = re.compile("Z$")
_ABDU = re.compile("ABDU(?=[A-Z]{4})(?!L+[AO]H?$)(?:L(?=[AEIOU]|[^AEIOUL]))?")
_ALLAH = re.compile("ABD[UIA]L+[AO]H?")


@dataclass(frozen=True, slots=True)
class NameQuery:
    """What a search asks: all `words` among a name's tokens, and a token beginning with one of `prefixes`."""

    words: frozenset[str]
    prefixes: frozenset[str]

    def meets(self, tokens: frozenset[str]) -> bool:
        """Whether a name with these tokens answers the search; a search without words answers nothing."""
        if not self.prefixes:
            return False
        return self.words <= tokens and any(token.startswith(p) for token in tokens for p in self.prefixes)


def sort_key(name: str) -> str:
    """The name in ASCII capitals with its titles behind two blanks: under COLLATE "C" people sort by name alone."""
    words, titles = _split(name)
    bare = (" ".join(word.replace(".", "") for word in part).strip() for part in (words, titles))
    return "  ".join(part for part in bare if part)


def search_tokens(name: str) -> frozenset[str]:
    """The folded words of a name; Nur Aini is also found as Nuraini, and Nuraini as Nur Aini."""
    words = _folded(_split(name)[0])
    pairs = (first + second for first, second in itertools.pairwise(words))
    parts = (part for word in words if (match := _NUR_WORD.fullmatch(word)) for part in match.groups())
    return frozenset((*words, *parts, *(_DOUBLE.sub(r"\1", pair) for pair in pairs)))


def covered(tokens: frozenset[str]) -> dict[str, int]:
    """The tokens of one name, each with the length up to which its beginnings are those of another of them.

    Who looks for names beginning with MUH need not meet MUHAMADALI where MUHAMAD is a token of the same name.
    """
    return {
        token: max((len(other) for other in tokens if other != token and token.startswith(other)), default=0)
        for token in tokens
    }


def heard(tokens: frozenset[str]) -> str:
    """All tokens of one name with a blank on both sides of each, so that a word in it is looked for as ` WORD`."""
    return f" {' '.join(sorted(tokens))} "


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word of a name as the search keeps it."""

    token: str
    initial: str
    covered: int
    heard: str


def name_tokens(name: str) -> list[Token]:
    """The folded words of a name, each with what the search reads beside it, in their order."""
    tokens = search_tokens(name)
    together = heard(tokens)
    return [Token(token, token[0], length, together) for token, length in sorted(covered(tokens).items())]


def query_tokens(text: str) -> NameQuery:
    """The same folding for what is typed; the last word may be unfinished."""
    words = _split(text)[0]
    if not words:
        return NameQuery(frozenset(), frozenset())
    *before, last = _folded(words)
    typed = _letters(words[-1])
    begun = frozenset((_sound(typed, finished=True), _sound(typed, finished=False)))
    # An abbreviation stands for the whole name: Moh finds Mohtar and Muhamad, Mhd only Muhamad.
    prefixes = begun if any(last.startswith(p) for p in begun) else frozenset((last,))
    return NameQuery(frozenset(before), prefixes)


def _split(name: str) -> tuple[list[str], list[str]]:
    """The words of the name proper and those of its titles, in capitals, dots kept."""
    plain = unicodedata.normalize("NFKD", name.upper())
    ascii_only = "".join(char for char in plain if not unicodedata.combining(char)).replace("-", " ")
    ascii_only = re.sub(r"[^\w\s.,]|_", "", ascii_only)
    proper, _, behind_comma = ascii_only.partition(",")
    words, titles = _words(proper), _words(behind_comma.replace(",", " "))
    if titles and not all(_title(word, marked=True) for word in _joined(titles)):
        words, titles = words + titles, []  # "SARI, DEWI" is a name with a comma
    in_front: list[str] = []
    while len(words) > 1 and words[0].replace(".", "") in _LEADING:
        in_front.append(words.pop(0))
    words, academic = _without_trailing(words)
    return words, in_front + academic + titles


def _words(text: str) -> list[str]:
    # "M.YUSUF" is M. and YUSUF; "S.PD" and "A.MD" stay one word because a title is looked up whole.
    spaced = (word if _title(word, marked=True) else word.replace(".", ". ") for word in text.split())
    return [word for word in " ".join(spaced).split() if word.strip(".")]


def _without_trailing(words: list[str]) -> tuple[list[str], list[str]]:
    """Cut titles off the end: `S.PD`, `SH`, and `S. PD` written as two words."""
    kept, titles = list(words), list[str]()
    while len(kept) > 1:
        if len(kept) > 2 and kept[-2].endswith(".") and _title(kept[-2] + kept[-1], marked=True):  # noqa: PLR2004
            titles[:0] = kept[-2:]
            del kept[-2:]
        elif _title(kept[-1], marked="." in kept[-1]):
            titles[:0] = kept[-1:]
            del kept[-1:]
        else:
            break
    return kept, titles


def _joined(words: list[str]) -> list[str]:
    """Words behind a comma with `S.` and `PD` put together again."""
    found: list[str] = []
    for word in words:
        if found and found[-1].endswith(".") and not _title(found[-1], marked=True):
            found[-1] += word
        else:
            found.append(word)
    return found


def _title(word: str, *, marked: bool) -> bool:
    bare = word.replace(".", "")
    return bare in _TRAILING or (marked and bare in _ONLY_MARKED and len(bare) > 1)


def _folded(words: list[str]) -> list[str]:
    found: list[str] = []
    for position, word in enumerate(words):
        letters = _letters(word)
        first = _FIRST_ONLY.get(letters) if position == 0 and len(words) > 1 else None
        found.extend((first,) if first else _fold(letters))
    return [word for word in found if word]


def _fold(word: str) -> tuple[str, ...]:
    """One word as it sounds; two where Abdul is written together with the next."""
    short = _SHORT.get(word)
    if short is not None:
        return (short,)
    modern = _modern(word)
    if _ALLAH.fullmatch(modern):
        return ("ABDULA",)
    if match := _ABDU.match(modern):
        return ("ABDUL", _sound(modern[match.end() :], finished=True))
    sound = _sound(word, finished=True)
    return (_SHORT.get(sound, sound),)


def _letters(word: str) -> str:
    return "".join(char for char in word if char.isalnum())


def _modern(word: str) -> str:
    """The spelling since 1972."""
    if _OLD.search(word):
        for old, new in _OLD_PAIRS:
            word = word.replace(old, new)
    return _OLD_J.sub("Y", word) if word.startswith("J") else word


def _sound(word: str, *, finished: bool) -> str:
    word = _C_PLAIN.sub("C", _C_FOR_K.sub("K", _modern(word)))
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    word = _DOUBLE.sub(r"\1", word)
    word = _MUH.sub("MUH", _NUR.sub("NUR", word))
    word = _VOWEL_Y.sub("I", _GLIDE_W.sub("", _GLIDE_Y.sub("", word)))
    if finished:
        word = _LAST_Y.sub("I", _LAST_Z.sub("S", _LAST_H.sub("", word)))
    return _DOUBLE.sub(r"\1", word.replace("Z", "J"))
