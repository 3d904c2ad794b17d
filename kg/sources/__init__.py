"""The sources: a loader for each, and the registry that lists them."""
