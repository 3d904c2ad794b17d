SELECT year, option, COUNT(*) AS votes
FROM votes JOIN events USING (event) JOIN states USING (state)
WHERE regionalGroup = 'African Group' AND option <> 'NonVoting'
GROUP BY year, option
