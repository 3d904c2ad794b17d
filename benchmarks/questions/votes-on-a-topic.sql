SELECT year, option, COUNT(*) AS votes
FROM votes JOIN events USING (event)
WHERE list_contains(topics, 'Nuclear weapons and nuclear material') AND state = 'CHN'
GROUP BY year, option
