-- Sessions of dev.lms.session.jdbc.JdbcSessionStore in PostgreSQL. The store runs this by itself where its
-- tables are missing; run it yourself where its user may not create tables. Running it again does no harm.
--
-- lms_session: one row for each session (kind 0) and, until it ends, for each id that a session had before
-- (kind 1: where it went). Times are milliseconds since 1970 by the clock of whoever wrote them. content is
-- what the session holds, version its MAC; person is a keyed hash; root is the id at sign-in. While sessions
-- move to or from another store: kind 2 is on its way there, 3 has gone there, 4 has ended; 5 is a note.

CREATE TABLE IF NOT EXISTS lms_session (
  id VARCHAR(32) COLLATE "C" NOT NULL PRIMARY KEY,
  kind SMALLINT NOT NULL,
  version BYTEA NOT NULL,
  deadline BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  created BIGINT NOT NULL,
  signed_in BIGINT NOT NULL,
  person VARCHAR(32) COLLATE "C",
  root VARCHAR(32) COLLATE "C" NOT NULL,
  content BYTEA NOT NULL
);
CREATE INDEX IF NOT EXISTS lms_session_deadline ON lms_session (deadline);
CREATE INDEX IF NOT EXISTS lms_session_person ON lms_session (person, signed_in) WHERE person IS NOT NULL;

-- lms_session_lock: a row to lock for what concerns all sessions of a person (0 to 63, by a hash of theirs),
-- and one (-1) that says when sessions that have ended are swept again, and until when somebody does it.
CREATE TABLE IF NOT EXISTS lms_session_lock (
  stripe SMALLINT NOT NULL PRIMARY KEY,
  due BIGINT NOT NULL,
  lease BIGINT NOT NULL
);
INSERT INTO lms_session_lock (stripe, due, lease) VALUES
  (-1, 0, 0),
  (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0), (7, 0, 0),
  (8, 0, 0), (9, 0, 0), (10, 0, 0), (11, 0, 0), (12, 0, 0), (13, 0, 0), (14, 0, 0), (15, 0, 0),
  (16, 0, 0), (17, 0, 0), (18, 0, 0), (19, 0, 0), (20, 0, 0), (21, 0, 0), (22, 0, 0), (23, 0, 0),
  (24, 0, 0), (25, 0, 0), (26, 0, 0), (27, 0, 0), (28, 0, 0), (29, 0, 0), (30, 0, 0), (31, 0, 0),
  (32, 0, 0), (33, 0, 0), (34, 0, 0), (35, 0, 0), (36, 0, 0), (37, 0, 0), (38, 0, 0), (39, 0, 0),
  (40, 0, 0), (41, 0, 0), (42, 0, 0), (43, 0, 0), (44, 0, 0), (45, 0, 0), (46, 0, 0), (47, 0, 0),
  (48, 0, 0), (49, 0, 0), (50, 0, 0), (51, 0, 0), (52, 0, 0), (53, 0, 0), (54, 0, 0), (55, 0, 0),
  (56, 0, 0), (57, 0, 0), (58, 0, 0), (59, 0, 0), (60, 0, 0), (61, 0, 0), (62, 0, 0), (63, 0, 0)
ON CONFLICT DO NOTHING;
