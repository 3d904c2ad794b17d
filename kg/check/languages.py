"""The language of a sentence, as far as it matters to the rules of the check."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final

#: Words that tell languages in Latin letters apart. The rules read the first three.
_WORDS: Final = {
    "English": "the of and was were with in by to for on it its had which that from as not",
    "French": "le la les des du et de est dans par pour sur qui une aux au avec ont ses l d",
    "Spanish": "el la los las del de y en por con que una se su para contra fue al entre",
    "German": "der die das und mit den dem ist im von zu nicht für auf sich ein eine gegen wurde "
    "haben hat sind dafür dagegen",
    "Italian": "il lo gli della dei delle di e che con per una è sono stato nel alla hanno ha",
    "Portuguese": "o os as do da dos das de e em com não uma foi para por que ao pela pelo",
    "Dutch": "de het een en van met voor tegen is zijn niet op te werd hebben door aan",
    "Polish": "w z i na się nie do przez od za jest przeciw oraz był była",
    "Turkish": "ve bir bu için ile oy karşı olarak da de kabul çekimser",
    "Indonesian": "yang dan di dengan untuk dari oleh dalam suara negara menolak abstain",
}
_READ: Final = ("English", "French", "Spanish")
_SETS: Final = {name: frozenset(words.split()) for name, words in _WORDS.items()}
_WORD: Final = re.compile(r"[^\W\d_]+")
#: How many more words of another language a sentence has before it is taken for one in it.
_LEAD: Final = 2
#: Scripts by the first word of the Unicode names of their letters.
_SCRIPTS: Final = {
    "CYRILLIC": "Cyrillic", "ARABIC": "Arabic", "CJK": "Chinese", "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese", "HANGUL": "Korean", "HEBREW": "Hebrew", "GREEK": "Greek",
    "DEVANAGARI": "Devanagari", "THAI": "Thai",
}  # fmt: skip


def unread_language(text: str) -> str:
    """Return the language or script of a sentence that the rules do not read, empty if they do.

    >>> unread_language("Das Ergebnis: 75 Stimmen dafür, 33 dagegen, 32 Enthaltungen.")
    'German'
    >>> unread_language("联大以141票要求俄军撤出乌克兰。")
    'Chinese script'
    >>> unread_language("China and Côte d'Ivoire abstained.")
    ''
    """
    letters = [letter for letter in text if letter.isalpha()]
    if sum(not _is_latin(letter) for letter in letters) * 2 > len(letters):
        names = Counter(unicodedata.name(letter, "").split(" ")[0] for letter in letters)
        name = names.most_common(1)[0][0]
        return f"{_SCRIPTS.get(name, name.capitalize())} script"
    words = [word.lower() for word in _WORD.findall(text)]
    counts = {name: sum(word in known for word in words) for name, known in _SETS.items()}
    best = max(counts, key=counts.__getitem__)
    read = max(counts[name] for name in _READ)
    return best if counts[best] - read >= _LEAD else ""


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")
