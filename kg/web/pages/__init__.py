"""Pages for people, and the resources themselves as Linked Data (contract A5).

``routes`` is the entry point. ``resource_page`` chooses the kind of page for a resource. Every page
is made on the server and is readable without scripts; ``components`` are parts of several of them.
"""
