-- Version 3: people.

-- A person of an owner's. Name, birth and the rest follow from face_fact; uid is what facts know it by.
CREATE TABLE person (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	uid TEXT NOT NULL CHECK (length(uid) = 32),
	name TEXT NOT NULL DEFAULT '',
	born TEXT, -- YYYY-MM-DD
	cover_face INTEGER REFERENCES face (id) ON DELETE SET NULL,
	hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
	created_at INTEGER NOT NULL,
	-- kept by triggers, over faces that are shown
	faces INTEGER NOT NULL DEFAULT 0,
	photos INTEGER NOT NULL DEFAULT 0,
	guessed INTEGER NOT NULL DEFAULT 0, -- faces that a guess put here
	confidence REAL NOT NULL DEFAULT 0, -- sum over those
	UNIQUE (owner, uid)
) STRICT;
CREATE INDEX person_cover ON person (cover_face);

CREATE TABLE face (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	photo INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	x REAL NOT NULL, -- the box in fractions of the upright photo
	y REAL NOT NULL,
	w REAL NOT NULL CHECK (w > 0),
	h REAL NOT NULL CHECK (h > 0),
	confidence REAL NOT NULL,
	quality REAL NOT NULL,
	px INTEGER NOT NULL,
	yaw REAL NOT NULL,
	landmarks BLOB CHECK (length(landmarks) = 40), -- ten floats
	vector BLOB CHECK (length(vector) = 256), -- int8, a unit vector times 127
	model TEXT, -- version of the model that the vector is of
	source TEXT NOT NULL CHECK (source IN ('found', 'drawn')),
	person INTEGER REFERENCES person (id) ON DELETE SET NULL,
	person_confidence REAL,
	guess INTEGER REFERENCES person (id) ON DELETE SET NULL, -- what the machine says; person is that, overruled by facts
	guess_confidence REAL,
	said INTEGER NOT NULL DEFAULT 0 CHECK (said IN (0, 1)), -- the user said who it is
	hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)), -- the user said that it is no face
	-- the photo's, kept by triggers: pages of a person's photos are read from one index
	moment INTEGER NOT NULL,
	month INTEGER NOT NULL,
	trashed INTEGER NOT NULL CHECK (trashed IN (0, 1))
) STRICT;
CREATE INDEX face_photo ON face (photo, owner, person);
CREATE INDEX face_owner ON face (owner, id);
CREATE INDEX face_person ON face (owner, person, moment, photo, id, month, hidden, trashed)
	WHERE hidden = 0 AND trashed = 0;
CREATE INDEX face_best ON face (owner, person, quality) WHERE hidden = 0 AND trashed = 0;
CREATE INDEX face_guess ON face (guess);
CREATE INDEX face_drawn ON face (photo) WHERE source = 'drawn' AND model IS NULL; -- not yet looked at
CREATE INDEX face_of ON face (person); -- also those that are not shown, when a person goes

-- What the user said of faces and persons: append-only, keyed by content and box, so that it outlives faces and photos.
CREATE TABLE face_fact (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	kind TEXT NOT NULL CHECK (kind IN ('is', 'is_not', 'same', 'different', 'not_a_face', 'drawn', 'name', 'merge',
		'hide', 'show', 'cover', 'born', 'unsure')),
	sha256 BLOB CHECK (length(sha256) = 32),
	x REAL,
	y REAL,
	w REAL,
	h REAL,
	other_sha256 BLOB CHECK (length(other_sha256) = 32),
	ox REAL,
	oy REAL,
	ow REAL,
	oh REAL,
	person_uid TEXT,
	other_uid TEXT,
	value TEXT,
	at INTEGER NOT NULL,
	undone_at INTEGER
) STRICT;
CREATE INDEX face_fact_owner ON face_fact (owner, id);

-- Which version of the face models has looked at the photo.
ALTER TABLE photo ADD COLUMN faces_model TEXT;
CREATE INDEX photo_faces_model ON photo (faces_model) WHERE developed_at IS NOT NULL;

CREATE TRIGGER face_photo_moves AFTER UPDATE OF moment, month, trashed_at ON photo BEGIN
	UPDATE face SET moment = NEW.moment, month = NEW.month, trashed = NEW.trashed_at IS NOT NULL
	WHERE photo = NEW.id AND (moment <> NEW.moment OR month <> NEW.month OR trashed <> (NEW.trashed_at IS NOT NULL));
END;

CREATE TRIGGER face_count_add AFTER INSERT ON face WHEN NEW.person IS NOT NULL AND NEW.hidden = 0 AND NEW.trashed = 0
BEGIN
	UPDATE person SET faces = faces + 1, guessed = guessed + (NEW.person_confidence IS NOT NULL),
		confidence = confidence + coalesce(NEW.person_confidence, 0),
		photos = photos + NOT EXISTS (SELECT 1 FROM face f WHERE f.photo = NEW.photo AND f.owner = NEW.owner
			AND f.person = NEW.person AND f.id <> NEW.id AND f.hidden = 0 AND f.trashed = 0)
	WHERE id = NEW.person;
END;

CREATE TRIGGER face_count_take AFTER DELETE ON face WHEN OLD.person IS NOT NULL AND OLD.hidden = 0 AND OLD.trashed = 0
BEGIN
	UPDATE person SET faces = faces - 1, guessed = guessed - (OLD.person_confidence IS NOT NULL),
		confidence = confidence - coalesce(OLD.person_confidence, 0),
		photos = photos - NOT EXISTS (SELECT 1 FROM face f WHERE f.photo = OLD.photo AND f.owner = OLD.owner
			AND f.person = OLD.person AND f.id <> OLD.id AND f.hidden = 0 AND f.trashed = 0)
	WHERE id = OLD.person;
END;

CREATE TRIGGER face_count_leave AFTER UPDATE OF person, person_confidence, hidden, trashed ON face
WHEN OLD.person IS NOT NULL AND OLD.hidden = 0 AND OLD.trashed = 0
BEGIN
	UPDATE person SET faces = faces - 1, guessed = guessed - (OLD.person_confidence IS NOT NULL),
		confidence = confidence - coalesce(OLD.person_confidence, 0),
		photos = photos - NOT EXISTS (SELECT 1 FROM face f WHERE f.photo = OLD.photo AND f.owner = OLD.owner
			AND f.person = OLD.person AND f.id <> OLD.id AND f.hidden = 0 AND f.trashed = 0)
	WHERE id = OLD.person;
END;

CREATE TRIGGER face_count_join AFTER UPDATE OF person, person_confidence, hidden, trashed ON face
WHEN NEW.person IS NOT NULL AND NEW.hidden = 0 AND NEW.trashed = 0
BEGIN
	UPDATE person SET faces = faces + 1, guessed = guessed + (NEW.person_confidence IS NOT NULL),
		confidence = confidence + coalesce(NEW.person_confidence, 0),
		photos = photos + NOT EXISTS (SELECT 1 FROM face f WHERE f.photo = NEW.photo AND f.owner = NEW.owner
			AND f.person = NEW.person AND f.id <> NEW.id AND f.hidden = 0 AND f.trashed = 0)
	WHERE id = NEW.person;
END;

-- Jobs of a further kind. What a constraint allows can only be changed with a new table.
CREATE TABLE job_with_faces (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	photo INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('develop', 'classify', 'faces')),
	priority INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	run_after INTEGER NOT NULL,
	leased_at INTEGER,
	reason TEXT,
	state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'aside')),
	UNIQUE (photo, kind)
) STRICT;
INSERT INTO job_with_faces (id, photo, kind, priority, tries, run_after, leased_at, reason, state)
SELECT id, photo, kind, priority, tries, run_after, leased_at, reason, state FROM job;
DROP TABLE job;
ALTER TABLE job_with_faces RENAME TO job;
CREATE INDEX job_due ON job (state, priority DESC, id);
