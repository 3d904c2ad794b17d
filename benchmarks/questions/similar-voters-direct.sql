SELECT o.state AS other, COUNT(*) AS identical
FROM votes s JOIN votes o ON s.event = o.event AND s.option = o.option AND s.state <> o.state
WHERE s.state = 'IND' AND s.option <> 'NonVoting'
GROUP BY o.state
