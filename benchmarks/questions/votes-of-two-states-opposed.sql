SELECT event, year, yesCount AS yes, noCount AS no
FROM events JOIN votes AS ours USING (event) JOIN votes AS theirs USING (event)
WHERE ours.state = 'IND' AND ours.option = 'Yes' AND theirs.state = 'USA' AND theirs.option = 'No'
  AND yesCount IS NOT NULL AND noCount IS NOT NULL
