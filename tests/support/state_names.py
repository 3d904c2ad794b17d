"""Writes ``kg/data/names_in_languages.csv``: the names of states in six languages.

    npm pack cldr-localenames-full@48.2.0 && tar xzf cldr-localenames-full-48.2.0.tgz
    python -m tests.support.state_names country-codes.csv package

The first file is ``data/country-codes.csv`` of github.com/datasets/country-codes (PDDL): UNTERM's
short and formal names, and M49's where it has none of UNTERM. The folder contains the names of
territories of Unicode's CLDR (Unicode License v3), which are those of everyday use.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kg.model.names import NameKind, name_key
from kg.resources import DATA
from kg.sources import csv_table
from kg.sources.names import LANGUAGES_FILE

#: The official languages of the United Nations: their tag, and their name in the file.
_LANGUAGES: Final = {
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "ru": "Russian",
    "zh": "Chinese",
}
_OBSERVERS: Final = {"EU": "agent/EU", "PS": "agent/PSE", "VA": "agent/VAT"}
#: UNTERM adds articles, after short and before formal names, and an asterisk for observers.
_ARTICLE_AFTER: Final = re.compile(r"\s*\((?:the|l['’]|la|le|les|el|los|las)\)$")
_ARTICLE_BEFORE: Final = re.compile(r"^(?:the|la|le|les|el|los|las) |^l['’]")
#: An abbreviation that is better known for something else: "É.-U.", the United States in French.
_AMBIGUOUS: Final = {"eu"}
#: The forms of names in CLDR beside the usual one.
_FORMS: Final = ("", "-alt-short", "-alt-variant")

Row = tuple[str, str, str, NameKind, str]


def rows(country_codes: Path, cldr: Path) -> list[Row]:
    """Return thing, language, name, kind and source of each name."""
    states = list(csv_table.read(DATA / "states.csv", "key name iso2 iso3"))
    codes = {row[column].lower() for row in states for column in ("iso2", "iso3")} | _AMBIGUOUS
    with country_codes.open(encoding="utf-8-sig", newline="") as stream:
        official = {row["ISO3166-1-Alpha-2"]: row for row in csv.DictReader(stream)}
    territories = {language: _territories(cldr, language) for language in _LANGUAGES}
    # Codes of former states are those of their successors today.
    present = [row for row in states if row["key"] == row["iso3"]]
    things = {row["iso2"]: f"state/{row['key']}" for row in present}
    labels = {row["iso2"]: row["name"] for row in present}
    written: list[Row] = []
    for iso2, thing in sorted((things | _OBSERVERS).items(), key=lambda item: item[1]):
        row = official.get(iso2, {})
        own = {iso2.lower(), row.get("ISO3166-1-Alpha-3", "").lower()}
        for language, word in _LANGUAGES.items():
            known = {name_key(labels.get(iso2, ""))} if language == "en" else set[str]()
            for name, kind, source in (
                *_official(row, language, word),
                *_everyday(territories[language], iso2, is_preferred=not row),
            ):
                if (key := name_key(name)) in known or key in codes - own:
                    continue
                known.add(key)
                # The label of a state is its preferred name in English.
                has_label = language == "en" and iso2 in labels
                written.append(
                    (thing, language, name, _beside_label(kind) if has_label else kind, source)
                )
    return written


def _beside_label(kind: NameKind) -> NameKind:
    return "alternative" if kind == "preferred" else kind


def _official(row: dict[str, str], language: str, word: str) -> Iterator[tuple[str, NameKind, str]]:
    """Yield the short and the formal name in a language."""
    column = {"zh": "cn"}.get(language, language)
    short = row.get(f"UNTERM {word} Short") or row.get(f"official_name_{column}", "")
    formal = row.get(f"UNTERM {word} Formal", "")
    if short:
        yield _without_article(short), "preferred", "country-codes"
    if formal:
        yield _without_article(formal), "formal", "country-codes"


def _without_article(name: str) -> str:
    return _ARTICLE_BEFORE.sub("", _ARTICLE_AFTER.sub("", name.rstrip(" *")))


def _everyday(
    territories: dict[str, str], iso2: str, *, is_preferred: bool
) -> Iterator[tuple[str, NameKind, str]]:
    """Yield the names in CLDR; its usual name is preferred for what UNTERM does not list."""
    for form in _FORMS:
        if name := territories.get(iso2 + form):
            yield name, "preferred" if is_preferred and not form else "alternative", "cldr"


def _territories(cldr: Path, language: str) -> dict[str, str]:
    file = cldr / "main" / language / "territories.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    names: dict[str, str] = content["main"][language]["localeDisplayNames"]["territories"]
    return names


def main() -> None:
    """Write the table."""
    country_codes, cldr = map(Path, sys.argv[1:])
    with (DATA / LANGUAGES_FILE).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("thing", "language", "name", "kind", "source"))
        writer.writerows(rows(country_codes, cldr))


if __name__ == "__main__":
    main()
