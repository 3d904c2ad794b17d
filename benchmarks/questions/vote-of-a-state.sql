SELECT option
FROM votes JOIN events USING (event)
WHERE symbol = 'A/RES/ES-11/1' AND state = 'IND'
