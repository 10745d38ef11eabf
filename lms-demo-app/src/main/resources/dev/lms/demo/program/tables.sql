-- Run once, in the transaction that makes a new database.

CREATE TABLE programs (
  code        TEXT PRIMARY KEY,
  position    INTEGER NOT NULL,
  title       TEXT NOT NULL,
  description TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE program_courses (
  program  TEXT NOT NULL REFERENCES programs (code),
  position INTEGER NOT NULL,
  course   TEXT NOT NULL REFERENCES courses (code),
  PRIMARY KEY (program, position),
  UNIQUE (program, course)
) STRICT, WITHOUT ROWID;

CREATE INDEX program_courses_by_course ON program_courses (course, program);
