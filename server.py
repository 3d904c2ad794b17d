"""The ASGI application, for ``uvicorn server:app``; ``kg serve`` is the same with options."""

from kg.web.app import create_app

app = create_app()
