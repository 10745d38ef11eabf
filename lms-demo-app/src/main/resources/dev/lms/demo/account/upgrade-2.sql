-- People may have several roles, and may be kept out for a while.

ALTER TABLE users ADD COLUMN roles TEXT NOT NULL DEFAULT '';
UPDATE users SET roles = role;
ALTER TABLE users DROP COLUMN role;
ALTER TABLE users ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
