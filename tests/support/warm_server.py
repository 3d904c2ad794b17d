"""Prepares, when it is imported, what each server of tests would do again at its start."""

import anyio._backends._asyncio  # noqa: F401
import uvicorn.lifespan.on
import uvicorn.loops.uvloop  # noqa: F401

from kg.settings import Settings
from kg.web.app import create_app
from kg.web.pages.page_templates import TEMPLATES

for _name in TEMPLATES.list_templates():
    TEMPLATES.get_template(_name)

# The expressions and types of its routes are kept.
create_app(Settings())
