"""Faults of the files of a store, as Oxigraph reports them.

Oxigraph raises RuntimeError and OSError with the messages of RocksDB, which name files with their
full paths: "Corruption: block checksum mismatch: stored = 1, computed = 2, type = 4  in
/srv/releases/a/store/000010.sst offset 0 size 2595, block_type = Data".
"""

from __future__ import annotations

import re
from typing import Final

#: How the messages of RocksDB about files begin (rocksdb/util/status.cc).
_FAULTS: Final = ("Corruption: ", "IO error: ")
_FILE: Final = re.compile(r"/((?:\d{6,}\.(?:sst|log)|MANIFEST-\d+|CURRENT|OPTIONS-\d+))\b")


def is_storage_fault(error: Exception) -> bool:
    """Return whether an error of Oxigraph is a fault of a file of its store."""
    return str(error).startswith(_FAULTS)


def storage_fault(error: Exception) -> str:
    """Describe a fault of a store by the name of the file and the kind of fault, without paths.

    >>> storage_fault(RuntimeError("Corruption: checksum mismatch  The file /a/MANIFEST-05 may"))
    'MANIFEST-05: Corruption: checksum mismatch'
    """
    text = str(error)
    file = _FILE.search(text)
    # The path follows these words.
    reason = re.sub(r"[\s:]*(?:in|The file|While .*)?[\s:]*$", "", text.partition("/")[0])
    return f"{file[1]}: {reason}" if file else reason or type(error).__name__
