-- +goose Up
CREATE TABLE events (id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL);

-- +goose Down
DROP TABLE events;
