-- From version 1 to version 2 of the schema.

ALTER TABLE courses ADD COLUMN level TEXT NOT NULL DEFAULT 'beginner' CHECK (level IN ('beginner', 'intermediate', 'advanced'));
ALTER TABLE courses ADD COLUMN state TEXT NOT NULL DEFAULT 'published' CHECK (state IN ('draft', 'published', 'archived'));
ALTER TABLE courses ADD COLUMN published_at INTEGER NOT NULL DEFAULT 0;

-- The courses of the sample catalogue say their level in their code.
UPDATE courses SET level = 'intermediate' WHERE code LIKE '%2__';
UPDATE courses SET level = 'advanced' WHERE code LIKE '%3__';
