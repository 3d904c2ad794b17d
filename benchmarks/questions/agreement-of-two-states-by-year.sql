SELECT year, identicalVotes AS identical, sharedVotes AS shared
FROM agreement
WHERE state1 = 'CHN' AND state2 = 'IND'
