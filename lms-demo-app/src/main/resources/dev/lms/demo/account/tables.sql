-- Run once, in the transaction that makes a new database.

CREATE TABLE users (
  username TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  role     TEXT NOT NULL CHECK (role IN ('admin', 'instructor', 'student')),
  password TEXT NOT NULL,              -- Argon2id, as a PHC string
  sample   INTEGER NOT NULL DEFAULT 0  -- 1: its password is public, see Users
) STRICT, WITHOUT ROWID;
