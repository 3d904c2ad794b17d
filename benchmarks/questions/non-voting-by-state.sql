SELECT state, name, COUNT(*) AS votes
FROM votes JOIN states USING (state)
WHERE option = 'NonVoting'
GROUP BY state, name
