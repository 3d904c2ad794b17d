SELECT state, option, COUNT(*) AS votes, MIN(year) AS "from", MAX(year) AS until
FROM votes JOIN events USING (event) JOIN states USING (state)
WHERE seat = 'RUS'
GROUP BY state, option
