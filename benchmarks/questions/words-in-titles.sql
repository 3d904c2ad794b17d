SELECT symbol, year, title
FROM events
WHERE contains(lower(title), 'ukraine')
