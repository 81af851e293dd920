INSERT INTO accounts (id, owner) VALUES (1, 'ada'), (2, 'grace');
INSERT INTO entries (account, cents, note) VALUES (1, 12500, 'opening'), (2, 9900, 'opening');
