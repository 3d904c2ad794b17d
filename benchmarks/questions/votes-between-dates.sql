SELECT event, date, yesCount AS yes, noCount AS "no", abstentionCount AS abstaining
FROM events
WHERE date BETWEEN DATE '2022-02-24' AND DATE '2023-02-24'
  AND yesCount IS NOT NULL AND noCount IS NOT NULL AND abstentionCount IS NOT NULL
