SELECT state, option, COUNT(*) AS votes
FROM votes JOIN events USING (event) JOIN states USING (state)
WHERE body = 'SecurityCouncil' AND seat IN ('CHN', 'FRA', 'GBR', 'RUS', 'USA')
GROUP BY state, option
