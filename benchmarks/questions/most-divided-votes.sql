SELECT event, year, yesCount - noCount AS margin, yesCount AS yes, noCount AS "no"
FROM events
WHERE body = 'GeneralAssembly' AND abs(yesCount - noCount) <= 5
