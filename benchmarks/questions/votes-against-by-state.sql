SELECT state, COUNT(*) AS votes
FROM votes
WHERE option = 'No'
GROUP BY state
