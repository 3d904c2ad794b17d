SELECT a.state AS one, b.state AS two, COUNT(*) AS identical
FROM votes a JOIN votes b ON a.event = b.event AND a.option = b.option AND a.state < b.state
JOIN events e ON e.event = a.event
WHERE e.body = 'GeneralAssembly' AND e.year BETWEEN 2010 AND 2019 AND a.option <> 'NonVoting'
GROUP BY one, two
