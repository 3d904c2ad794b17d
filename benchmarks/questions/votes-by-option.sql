SELECT option, COUNT(*) AS votes
FROM votes
GROUP BY option
