SELECT COUNT(*) AS identical
FROM votes a JOIN votes b ON a.event = b.event AND a.option = b.option
WHERE a.state = 'CHN' AND b.state = 'IND' AND a.option <> 'NonVoting'
