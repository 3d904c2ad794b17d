"""From sources to a release: matching, merging, deriving, validating, writing."""
