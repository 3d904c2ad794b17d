"""The sources: a loader for each, and the registry that names them."""
