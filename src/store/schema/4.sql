-- Version 4: classes of an owner's own.

-- A class that a user made: its name, what was learnt of it, and how that did on examples that were left out.
CREATE TABLE own_class (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	name TEXT NOT NULL CHECK (length(name) > 0),
	created_at INTEGER NOT NULL,
	removed_at INTEGER, -- it can be brought back
	said INTEGER NOT NULL DEFAULT 0, -- counts facts and undos
	-- what was learnt
	version INTEGER NOT NULL DEFAULT 0, -- counts tries
	model_version TEXT NOT NULL DEFAULT '',
	learnt_from INTEGER NOT NULL DEFAULT -1, -- the value of said then
	made_at INTEGER NOT NULL DEFAULT 0,
	weights BLOB, -- null: it was not good enough, or there is none yet
	yes INTEGER NOT NULL DEFAULT 0, -- examples, each left out while it was judged, and how many of these were taken
	yes_taken INTEGER NOT NULL DEFAULT 0,
	no INTEGER NOT NULL DEFAULT 0,
	no_taken INTEGER NOT NULL DEFAULT 0,
	others INTEGER NOT NULL DEFAULT 0, -- photos that the user said nothing of, the same
	others_taken INTEGER NOT NULL DEFAULT 0,
	seen INTEGER NOT NULL DEFAULT 0 -- photos that there were to tell it from, up to as many as are looked at
) STRICT;
CREATE INDEX own_class_owner ON own_class (owner);
CREATE UNIQUE INDEX own_class_name ON own_class (owner, name COLLATE NOCASE) WHERE removed_at IS NULL;

-- Whether a photo belongs to a class: what the user said, by content, so that it outlives photos, models and settings.
CREATE TABLE class_fact (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	class INTEGER NOT NULL REFERENCES own_class (id),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	says INTEGER NOT NULL CHECK (says IN (0, 1)),
	guessed INTEGER NOT NULL CHECK (guessed IN (0, 1)), -- a guess had put the photo in when it was said
	at INTEGER NOT NULL,
	undone_at INTEGER
) STRICT;
CREATE INDEX class_fact_content ON class_fact (sha256, owner, class, id);
CREATE INDEX class_fact_class ON class_fact (class, id);

-- What follows for each photo: the newest fact that holds, else the guess. A guess below a quarter leaves no row.
CREATE TABLE class_photo (
	class INTEGER NOT NULL REFERENCES own_class (id),
	photo INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
	said INTEGER CHECK (said IN (0, 1)),
	p REAL, -- 0.5 is the line
	shown INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(said, p >= 0.5)) STORED,
	PRIMARY KEY (class, photo),
	CHECK (said IS NOT NULL OR p IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX class_photo_photo ON class_photo (photo);

-- Which photos are still to be looked at: those whose look is older than the owner's.
CREATE TABLE class_look (
	photo INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
	owner INTEGER NOT NULL,
	look INTEGER NOT NULL
) STRICT;
CREATE INDEX class_look_due ON class_look (owner, look, photo);
ALTER TABLE "user" ADD COLUMN class_look INTEGER NOT NULL DEFAULT 1; -- counts up when a class learns something

INSERT INTO class_look (photo, owner, look) SELECT x.photo, p.owner, 0 FROM feature x JOIN photo p ON p.id = x.photo;

CREATE TRIGGER class_look_new AFTER INSERT ON feature BEGIN
	INSERT INTO class_look (photo, owner, look) SELECT id, owner, 0 FROM photo WHERE id = NEW.photo
	ON CONFLICT (photo) DO UPDATE SET look = 0;
END;

CREATE TRIGGER class_look_again AFTER UPDATE ON feature BEGIN
	UPDATE class_look SET look = 0 WHERE photo = NEW.photo;
END;

-- What was said of a content holds again when the photo comes back.
CREATE TRIGGER class_photo_returns AFTER INSERT ON photo BEGIN
	INSERT INTO class_photo (class, photo, said)
	SELECT f.class, NEW.id, f.says FROM class_fact f
	WHERE f.sha256 = NEW.sha256 AND f.owner = NEW.owner AND f.undone_at IS NULL AND NOT EXISTS (
		SELECT 1 FROM class_fact n WHERE n.sha256 = f.sha256 AND n.owner = f.owner AND n.class = f.class
			AND n.undone_at IS NULL AND n.id > f.id);
END;
