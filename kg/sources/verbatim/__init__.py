"""The source ``verbatim``: official verbatim records of meetings, as PDF."""
