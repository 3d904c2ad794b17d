"""The source ``unsc-votes``: votes of the Security Council, with vetoed and failed drafts."""
