SELECT symbol, yesCount AS yes, noCount AS "no", abstentionCount AS abstaining
FROM events
WHERE session = '74' AND symbol IS NOT NULL
