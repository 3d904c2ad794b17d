SELECT year, COUNT(*) AS events, SUM(yesCount) AS yes, SUM(noCount) AS "no",
  SUM(abstentionCount) AS abstaining
FROM events
WHERE body = 'GeneralAssembly'
GROUP BY year
