SELECT year, identicalVotes AS identical, sharedVotes AS shared
FROM agreement
WHERE (state1 = 'CHN' AND state2 = 'IND') OR (state1 = 'IND' AND state2 = 'CHN')
