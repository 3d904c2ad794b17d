SELECT state, substr(year::VARCHAR, 1, 3) AS decade, COUNT(*) AS votes
FROM votes JOIN events USING (event)
WHERE body = 'SecurityCouncil' AND option = 'Abstention'
GROUP BY state, decade
