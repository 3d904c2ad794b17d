"""The build pipeline: matching, merging, deriving, validating and writing."""
