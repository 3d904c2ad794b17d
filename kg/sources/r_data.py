"""Tables in R's data files (``.rda``, ``.RData``), read without R.

The format is that of "R Internals", section 1.8 (Serialization Formats), in its binary XDR form,
versions 2 and 3, plain or compressed with gzip, bzip2 or xz. Only what tables contain is read:
functions, environments and S4 objects are rejected. The library ``rdata`` reads the same files; it
makes several objects of each of millions of texts, and takes twenty times as long.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kg.errors import SourceError
from kg.limits import R_DATA_BYTES
from kg.sources.bounds import expands_too_much, max_expanded
from kg.sources.tables.columns import Column, Table

#: Objects other than texts in a file; a table has a few for each column.
_MAX_OBJECTS: Final = 100_000
#: Levels of nested objects; a table has three.
_MAX_DEPTH: Final = 50
_PAIR: Final = struct.Struct(">Ii")

# Type codes of the format.
_SYMBOL, _PAIRLIST, _TEXT, _LOGICAL, _INTEGER, _REAL = 1, 2, 9, 10, 13, 14
_TEXTS, _LIST, _RAW, _ALTREP, _REFERENCE = 16, 19, 24, 238, 255
_EMPTY: Final = frozenset({0, 254})
_NUMBERS: Final = {_LOGICAL: ">i4", _INTEGER: ">i4", _REAL: ">f8", _RAW: "u1"}
#: Bits of an item's flags.
_HAS_ATTRIBUTES, _HAS_TAG, _LATIN1 = 1 << 9, 1 << 10, 1 << 14


@dataclass(frozen=True)
class _Value:
    """A vector or list with its attributes."""

    values: NDArray[np.generic] | list[str | None] | list[_Item]
    attributes: dict[str, _Item] = field(default_factory=dict)

    @property
    def texts(self) -> list[str | None] | None:
        """The elements if all are texts or missing, otherwise None."""
        if not isinstance(self.values, list):
            return None
        texts = [value for value in self.values if value is None or isinstance(value, str)]
        return texts if len(texts) == len(self.values) else None


#: None is R's NULL, a text is a symbol, and a sequence of pairs is a pairlist.
_Item = _Value | str | Sequence[tuple[str, "_Item"]] | None


def read_table(path: Path, name: str) -> Table:
    """Return a table of a file.

    Raises:
        SourceError: if the file is not a complete R data file, is too large when decompressed (see
            ``kg.limits``), or does not contain the table.
    """
    objects = _objects(path)
    if name not in objects:
        raise SourceError(f"{path}: expected {name}, found {', '.join(objects) or 'nothing'}")
    columns = _columns(objects[name])
    if columns is None:
        raise SourceError(f"{path}: {name} is not a table")
    return columns


def find_table(path: Path, columns: Collection[str], table: str) -> Table:
    """Return the table of a file that has some columns, whatever its name; ``table`` describes it.

    Raises:
        SourceError: as ``read_table``.
    """
    objects = _objects(path)
    tables = {name: found for name, item in objects.items() if (found := _columns(item))}
    for candidate in tables.values():
        if candidate.keys() >= set(columns):
            return candidate
    if len(tables) == 1:
        ((name, only),) = tables.items()
        missing = [column for column in columns if column not in only]
        raise SourceError(
            f"{path}: {name} has no column {', '.join(missing)}; expected {table}; it has "
            f"{', '.join(only)}"
        )
    raise SourceError(f"{path}: expected {table}; found {', '.join(objects) or 'nothing'}")


def read_columns_of_tables(path: Path) -> dict[str, frozenset[str]]:
    """Return the names of the columns of each table of a file.

    Raises:
        SourceError: as ``read_table``.
    """
    tables = ((name, _columns(item)) for name, item in _objects(path).items())
    return {name: frozenset(columns) for name, columns in tables if columns is not None}


def _objects(path: Path) -> dict[str, _Item]:
    try:
        return _Reader(_decompressed(path)).objects()
    except (_InvalidFormatError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise SourceError(f"{path}: not a complete R data file: {error}") from error


class _InvalidFormatError(Exception):
    """A part of a file that the format does not allow, or that tables do not contain."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _decompressed(path: Path) -> bytes:
    if path.stat().st_size > R_DATA_BYTES:
        raise _InvalidFormatError(f"it has more than {R_DATA_BYTES:,} bytes")
    data = path.read_bytes()
    decompressor: _Decompressor
    if data.startswith(b"\x1f\x8b"):
        decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    elif data.startswith(b"BZh"):
        decompressor = bz2.BZ2Decompressor()
    elif data.startswith(b"\xfd7zXZ\x00"):
        decompressor = lzma.LZMADecompressor(memlimit=R_DATA_BYTES)
    else:
        return data
    limit = min(R_DATA_BYTES, max_expanded(len(data)))
    content = decompressor.decompress(data, limit + 1)
    if len(content) > R_DATA_BYTES:
        raise _InvalidFormatError(f"it has more than {R_DATA_BYTES:,} bytes when decompressed")
    if len(content) > limit:
        raise expands_too_much(path, len(data))
    if not decompressor.eof:
        raise _InvalidFormatError("the compressed data end early")
    return content


class _Reader:
    """Reads the items of a serialization in order."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        self._symbols: list[str] = []
        self._texts: dict[bytes, str] = {}
        self._objects = 0

    def objects(self) -> dict[str, _Item]:
        """Return the objects of a file by name."""
        magic = self._bytes(7)
        if magic not in (b"RDX2\nX\n", b"RDX3\nX\n"):
            raise _InvalidFormatError("expected RDX2 or RDX3 in the binary form at its start")
        version, _, _ = self._integer(), self._integer(), self._integer()
        if version not in (2, 3):
            raise _InvalidFormatError(f"expected version 2 or 3, found {version}")
        if version == 3:
            self._bytes(self._length(1))  # The native encoding; texts have their own.
        item = self._item(0)
        if isinstance(item, (_Value, str)):
            raise _InvalidFormatError("expected a list of named objects")
        return dict(item or ())

    def _item(self, depth: int) -> _Item:
        flags = self._integer()
        kind = flags & 0xFF
        self._objects += 1
        if depth > _MAX_DEPTH or self._objects > _MAX_OBJECTS:
            raise _InvalidFormatError("it has more objects than a table")
        if kind in _EMPTY:
            return None
        if kind == _SYMBOL:
            self._symbols.append(self._text() or "")
            return self._symbols[-1]
        if kind == _REFERENCE:
            number = flags >> 8 or self._integer()
            if not 0 < number <= len(self._symbols):
                raise _InvalidFormatError(f"there is no symbol {number}")
            return self._symbols[number - 1]
        if kind == _PAIRLIST:
            return self._pairlist(flags, depth)
        if kind == _ALTREP:
            return self._compact(depth)
        values = self._values(kind, depth)
        return _Value(values, self._attributes(flags, depth))

    def _values(
        self, kind: int, depth: int
    ) -> NDArray[np.generic] | list[str | None] | list[_Item]:
        if kind in _NUMBERS:
            dtype = np.dtype(_NUMBERS[kind])
            number = self._length(dtype.itemsize)
            return np.frombuffer(self._bytes(number * dtype.itemsize), dtype)
        if kind == _TEXTS:
            return self._vector_of_texts()
        if kind == _LIST:
            return [self._item(depth + 1) for _ in range(self._length(4))]
        raise _InvalidFormatError(f"an object of type {kind} is not part of a table")

    def _pairlist(self, flags: int, depth: int) -> list[tuple[str, _Item]]:
        pairs: list[tuple[str, _Item]] = []
        while flags & 0xFF == _PAIRLIST:
            self._attributes(flags, depth)
            tag = self._item(depth + 1) if flags & _HAS_TAG else ""
            pairs.append((tag if isinstance(tag, str) else "", self._item(depth + 1)))
            flags = self._integer()
        if flags & 0xFF not in _EMPTY:
            raise _InvalidFormatError("a list of named objects has no end")
        return pairs

    def _attributes(self, flags: int, depth: int) -> dict[str, _Item]:
        if not flags & _HAS_ATTRIBUTES:
            return {}
        item = self._item(depth + 1)
        if isinstance(item, (_Value, str)):
            raise _InvalidFormatError("expected attributes")
        return dict(item or ())

    def _compact(self, depth: int) -> _Value:
        """Return a vector that R stores in a compact form (ALTREP): a sequence, or wrapped."""
        information, state = self._item(depth + 1), self._item(depth + 1)
        attributes = self._item(depth + 1)
        form = information[0][1] if isinstance(information, list) and information else None
        if isinstance(form, str) and isinstance(state, _Value):
            inner = state.values[0] if form.startswith("wrap_") and len(state.values) else None
            if isinstance(inner, _Value):
                own = dict(attributes) if isinstance(attributes, list) else {}
                return _Value(inner.values, inner.attributes | own)
            if form in ("compact_intseq", "compact_realseq") and len(state.values) == 3:
                number, first, step = np.asarray(state.values, dtype=np.float64)
                if 0 <= number <= R_DATA_BYTES / 8:
                    return _Value(first + step * np.arange(int(number)))
        raise _InvalidFormatError(f"a vector in the compact form {form} is not part of a table")

    def _vector_of_texts(self) -> list[str | None]:
        content, known, unpack = self._content, self._texts, _PAIR.unpack_from
        number, at, end = self._length(_PAIR.size), self._at, len(self._content)
        texts: list[str | None] = []
        for _ in range(number):
            if at + 8 > end:
                break
            flags, length = unpack(content, at)
            at += 8
            if flags & 0xFF != _TEXT:
                raise _InvalidFormatError("expected a text in a vector of texts")
            if length < 0:
                texts.append(None)
                continue
            raw = content[at : at + length]
            at += length
            text = known.get(raw)
            texts.append(self._decoded(raw, flags) if text is None else text)
        if at > end or len(texts) < number:
            raise _InvalidFormatError("the data end early")
        self._at = at
        return texts

    def _text(self) -> str | None:
        flags, length = _PAIR.unpack(self._bytes(_PAIR.size))
        if flags & 0xFF != _TEXT:
            raise _InvalidFormatError("expected a text")
        return self._decoded(self._bytes(length), flags) if length >= 0 else None

    def _decoded(self, raw: bytes, flags: int) -> str:
        if flags & _LATIN1:
            return raw.decode("latin-1")
        try:
            return self._texts.setdefault(raw, raw.decode())
        except UnicodeDecodeError as error:
            raise _InvalidFormatError(f"the text {raw[:60]!r} is not UTF-8") from error

    def _length(self, size: int) -> int:
        """Read the number of elements of a vector, each of at least ``size`` bytes."""
        number = self._integer()
        if number == -1:
            number = (self._integer() << 32) + (self._integer() & 0xFFFFFFFF)
        if not 0 <= number * size <= len(self._content) - self._at:
            raise _InvalidFormatError("the data end early")
        return number

    def _integer(self) -> int:
        return int.from_bytes(self._bytes(4), "big", signed=True)

    def _bytes(self, number: int) -> bytes:
        start, self._at = self._at, self._at + number
        if self._at > len(self._content):
            raise _InvalidFormatError("the data end early")
        return self._content[start : self._at]


def _columns(item: _Item) -> Table | None:
    """Return the columns of a data frame, None for another object."""
    if not isinstance(item, _Value) or "data.frame" not in _texts_of(item, "class"):
        return None
    names = _texts_of(item, "names")
    columns: Table = {}
    for name, value in zip(names, item.values, strict=False):
        if not isinstance(value, _Value):
            return None
        values = value.texts if isinstance(value.values, list) else value.values
        if values is None:
            return None
        is_factor = "factor" in _texts_of(value, "class")
        columns[name] = Column(values, list(_texts_of(value, "levels")) if is_factor else None)
    is_rectangular = len(set(map(len, columns.values()))) <= 1
    return columns if is_rectangular and len(names) == len(item.values) else None


def _texts_of(value: _Value, attribute: str) -> list[str]:
    item = value.attributes.get(attribute)
    texts = item.texts if isinstance(item, _Value) else None
    return [text or "" for text in texts or ()]
