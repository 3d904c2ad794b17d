SELECT state, castAs AS name, COUNT(*) AS votes
FROM votes
WHERE castAs IS NOT NULL
GROUP BY state, castAs
