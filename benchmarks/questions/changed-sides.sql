SELECT a.state, a.option AS first, b.option AS second
FROM votes a JOIN votes b ON a.state = b.state AND a.option <> b.option
WHERE a.event = 'A-RES-ES-11-1' AND b.event = 'A-RES-ES-11-6'
