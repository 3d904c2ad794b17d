"""Parts that several kinds of pages show: charts, the world map, lists of votes, query results."""
