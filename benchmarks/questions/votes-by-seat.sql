SELECT state, option, COUNT(*) AS votes, MIN(date) AS "from", MAX(date) AS until
FROM votes JOIN events USING (event) JOIN states USING (state)
WHERE seat = 'RUS'
GROUP BY state, option
