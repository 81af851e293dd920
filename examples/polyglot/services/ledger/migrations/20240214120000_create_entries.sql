-- UP
CREATE TABLE entries (
    id      INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (id),
    cents   INTEGER NOT NULL,
    note    TEXT
);
CREATE INDEX entries_by_account ON entries (account);

-- DOWN
DROP INDEX entries_by_account;
DROP TABLE entries;
