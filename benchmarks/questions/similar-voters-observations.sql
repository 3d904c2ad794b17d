SELECT IF(state1 = 'IND', state2, state1) AS other, SUM(identicalVotes) AS identical,
  SUM(sharedVotes) AS shared
FROM agreement
WHERE 'IND' IN (state1, state2)
GROUP BY other
