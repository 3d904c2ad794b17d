"""Numbers in a text, in digits and in words of English, French and Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.model.names import normalized

_UNITS: Final = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
    "fr": "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce "
    "quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres "
    "veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve",
}
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
    "noventa": 90,
}  # fmt: skip
_HUNDREDS: Final = {"hundred": 100, "cent": 100, "cien": 100, "ciento": 100}
#: Words for about as many.
_COLLECTIVES: Final = {
    "dozen": 12, "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "decena": 10,
    "docena": 12, "veintena": 20, "treintena": 30, "centenar": 100,
}  # fmt: skip
_PER_CENT: Final = re.compile(r"\b(?:per|pour|por)\s+$", re.IGNORECASE)
#: Words for no state at all, where a verb of voting is near.
_NONE: Final = frozenset(
    ("none", "nobody", "nil", "aucun", "aucune", "ninguno", "ninguna", "nadie")
)
#: Words that join the parts of a number.
_JOINTS: Final = frozenset(["and", "et", "y"])
_WORD_VALUES: Final = {
    word: value for words in _UNITS.values() for value, word in enumerate(words.split())
} | {"une": 1, "una": 1, "un": 1}
#: Words of other meanings: they are numbers only beside other parts of a number.
_OTHER_MEANINGS: Final = frozenset(["one", "un", "une", "uno", "una", "once"])
#: Words before a number that is not exact.
_ROUND: Final = re.compile(
    r"(?:some|about|around|nearly|almost|over|roughly|approximately|more than|less than|"
    r"fewer than|at least|at most|close to|up to|plus de|moins de|environs?|pres de|au moins|"
    r"mas de|menos de|cerca de|casi|unos|unas|al menos)\s*$"
)
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+")
#: Characters before a number in which a word for an inexact number is looked for.
_ROUND_WINDOW: Final = 24


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its place in a text; ``is_round`` if the text says that it is not exact."""

    start: int
    end: int
    value: int
    is_round: bool = False


def numbers(text: str) -> list[Number]:
    """Return the numbers from 0 to 999 of a text, in their order.

    >>> [number.value for number in numbers("Fifty-eight abstained, one hundred voted for, 3 left")]
    [58, 100, 3]
    >>> [number.is_round for number in numbers("some 140 voted for, 5 against")]
    [True, False]
    """
    tokens = [(match, normalized(match[0])) for match in _TOKEN.finditer(text)]
    found: list[Number] = []
    position = 0
    while position < len(tokens):
        match = tokens[position][0]
        length, value = 1, -1
        if tokens[position][1] in _HUNDREDS and _PER_CENT.search(text[: match.start()]):
            position += 1
            continue
        if match[0].isdecimal() and match[0].isascii():
            value = int(match[0]) if len(match[0]) <= len("999") else -1
        else:
            length, value = _in_words(text, tokens, position)
        if value >= 0:
            last, word = tokens[position + length - 1]
            before = normalized_window(text, match.start())
            is_round = word in _COLLECTIVES or _ROUND.search(before) is not None
            if word in _COLLECTIVES and before.endswith("half a "):
                value //= 2
            found.append(Number(match.start(), last.end(), value, is_round))
        position += length
    return found


def normalized_window(text: str, end: int) -> str:
    """Return the words before a place, as names are compared, with a space after them."""
    return normalized(text[max(0, end - _ROUND_WINDOW) : end]) + " "


def _in_words(text: str, tokens: list[tuple[re.Match[str], str]], start: int) -> tuple[int, int]:
    """Return the count of tokens and the value of a number in words, -1 for none."""
    written, word = tokens[start][0][0], tokens[start][1]
    if word in _NONE:
        return 1, 0
    if written.isupper() and word in _OTHER_MEANINGS:
        return 1, -1  # "UN"
    value, position, last_end = 0, start, tokens[start][0].start()
    used = 0
    while position < len(tokens):
        match, word = tokens[position]
        gap = text[last_end : match.start()]
        if position > start and gap.strip(" -\u2010\u2011"):
            break
        part = _WORD_VALUES.get(word, _TENS.get(word, -1))
        if word in _COLLECTIVES:
            value = max(value, 1) * _COLLECTIVES[word]
        elif word in _HUNDREDS:
            value = max(value, 1) * _HUNDREDS[word] if value < 10 else value
        elif part >= 0 and (value % 100 == 0 or (part < 20 and value % 10 == 0 and value % 100)):
            value += part
        elif not (word in _JOINTS and used and _continues(text, tokens, position, value)):
            break
        last_end = match.end()
        position += 1
        used = position - start
    if not used:
        return 1, -1
    if used == 1 and tokens[start][1] in _OTHER_MEANINGS and not _is_count(text, tokens[start][0]):
        return 1, -1
    return used, value


def _continues(
    text: str, tokens: list[tuple[re.Match[str], str]], position: int, value: int
) -> bool:
    """Return whether "and" joins parts of one number ("one hundred and four", "treinta y tres")."""
    if position + 1 >= len(tokens):
        return False
    following = tokens[position + 1][1]
    part = _WORD_VALUES.get(following, _TENS.get(following, -1))
    is_english = tokens[position][1] == "and"
    fits = value >= 100 and value % 100 == 0 if is_english else value % 10 == 0 and value >= 20
    return fits and 0 < part < 100


_COUNTED: Final = re.compile(
    r"\s+(?:countr|nation|state|member|delegation|vote|against|abst|absent|in favou?r|oppos|was|"
    r"voted|pays|vot|voix|contre|en contra|abst|a favor|pa[ií]s|\()",
    re.IGNORECASE,
)


def _is_count(text: str, match: re.Match[str]) -> bool:
    """Return whether "one" or "un" counts states or votes, instead of being a pronoun."""
    before = normalized_window(text, match.start())
    counted = _COUNTED.match(text, match.end())
    return counted is not None or before.endswith((" to ", " contre ", " by ", " and only "))


#: Ordinal numbers in words, in their order from the first.
_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_ORDINAL: Final = re.compile(r"(\d{1,3})(?:st|nd|rd|th)", re.IGNORECASE)


def ordinal(word: str) -> int:
    """Return the value of an ordinal number in digits or a word of English, 0 for another word.

    >>> ordinal("31st"), ordinal("third"), ordinal("time")
    (31, 3, 0)
    """
    if match := _ORDINAL.fullmatch(word):
        return int(match[1])
    return _ORDINALS.get(word.lower(), 0)
