CREATE TABLE reservations (id BIGINT PRIMARY KEY, sku TEXT NOT NULL, until TIMESTAMPTZ NOT NULL);
-- The table is called items: this statement fails.
ALTER TABLE reservations ADD FOREIGN KEY (sku) REFERENCES item (sku);
