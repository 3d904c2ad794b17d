SELECT state1 AS one, state2 AS two, SUM(identicalVotes) AS identical, SUM(sharedVotes) AS shared
FROM agreement
WHERE year BETWEEN 2010 AND 2019
GROUP BY one, two
