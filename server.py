"""The ASGI application for ``uvicorn server:app``; ``kg serve`` runs the same with options."""

from kg.settings import Settings, warn_of_misspelt_variables
from kg.web.app import create_app

warn_of_misspelt_variables()
app = create_app(Settings.load())
