-- UP
CREATE VIEW balances AS
SELECT accounts.id, accounts.owner, COALESCE(SUM(entries.cents), 0) AS cents
FROM accounts LEFT JOIN entries ON entries.account = accounts.id
GROUP BY accounts.id;

-- Entries are never changed once they are written.
CREATE TRIGGER entries_are_final BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries are final; write a correcting one');
END;

-- DOWN
DROP TRIGGER entries_are_final;
DROP VIEW balances;
