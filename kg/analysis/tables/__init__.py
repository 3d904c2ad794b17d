"""Tables for statistical programs, computed from the votes of a release (``kg tables``)."""
