"""The lexer used by both SPARQL parsers."""

from __future__ import annotations

import pytest

from kg.sparql.lexer import LexicalError, is_plain, string_value, tokenize, unescaped
from kg.sparql.saved_queries import library


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(text)][:-1]


def test_tokens_have_their_positions() -> None:
    for query in library().values():
        end = 0
        for token in tokenize(query.text):
            token_text = query.text[token.start : token.end]
            assert token.text == (token_text.upper() if token.kind == "word" else token_text)
            # Only white space and comments occur between tokens.
            between = query.text[end : token.start]
            assert all(
                not line or line.startswith("#") for line in map(str.strip, between.split("\n"))
            )
            end = token.end
        assert (token.kind, end) == ("end", len(query.text))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("?a<?b", [("var", "?a"), ("mark", "<"), ("var", "?b")]),
        ("?a<?b&&?c>?d", [("var", "?a"), ("iri", "<?b&&?c>"), ("var", "?d")]),
        ("a:b.c.", [("name", "a:b.c"), ("mark", ".")]),
        ("true.:x", [("word", "TRUE"), ("mark", "."), ("name", ":x")]),
        (r"a:x\,y%20", [("name", r"a:x\,y%20")]),
        ("_:a.b.", [("blank", "_:a.b"), ("mark", ".")]),
        ("1.5e3 1.e5 .5 1.", [("double", "1.5e3"), ("double", "1.e5"), ("decimal", ".5"),
                              ("integer", "1"), ("mark", ".")]),
        ("'a'@en-GB", [("string", "'a'"), ("lang", "@en-GB")]),
        ('"""a"b"" # no comment"""', [("string", '"""a"b"" # no comment"""')]),
        ("a # b\n c", [("word", "A"), ("word", "C")]),
        ("^^ ^ || | != !", [("mark", m) for m in "^^ ^ || | != !".split()]),
        ("été:à", [("name", "été:à")]),
    ],
)  # fmt: skip
def test_tokens(text: str, tokens: list[tuple[str, str]]) -> None:
    assert _kinds(text) == tokens


@pytest.mark.parametrize(
    ("text", "position"), [("a `", 2), ("'a", 0), ("'a\nb'", 0), ("a:b%2", 3), ("?a \\u0041", 3)]
)
def test_invalid_tokens_are_refused(text: str, position: int) -> None:
    with pytest.raises(LexicalError) as caught:
        tokenize(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?a a:b 'é' <http://é/>", True),
        (r"a:x\,y 'a\n\'b'", True),
        ("?é", False),
        ("é:b", False),
        ("_:é", False),
        (r"<http://\u0041/>", False),
        (r"'\u0041'", False),
        (r"'\q'", False),
    ],
)
def test_plain_text_has_ascii_names_and_simple_escapes(text: str, expected: bool) -> None:
    assert is_plain(text, tokenize(text)) is expected


def test_escapes() -> None:
    assert string_value(r"'''a\t\"\\'b'''") == "a\t\"\\'b"
    assert string_value('""') == ""
    assert unescaped(r"a\,b\%") == "a,b%"
