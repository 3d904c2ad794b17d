"""Pages for people, and the resources themselves as Linked Data (docs/reference/http.md).

``routes`` is the entry point. ``resource_page`` chooses the kind of page for a resource. Every page
is rendered on the server and is readable without scripts; several kinds share the ``components``.
"""
