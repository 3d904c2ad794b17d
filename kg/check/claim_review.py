"""Findings as ClaimReview of schema.org (https://schema.org/ClaimReview), in JSON-LD."""

from __future__ import annotations

from typing import Final

from kg.check.findings import Finding, Verdict

#: The rating of a verdict, from 1 (the record differs) to 5 (the record agrees).
_RATINGS: Final[dict[Verdict, int]] = {"contradicts": 1, "undecidable": 3, "agrees": 5}


def claim_reviews(findings: list[Finding], day: str = "") -> dict[str, object]:
    """Return the reviews of all sentences that are bound to a roll call; ``day`` is its day."""
    return {
        "@context": "https://schema.org",
        "@graph": [_review(finding, day) for finding in findings if finding.event],
    }


def _review(finding: Finding, day: str) -> dict[str, object]:
    claim: dict[str, object] = {"@type": "Claim", "appearance": {"@type": "CreativeWork"}}
    if day:
        claim["datePublished"] = day
    return {
        "@type": "ClaimReview",
        "url": finding.event,
        "claimReviewed": finding.sentence.text,
        "itemReviewed": claim,
        "reviewBody": finding.reason,
        "author": {"@type": "Organization", "name": "UN votes knowledge graph"},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": _RATINGS[finding.verdict],
            "worstRating": 1,
            "bestRating": 5,
            "alternateName": finding.verdict,
        },
    }
