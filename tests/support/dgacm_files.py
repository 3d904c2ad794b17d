"""Invented documents in the formats of the machine-readable resolutions."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

#: The paths of documents in the repositories, with their content.
Files = Mapping[str, str]

_HEAD: Final = (
    '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0" '
    'xmlns:akn4un="http://un.org/akn4un">'
)
_OPTIONS: Final = {
    "inFavour": "MS_in_favour",
    "against": "MS_against",
    "abstaining": "MS_abstaining",
}

Votes = Mapping[str, tuple[str, ...]]


def assembly_xml(
    symbol: str = "A/RES/79/500",
    *,
    day: str = "2024-12-17",
    language: str = "eng",
    title: str = "A resolution",
    outcome: str = "adoptedRecordedVote",
    votes: Votes | None = None,
    counts: Mapping[str, str] | None = None,
    draft: str = "A/C.3/79/L.44/Rev.1",
    sponsors: str = "",
    additional: str = "",
    keywords: str = "",
) -> str:
    """Return a resolution of the General Assembly in XML; a vote needs lists of names."""
    return f"""{_HEAD}<statement name="resolution"><meta>
      <identification source="#DGACM"><FRBRWork>
        <FRBRdate date="{day}" name="adoption"/><FRBRauthor href="ga" as="author"/>
      </FRBRWork><FRBRExpression><FRBRlanguage language="{language}"/></FRBRExpression>
      </identification>{keywords}
      <workflow source="#un">
        <step date="2024-11-06" outcome="draftResolution" as="{draft}" by="{sponsors}"/>
        <step date="0001-01-01" outcome="draftResolutionAdditionalSponsors" by="{additional}"/>
        <step date="{day}" outcome="recommendedForAdoption" as="A/79/458/Add.3" refersTo="30"/>
        <step date="{day}" outcome="adopted" as="A/79/PV.53" by=""/>
      </workflow>
      <analysis source="#un"><parliamentary><voting outcome="{outcome}">
        {_counts(votes or {}, counts or {})}
      </voting></parliamentary></analysis></meta>
    <coverPage><p><docNumber refersTo="#symbol">{symbol}</docNumber></p>
      <p><inline title="71 (c)" name="agenda item">Agenda item 71 (c)</inline></p>
      <p><inline name="agenda item name">Promotion and protection of human rights</inline></p>
      <p><docProponent>[on the report of the Third Committee (<inline>A/79/458</inline>)]
      </docProponent></p></coverPage>
    <preface><p><docTitle refersTo="#resolutionTitle"><span> {title}</span><authorialNote><p>A note
      </p></authorialNote></docTitle></p></preface>
    <mainBody><paragraph><docTitle refersTo="#resolutionTitle">In the text</docTitle></paragraph>
    </mainBody>
    <conclusions><p><location refersTo="#adoptionMeeting">53rd plenary meeting</location></p>
    </conclusions></statement></akomaNtoso>"""


def council_xml(
    symbol: str = "S/RES/2623 (2022)",
    *,
    day: str = "2022-02-27",
    outcome: str = "adopted",
    record: str = "S/PV.8980",
    votes: Votes | None = None,
    counts: Mapping[str, str] | None = None,
    draft: str = "S/2022/160",
    sponsors: str = "",
) -> str:
    """Return a resolution, or a draft that was not adopted, of the Security Council in XML."""
    as_draft = f'as="{draft}"' if outcome == "adopted" else ""
    return f"""{_HEAD}<statement name="resolution"><meta>
      <identification source="#DGACM"><FRBRWork>
        <FRBRdate date="{day}" name="adoption"/><FRBRauthor href="sc" as="author"/>
      </FRBRWork><FRBRExpression><FRBRlanguage language="eng"/></FRBRExpression></identification>
      <classification source="DHLAUTH">
        <keyword refersTo="agenda" value="[160]" showAs="UKRAINE SITUATION" dictionary="S/77"/>
        <keyword refersTo="agenda" value="X" showAs="Maintenance of peace." dictionary="S/"/>
      </classification>
      <workflow source="#un">
        <step date="{day}" outcome="draftResolution" {as_draft} by="{sponsors}"/>
        <step date="{day}" outcome="{outcome}" as="{record}" by="As decided, 8980th meeting"/>
      </workflow>
      <analysis source="#un"><parliamentary><voting>{_counts(votes or {}, counts or {})}</voting>
      </parliamentary></analysis></meta>
    <coverPage><p><docNumber refersTo="#symbol">{symbol}</docNumber></p></coverPage>
    <mainBody/></statement></akomaNtoso>"""


def _counts(votes: Votes, counts: Mapping[str, str]) -> str:
    return "".join(
        f'<count value="{counts.get(word, str(len(names)))}" refersTo="{word}"><akn4un:voters>'
        + "".join(f'<organization refersTo="memberState">{name}</organization>' for name in names)
        + "</akn4un:voters></count>"
        for word, names in votes.items()
    )


def extract_line(symbol: str = "A/RES/79/500", **fields: object) -> str:
    """Return a line of an extract."""
    votes: dict[str, list[str]] = {name: [] for name in _OPTIONS.values()}
    line = {"symbol": symbol, "adoption_date": "17\xa0December 2024", **votes, **fields}
    return json.dumps(line, ensure_ascii=False) + "\n"


def write_folder(folder: Path, files: Files) -> Path:
    """Write documents into a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def write_zip(path: Path, files: Files, root: str = "") -> Path:
    """Write documents into a zip, as an archive of a repository with a root folder."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{root}{name}", content)
    return path
