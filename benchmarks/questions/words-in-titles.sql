SELECT symbol, date, title
FROM events
WHERE contains(lower(title), 'ukraine')
