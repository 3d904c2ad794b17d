SELECT yesCount AS yes, noCount AS "no", abstentionCount AS abstaining, nonVotingCount AS nonVoting
FROM events
WHERE symbol = 'A/RES/ES-11/6'
