SELECT topic, COUNT(*) AS votes
FROM (SELECT unnest(topics) AS topic FROM events)
GROUP BY topic
