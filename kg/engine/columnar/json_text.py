"""An SQL macro that escapes JSON strings as Oxigraph does."""

from __future__ import annotations

from typing import Final

_CONTROLS: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"} | {
    chr(8): "\\b",
    chr(12): "\\f",
}


def _macro() -> str:
    """Return the definition of the macro that escapes a text for JSON."""
    escaping = "x"
    for character in [*_CONTROLS, *(chr(n) for n in range(1, 32) if chr(n) not in _CONTROLS)]:
        escaped = _CONTROLS.get(character, f"\\u{ord(character):04X}")
        escaping = f"replace({escaping}, chr({ord(character)}), '{escaped}')"
    plain = r"[\x01-\x1f\x22\x5c]"
    return (
        "CREATE TEMP MACRO json_text(x) AS "
        f"CASE WHEN regexp_matches(x, '{plain}') THEN {escaping} ELSE x END"
    )


#: The statement that creates the macro, needed on every connection.
JSON_TEXT: Final = _macro()
