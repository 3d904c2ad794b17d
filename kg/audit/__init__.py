"""What does not fit in a release: its discrepancies, as a report and as RDF, and its links."""
