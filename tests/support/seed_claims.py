"""Which claims of the three articles a primary record answers, and how.

``python -m tests.support.seed_claims FOLDER`` prints the table of docs/reference/claims.md from the
folder of real data: votes are read from the UN Digital Library's file, texts from the
machine-readable resolutions, with nothing of kg but the names of states.
"""

from __future__ import annotations

import csv
import re
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb

LIBRARY, TEXT = "UN Digital Library", "resolution text (DGACM)"
#: Verdicts: what the record states, and what it states otherwise.
AGREES, DIFFERS, NO_RECORD = "agrees", "differs", ""
_CODES = {
    "Russia": "RUS", "Belarus": "BLR", "North Korea": "PRK", "Syria": "SYR", "Eritrea": "ERI",
    "Mali": "MLI", "Nicaragua": "NIC", "Tajikistan": "TJK", "Kazakhstan": "KAZ",
    "Kyrgyzstan": "KGZ", "Uzbekistan": "UZB", "Turkmenistan": "TKM", "China": "CHN",
    "India": "IND", "Iran": "IRN", "Pakistan": "PAK",
}  # fmt: skip
_OPTIONS = (("against", "N"), ("abstained", "A"), ("did not vote", ""), ("stayed away", ""))
#: Words of the texts on which claims about their content rest, by row.
_WORDS = {
    31: "withdraw", 32: "cessation of hostilities", 33: "territorial integrity",
    34: "immediately, completely and unconditionally withdraw", 35: "redouble support",
    36: "prosecutions", 41: "in the strongest terms",
    42: "immediately, completely and unconditionally withdraw",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """A row of the list with the primary record that answers it; both empty if none at hand."""

    row: int
    kind: str
    record: str
    verdict: str


def answers(folder: Path) -> list[Answer]:
    """Return the answers to the claims in a folder of real data, in the order of the list."""
    with (folder / "seed_claims.csv").open(encoding="utf-8", newline="") as stream:
        claims = list(csv.DictReader(stream))
    votes, texts = _votes(folder), _texts(folder)
    found = []
    for row, claim in enumerate(claims, 1):
        record, verdict = "", NO_RECORD
        if row in _WORDS:
            record = TEXT
            verdict = AGREES if _WORDS[row] in texts[claim["object"]] else DIFFERS
        elif row == 39:
            members = {len(options) for options in votes.values()}
            record, verdict = LIBRARY, AGREES if members == {193} else DIFFERS
        elif symbols := _symbols(claim):
            record = LIBRARY
            right = all(_is_right(claim, votes[symbol]) for symbol in symbols)
            verdict = AGREES if right else DIFFERS
        found.append(Answer(row, claim["claim_type"], record, verdict))
    return found


def table(folder: Path) -> str:
    """Return the answers as a Markdown table."""
    lines = ["| row of the list | claim | primary record | it |", "|---|---|---|---|"]
    lines += [
        f"| row {answer.row} | {answer.kind} | {answer.record or 'none at hand'} | "
        f"{answer.verdict or '-'} |"
        for answer in answers(folder)
    ]
    return "\n".join(lines)


def _symbols(claim: dict[str, str]) -> list[str]:
    """Return the symbols of the resolutions on whose votes a claim is."""
    if claim["claim_type"] in ("vote", "date", "tally", "state_vote"):
        return [claim["object"]]
    if claim["claim"].startswith("India abstained from similar General Assembly"):
        names = claim["object"].split("; ")
        return [name if name.startswith("A/") else f"A/RES/{name}" for name in names]
    return []


def _is_right(claim: dict[str, str], votes: dict[str, tuple[str, str]]) -> bool:
    counts = Counter(vote for vote, _ in votes.values())
    if claim["claim_type"] == "tally":
        numbers = [int(number) for number in re.findall(r"\d+", claim["claim"])[:3]]
        return numbers == [counts["Y"], counts["N"], counts["A"]]
    if claim["claim_type"] in ("vote", "date"):
        days = {day for _, day in votes.values()}
        # A vote that is announced has the month alone.
        is_that_day = {day[: len(claim["date"][:7])] for day in days} == {claim["date"][:7]}
        return is_that_day and counts["Y"] > counts["N"]
    option = next(code for words, code in _OPTIONS if words in claim["claim"])
    return votes[_CODES[claim["subject"]]][0] == option


def _votes(folder: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """Return vote and day by resolution and code; '' for a member that did not vote."""
    rows = duckdb.execute(
        "SELECT resolution, ms_code, upper(trim(coalesce(ms_vote, ''))), date FROM "
        "read_csv(?, all_varchar = true) WHERE resolution IN ('A/RES/68/262', 'A/RES/ES-11/1', "
        "'A/RES/ES-11/2', 'A/RES/ES-11/3', 'A/RES/ES-11/4', 'A/RES/ES-11/5', 'A/RES/ES-11/6')",
        [str(folder / "undl" / "ga_voting.csv.gz")],
    ).fetchall()
    votes: dict[str, dict[str, tuple[str, str]]] = {}
    for symbol, code, vote, day in rows:
        votes.setdefault(symbol, {})[code] = (vote if vote in "YNA" else "", day)
    return votes


def _texts(folder: Path) -> dict[str, str]:
    """Return the words of the resolutions of the eleventh emergency special session."""
    texts = {}
    with zipfile.ZipFile(folder / "unxml" / "ga-english.zip") as archive:
        for name in archive.namelist():
            if number := re.fullmatch(
                r"Emergency sessions/ES-11/.*A_RES_ES-11_(\d+)-?.*\.xml", name
            ):
                words = re.sub(r"<[^>]*>", "", archive.read(name).decode("utf-8"))
                texts[f"A/RES/ES-11/{number[1]}"] = " ".join(words.split())
    return texts


if __name__ == "__main__":
    print(table(Path(sys.argv[1])))
