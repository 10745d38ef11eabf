-- Run once, in the transaction that makes a new database or brings one from version 1 to 2.

CREATE TABLE lesson_progress (
  username TEXT NOT NULL REFERENCES users (username),
  resource TEXT NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
  done_at  INTEGER NOT NULL,  -- milliseconds since 1970 UTC
  PRIMARY KEY (username, resource)
) STRICT, WITHOUT ROWID;

CREATE INDEX lesson_progress_by_resource ON lesson_progress (resource, username);
