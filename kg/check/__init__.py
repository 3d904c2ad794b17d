"""Articles against the record: reading, binding and judging what they state of recorded votes."""
