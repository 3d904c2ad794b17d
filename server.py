"""The ASGI application, for ``uvicorn server:app``; ``kg serve`` is the same with options."""

from kg.web import create_app

app = create_app()
