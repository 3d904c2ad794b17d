"""``kg check``: an article or single sentences, in each format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kg.rdf.iris import event
from tests.support.command import kg

_TEXT = "On 2 March 2022 the resolution on Ukraine was adopted by 141 to 5. Then it rained."


def test_an_article_from_standard_input_as_json(embedded: Path) -> None:
    result = kg("check", "-", "--format", "json", data=embedded, stdin=_TEXT)
    assert result.returncode == 0, result.stderr
    first, second = json.loads(result.stdout)
    assert (first["verdict"], first["event"]) == ("agrees", event("A-RES-ES-11-1"))
    assert (second["verdict"], second["event"], second["query"]) == ("unbound", None, None)
    assert second["start"] == _TEXT.index("Then")
    assert first["claim"]["counts"] == {"inFavour": 141, "against": 5}


def test_sentences_of_a_file_as_csv(embedded: Path, tmp_path: Path) -> None:
    file = tmp_path / "sentences.csv"
    file.write_text(
        "id,sentence,context,date\n"
        'a,"It was adopted by 141 to 5, with 34 abstentions.",'
        "The Assembly voted on Ukraine on Wednesday.,2022-03-03\n"
        "b,It was sunny.,,\n",
        encoding="utf-8",
    )
    result = kg("check", "--sentences", str(file), "--format", "csv", data=embedded)
    assert result.returncode == 0, result.stderr
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["id"], row["verdict"], row["event"]) for row in rows] == [
        ("a", "contradicts", event("A-RES-ES-11-1")), ("b", "unbound", ""),
    ]  # fmt: skip
    assert rows[0]["reason"] == "34 abstaining; the record has 35"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected a file, -, or --sentences FILE.csv"),
        (["no-such-file.txt"], "no-such-file.txt: expected a text in UTF-8"),
        (["-", "--date", "yesterday"], "'yesterday' does not match"),
    ],
)
def test_unusable_input_is_named(arguments: list[str], message: str, embedded: Path) -> None:
    result = kg("check", *arguments, data=embedded)
    assert result.returncode != 0
    assert message in " ".join(result.stderr.split())
