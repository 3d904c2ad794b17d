SELECT state, name, option
FROM votes JOIN events USING (event) JOIN states USING (state)
WHERE symbol = 'A/RES/ES-11/6'
