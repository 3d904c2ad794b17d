SELECT state, COUNT(*) AS votes
FROM votes JOIN events USING (event)
WHERE body = 'GeneralAssembly' AND noCount = 1 AND option = 'No'
GROUP BY state
