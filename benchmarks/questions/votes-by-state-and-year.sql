SELECT state, YEAR(date) AS year, option, COUNT(*) AS votes
FROM votes JOIN events USING (event)
GROUP BY state, year, option
