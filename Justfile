# The six things people do with this project; `just` without a name lists them.

python := ".venv/bin/python"

_list:
    @just --list --unsorted

# Install into .venv with everything that development needs
_install:
    test -x {{python}} || python3 -m venv .venv
    .venv/bin/pip install --quiet -e '.[dev,docs]'

# Try it: build the embedded data if needed, and serve it at http://127.0.0.1:8000/
try: _install
    .venv/bin/kg serve

# Run the tests; pass arguments to pytest, as in `just test tests/web -k head`
test *arguments="-n auto": _install
    {{python}} -m pytest {{arguments}}

# Check format, style, types and layers
lint: _install
    .venv/bin/ruff format --check .
    .venv/bin/ruff check .
    .venv/bin/mypy
    .venv/bin/lint-imports

# Build a release; pass options to `kg build`, as in `just build --source embedded --source unvotes`
build *options: _install
    .venv/bin/kg build {{options}}

# Serve the current release; pass options to `kg serve`
serve *options: _install
    .venv/bin/kg serve {{options}}

# Write the generated pages and build the documentation into site/
docs: _install
    {{python}} -m tests.support.reference
    {{python}} -m kg.limits docs/reference/limits.md
    .venv/bin/mkdocs build --strict
