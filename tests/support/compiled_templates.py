"""Compiles the templates of pages when it is imported, for the servers of tests."""

from kg.web.pages.page_templates import TEMPLATES

for _name in TEMPLATES.list_templates():
    TEMPLATES.get_template(_name)
