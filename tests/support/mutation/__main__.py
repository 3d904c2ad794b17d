"""Write the table of mutants of the embedded release into a page of the documentation.

python -m tests.support.mutation docs/explanation/validation.md
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.mutation import table
from tests.support.mutation.facts import Facts
from tests.support.mutation.making import mutants
from tests.support.mutation.outcomes import outcomes
from tests.support.releases import make_release


def main() -> None:
    """Write the table into the page given as argument."""
    (page,) = sys.argv[1:]
    with TemporaryDirectory() as folder:
        facts = Facts(make_release(Path(folder)).open_store())
        table.write(Path(page), outcomes(facts, mutants(facts)))


if __name__ == "__main__":
    main()
