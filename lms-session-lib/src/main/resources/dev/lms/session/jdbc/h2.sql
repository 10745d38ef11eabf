-- Sessions of dev.lms.session.jdbc.JdbcSessionStore in H2. The store runs this by itself where its
-- tables are missing; run it yourself where its user may not create tables. Running it again does no harm.
--
-- lms_session: one row for each session (kind 0) and, until it ends, for each id that a session had before
-- (kind 1: where it went). Times are milliseconds since 1970 by the clock of whoever wrote them. content is
-- what the session holds, version its MAC; person is a keyed hash; root is the id at sign-in. While sessions
-- move to or from another store: kind 2 is on its way there, 3 has gone there, 4 has ended; 5 is a note.

CREATE TABLE IF NOT EXISTS lms_session (
  id VARCHAR(32) NOT NULL PRIMARY KEY,
  kind SMALLINT NOT NULL,
  version VARBINARY(16) NOT NULL,
  deadline BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  created BIGINT NOT NULL,
  signed_in BIGINT NOT NULL,
  person VARCHAR(32),
  root VARCHAR(32) NOT NULL,
  content VARBINARY(1048576) NOT NULL
);
CREATE INDEX IF NOT EXISTS lms_session_deadline ON lms_session (deadline);
CREATE INDEX IF NOT EXISTS lms_session_person ON lms_session (person, signed_in);

-- lms_session_lock: a row to lock for what concerns all sessions of a person (0 to 63, by a hash of theirs),
-- and one (-1) that says when sessions that have ended are swept again, and until when somebody does it.
CREATE TABLE IF NOT EXISTS lms_session_lock (
  stripe SMALLINT NOT NULL PRIMARY KEY,
  due BIGINT NOT NULL,
  lease BIGINT NOT NULL
);
INSERT INTO lms_session_lock (stripe, due, lease)
SELECT X - 1, 0, 0 FROM SYSTEM_RANGE(0, 64)
WHERE NOT EXISTS (SELECT 1 FROM lms_session_lock);
