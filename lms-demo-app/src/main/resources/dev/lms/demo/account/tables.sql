-- Run once, in the transaction that makes a new database.

CREATE TABLE users (
  username TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  roles    TEXT NOT NULL,              -- admin, instructor, student, with spaces between
  password TEXT NOT NULL,              -- Argon2id, as a PHC string
  sample   INTEGER NOT NULL DEFAULT 0, -- 1: its password is public, see Users
  disabled INTEGER NOT NULL DEFAULT 0  -- 1: cannot sign in for now
) STRICT, WITHOUT ROWID;
