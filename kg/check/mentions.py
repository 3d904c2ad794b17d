"""The states that a text names, by any of their names."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

from kg.model.names import normalized
from kg.model.state_register import StateRegister
from kg.resources import DATA
from kg.sources.states import read_register

#: A word, or an abbreviation with full stops ("U.S.", "EE. UU."), with an article elided before it.
_TOKEN: Final = re.compile(r"(?:[A-Z]\.\s?){2,6}|EE\.\s?UU\.|[^\W_]+", re.UNICODE)
#: Names of at most this length are abbreviations, which stand in capitals.
_ABBREVIATION_LENGTH: Final = 4
#: Those who vote for a state: "Myanmar's own envoy".
_DELEGATION: Final = re.compile(
    r"['\u2019]s?\s+(?:own\s+|UN\s+)?(?:envoy|ambassador|delegat|representative|mission|diplomat|"
    r"abstention|negative vote|veto)",
    re.IGNORECASE,
)
_CONTINENT: Final = re.compile(r"\b(?:Latin|South|North|Central) America\Z")
#: Words of the longest name that is looked for.
_MAX_WORDS: Final = 12


@dataclass(frozen=True, slots=True)
class Mention:
    """The name of a state in a text; ``keys`` are those of all states that have or had this name.

    ``is_possessive`` for "Britain's": then the text is about something of the state.
    """

    start: int
    end: int
    keys: frozenset[str]
    is_possessive: bool = False


def mentions(text: str) -> list[Mention]:
    """Return the states named in a text, in their order; the longest name counts.

    >>> [sorted(m.keys) for m in mentions("Equatorial Guinea and the U.S. abstained")]
    [['GNQ'], ['USA']]
    """
    by_words = _names()
    tokens = [(match, normalized(match[0]).replace(" ", "")) for match in _TOKEN.finditer(text)]
    found: list[Mention] = []
    position = 0
    while position < len(tokens):
        length, keys = _longest(by_words, tokens, position, text)
        start, end = tokens[position][0].start(), tokens[position + length - 1][0].end()
        if keys and (text[end : end + 1] == "-" or _CONTINENT.search(text, start - 8, end)):
            keys = frozenset()  # "Ukraine-related", "Latin America"
        if not keys:
            position += 1
            continue
        possessive = text[end : end + 2] in ("'s", "\u2019s") or (
            text[end : end + 1] in "'\u2019" and text[end - 1] == "s" and end < len(text)
        )
        possessive = possessive and not _DELEGATION.match(text, end)
        found.append(Mention(start, end, keys, possessive))
        position += length
    return found


def _longest(
    by_words: dict[tuple[str, ...], frozenset[str]],
    tokens: list[tuple[re.Match[str], str]],
    position: int,
    text: str,
) -> tuple[int, frozenset[str]]:
    """Return the count of words of the longest name at a token, and its states; none if empty."""
    first = tokens[position][0]
    if not _is_capital(first[0]):
        return 0, frozenset()
    words: list[str] = []
    best: tuple[int, frozenset[str]] = (0, frozenset())
    last_end = 0
    for match, word in tokens[position : position + _MAX_WORDS]:
        if words and len(text[last_end : match.start()]) > len(" - "):
            break
        words.append(word)
        last_end = match.end()
        keys = by_words.get(tuple(words))
        if keys is None:
            continue
        name = text[first.start() : match.end()]
        letters = name.replace(".", "").replace(" ", "")
        if len(letters) <= _ABBREVIATION_LENGTH and len(words) == 1 and letters.isascii():
            # "us" and "car" are words; "Iran", "Chad" and "Cuba" are names of four letters.
            is_name = letters.isupper() or (letters.istitle() and _is_word(tuple(words)))
            if not is_name:
                continue
        best = len(words), keys
    return best


def _is_capital(word: str) -> bool:
    """Return whether a word begins like a name; scripts without capitals always do."""
    return word[0].isupper() or word[0].upper() == word[0].lower()


@functools.cache
def register_of_states() -> StateRegister:
    """Return the states of the package, read once."""
    return read_register(DATA)


@functools.cache
def _names() -> dict[tuple[str, ...], frozenset[str]]:
    """Return the keys of states by the words of their names."""
    keys: dict[tuple[str, ...], set[str]] = {}
    for name, key in _all_names():
        words = tuple(normalized(name).split())
        if words and words[0] == "the":
            words = words[1:]
        if words and len("".join(words)) > 1:
            keys.setdefault(words, set()).add(key)
        if "peoples" in words:
            # "People's" is two tokens here.
            place = words.index("peoples")
            keys.setdefault((*words[:place], "people", "s", *words[place + 1 :]), set()).add(key)
    # Abbreviations with full stops are one token here.
    for words, states in list(keys.items()):
        if len(words) > 1 and max(map(len, words)) <= 2 and len("".join(words)) <= 5:
            keys.setdefault(("".join(words),), set()).update(states)
    return {words: frozenset(states) for words, states in keys.items()}


@functools.cache
def _words_in_small_letters() -> frozenset[tuple[str, ...]]:
    """Return the names that are written like words, not as abbreviations in capitals."""
    return frozenset(
        tuple(normalized(name).split()) for name, _ in _all_names() if not name.isupper()
    )


def _is_word(words: tuple[str, ...]) -> bool:
    return words in _words_in_small_letters()


@functools.cache
def _all_names() -> tuple[tuple[str, str], ...]:
    register = register_of_states()
    return tuple(
        (name, key)
        for key in register
        for name in (
            register[key].name,
            *(dated.name for dated in register[key].names),
            *(other.text for other in register[key].other_names),
        )
    )
