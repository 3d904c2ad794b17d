"""Texts in the JSON that DuckDB writes are those that were given."""

from __future__ import annotations

import json

import duckdb

from kg.engine.columnar.json_text import JSON_TEXT


def test_every_character_is_there_after_writing_and_reading() -> None:
    points = [n for n in range(1, 0x11000) if not 0xD800 <= n < 0xE000]
    # Also alone and at both ends, where a mark could join the quotation mark.
    texts = ["", *map(chr, points), *(f"{chr(n)}a{chr(n)}" for n in (34, 92, 0x301, 0x1F468))]
    connection = duckdb.connect()
    connection.execute(JSON_TEXT)
    written = connection.execute("SELECT json_text(x) FROM (SELECT unnest($1) AS x)", [texts])
    assert [json.loads(f'"{text}"') for (text,) in written.fetchall()] == texts
