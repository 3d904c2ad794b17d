"""The sources ``undl-ga`` and ``undl-sc``: voting tables of the UN Digital Library."""
