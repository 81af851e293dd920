CREATE INDEX documents_text ON documents USING gin (to_tsvector('english', body));
