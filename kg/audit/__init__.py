"""The audit of a release: its discrepancies, as a report and as RDF, errata, and links."""
