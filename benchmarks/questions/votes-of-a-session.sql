SELECT symbol, yesCount AS yes, noCount AS "no", abstentionCount AS abstaining
FROM events
WHERE session = '74' AND symbol IS NOT NULL
  AND yesCount IS NOT NULL AND noCount IS NOT NULL AND abstentionCount IS NOT NULL
