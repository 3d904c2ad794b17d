"""Components of several kinds of pages: charts, the world map, lists of votes, query results."""
