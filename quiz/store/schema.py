"""The tables of the record, as scripts that each bring it one version further."""

# Version n of the schema is what the first n scripts make; released scripts are never edited.
MIGRATIONS = (
    """
    CREATE TABLE attempt (
        id           INTEGER PRIMARY KEY,
        question     TEXT NOT NULL,
        bank_version TEXT NOT NULL,               -- of the question, as it was asked
        lang         TEXT NOT NULL CHECK (lang IN ('fr', 'en')),
        answer       TEXT NOT NULL,
        verdict      TEXT NOT NULL,
        found        TEXT NOT NULL,               -- JSON lists of idea ids
        missing      TEXT NOT NULL,
        contradicted TEXT NOT NULL,
        asked_at     TEXT NOT NULL,               -- ISO 8601, UTC
        answered_at  TEXT NOT NULL,
        contested    INTEGER NOT NULL DEFAULT 0,
        comment      TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX attempt_question ON attempt (question, id);
    """,
    """
    ALTER TABLE attempt ADD COLUMN kind TEXT NOT NULL DEFAULT 'open';      -- open, choice, ordering, matching
    ALTER TABLE attempt ADD COLUMN mode TEXT NOT NULL DEFAULT 'practice';  -- in which it was answered
    ALTER TABLE attempt ADD COLUMN credit REAL NOT NULL DEFAULT 0;         -- from 0 to 1
    UPDATE attempt SET credit = CASE verdict WHEN 'correct' THEN 1 WHEN 'partial' THEN 0.5 ELSE 0 END;
    CREATE TABLE exam (
        id          TEXT PRIMARY KEY,
        started_at  TEXT NOT NULL,
        finished_at TEXT,
        state       TEXT NOT NULL                 -- quiz.exams.state.ExamState as JSON
    );
    CREATE UNIQUE INDEX exam_running ON exam (finished_at IS NULL) WHERE finished_at IS NULL;  -- one at a time
    CREATE TABLE card (
        question TEXT PRIMARY KEY,
        due      TEXT NOT NULL,
        memory   TEXT NOT NULL                    -- FSRS's state as JSON
    );
    """,
)
