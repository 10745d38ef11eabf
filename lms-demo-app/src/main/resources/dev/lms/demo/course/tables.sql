-- Run once, in the transaction that makes a new database.

CREATE TABLE courses (
  code        TEXT PRIMARY KEY,
  title       TEXT NOT NULL,
  description TEXT NOT NULL,
  credits     INTEGER NOT NULL,
  teacher     TEXT NOT NULL,                     -- the name readers see
  instructor  TEXT REFERENCES users (username),  -- the account that may edit, if there is one
  level       TEXT NOT NULL DEFAULT 'beginner' CHECK (level IN ('beginner', 'intermediate', 'advanced')),
  state       TEXT NOT NULL DEFAULT 'published' CHECK (state IN ('draft', 'published', 'archived')),
  published_at INTEGER NOT NULL DEFAULT 0        -- milliseconds since 1970 UTC, 0 for never or long ago
) STRICT, WITHOUT ROWID;

CREATE TABLE course_tags (
  course TEXT NOT NULL REFERENCES courses (code),
  tag    TEXT NOT NULL,
  PRIMARY KEY (course, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX course_tags_by_tag ON course_tags (tag, course);

CREATE TABLE resources (
  id       TEXT PRIMARY KEY,
  course   TEXT NOT NULL REFERENCES courses (code),
  position INTEGER NOT NULL,
  title    TEXT NOT NULL,
  body     TEXT NOT NULL,
  UNIQUE (course, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolments (
  course      TEXT NOT NULL REFERENCES courses (code),
  username    TEXT NOT NULL REFERENCES users (username),
  enrolled_at INTEGER NOT NULL,  -- milliseconds since 1970 UTC
  PRIMARY KEY (course, username)
) STRICT, WITHOUT ROWID;

CREATE INDEX enrolments_by_username ON enrolments (username, course);
