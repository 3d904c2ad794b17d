SELECT year, option, COUNT(*) AS votes
FROM votes JOIN events USING (event)
WHERE state = 'IND'
GROUP BY year, option
