"""The routes of all pages."""

from __future__ import annotations

from fastapi import APIRouter

from kg.web.pages import (
    check_page,
    documents,
    editor,
    figures,
    list_pages,
    query_pages,
    reconciliation,
    releases,
    resources,
    search_page,
    sitemap,
)
from kg.web.pages.context import PageContext


def router(context: PageContext) -> APIRouter:
    """Return all routes of the pages."""
    routes = APIRouter()
    for module in (
        documents,
        list_pages,
        query_pages,
        editor,
        search_page,
        check_page,
        # Before the routes of resources, whose paths have the same beginning.
        releases,
        figures,
        resources,
        reconciliation,
        sitemap,
    ):
        routes.include_router(module.router(context))
    return routes
