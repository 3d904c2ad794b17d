SELECT year, COUNT(*) AS events, SUM(yesCount) AS yes, SUM(noCount) AS "no",
  SUM(abstentionCount) AS abstaining
FROM events
WHERE body = 'GeneralAssembly'
  AND yesCount IS NOT NULL AND noCount IS NOT NULL AND abstentionCount IS NOT NULL
GROUP BY year
