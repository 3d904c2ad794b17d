SELECT state, year, option, COUNT(*) AS votes
FROM votes JOIN events USING (event)
GROUP BY state, year, option
