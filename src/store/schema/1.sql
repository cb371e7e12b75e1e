-- Version 1. Released scripts never change; the next version is a new file.
-- AUTOINCREMENT where ids are handed out: browsers keep pictures by id, so that none may ever be given twice.

CREATE TABLE "user" (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL COLLATE NOCASE UNIQUE,
	password_hash TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('owner', 'member')),
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
	token_hash BLOB PRIMARY KEY,
	user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	seen_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_user ON session (user_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE photo (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
	name TEXT NOT NULL,
	blob_key TEXT,
	in_place_path TEXT,
	mime TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('photo', 'video')),
	bytes INTEGER NOT NULL,
	added_at INTEGER NOT NULL,
	mtime INTEGER NOT NULL,
	moment INTEGER NOT NULL, -- what it is sorted by: moment.h
	month INTEGER NOT NULL,
	taken TEXT,
	subsec TEXT,
	utc_offset TEXT,
	offset_source TEXT,
	width INTEGER,
	height INTEGER,
	orientation INTEGER,
	lat REAL,
	lon REAL,
	alt REAL,
	make TEXT,
	model TEXT,
	lens TEXT,
	iso INTEGER,
	f_number REAL,
	exposure_s REAL,
	focal_mm REAL,
	rating INTEGER,
	description TEXT,
	keywords TEXT,
	duration_s REAL,
	frames INTEGER,
	phash INTEGER,
	blurhash TEXT,
	developed_at INTEGER,
	guessed_at INTEGER,
	trashed_at INTEGER,
	shown_class TEXT NOT NULL DEFAULT 'none' -- the newest fact that holds, else the guess: shown.h
		CHECK (shown_class IN ('people', 'animals', 'landscape', 'vehicles', 'buildings', 'none')),
	shown_confidence REAL,
	CHECK ((blob_key IS NULL) <> (in_place_path IS NULL)),
	UNIQUE (sha256, owner)
) STRICT;
CREATE INDEX photo_timeline ON photo (owner, moment, id) WHERE trashed_at IS NULL;
CREATE INDEX photo_class ON photo (owner, shown_class, moment, id) WHERE trashed_at IS NULL;
CREATE INDEX photo_trash ON photo (owner, moment, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX photo_unguessed ON photo (id) WHERE developed_at IS NOT NULL AND guessed_at IS NULL;

CREATE TABLE guess (
	photo INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
	model TEXT NOT NULL,
	version TEXT NOT NULL,
	class TEXT NOT NULL CHECK (class IN ('people', 'animals', 'landscape', 'vehicles', 'buildings', 'none')),
	confidence REAL NOT NULL,
	people REAL NOT NULL,
	animals REAL NOT NULL,
	landscape REAL NOT NULL,
	vehicles REAL NOT NULL,
	buildings REAL NOT NULL
) STRICT;
CREATE INDEX guess_version ON guess (version);

CREATE TABLE label (
	photo INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	confidence REAL NOT NULL,
	PRIMARY KEY (photo, name)
) STRICT, WITHOUT ROWID;

-- Belongs to the content, not to the row of the photo: it outlives a deletion and applies again when the photo comes back.
CREATE TABLE fact (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	sha256 BLOB NOT NULL,
	kind TEXT NOT NULL CHECK (kind = 'class'),
	value TEXT NOT NULL CHECK (value IN ('people', 'animals', 'landscape', 'vehicles', 'buildings', 'none')),
	at INTEGER NOT NULL,
	undone_at INTEGER
) STRICT;
CREATE INDEX fact_content ON fact (sha256, owner, kind, id);
CREATE INDEX fact_owner ON fact (owner, id);

CREATE TABLE tombstone (
	owner INTEGER NOT NULL REFERENCES "user" (id),
	sha256 BLOB NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (owner, sha256)
) STRICT, WITHOUT ROWID;

-- Words for the search, one row for each photo under its id.
CREATE VIRTUAL TABLE photo_text USING fts5 (words, tokenize = 'unicode61 remove_diacritics 2');

CREATE TABLE job (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	photo INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('develop', 'classify')),
	priority INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	run_after INTEGER NOT NULL,
	leased_at INTEGER,
	reason TEXT,
	state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'leased', 'aside')),
	UNIQUE (photo, kind)
) STRICT;
CREATE INDEX job_due ON job (state, priority DESC, id);

CREATE TABLE album (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	owner INTEGER NOT NULL REFERENCES "user" (id),
	name TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	cover INTEGER REFERENCES photo (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX album_owner ON album (owner);
CREATE INDEX album_cover ON album (cover);

CREATE TABLE album_photo (
	album INTEGER NOT NULL REFERENCES album (id) ON DELETE CASCADE,
	photo INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
	added_at INTEGER NOT NULL,
	PRIMARY KEY (album, photo)
) STRICT, WITHOUT ROWID;
CREATE INDEX album_photo_photo ON album_photo (photo);

CREATE TABLE source (
	owner INTEGER NOT NULL REFERENCES "user" (id),
	path TEXT NOT NULL,
	size INTEGER NOT NULL,
	mtime_ns INTEGER NOT NULL,
	sha256 BLOB NOT NULL,
	PRIMARY KEY (owner, path)
) STRICT, WITHOUT ROWID;

-- Files without a row that are still to be removed.
CREATE TABLE removal (
	kind TEXT NOT NULL CHECK (kind IN ('original', 'derived')),
	key TEXT NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Counters behind the months, the smart albums and the totals: a few thousand rows stand for any number of photos. Kept by
-- triggers, so that nobody who writes a photo can forget them; tt_store_check() compares them with the photos.
CREATE TABLE tally (
	owner INTEGER NOT NULL,
	trashed INTEGER NOT NULL,
	class TEXT NOT NULL,
	month INTEGER NOT NULL,
	photos INTEGER NOT NULL, -- videos included
	videos INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	guessed INTEGER NOT NULL, -- photos that a guess put here
	confidence REAL NOT NULL, -- sum over those
	PRIMARY KEY (owner, trashed, class, month)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER photo_tally_add AFTER INSERT ON photo BEGIN
	INSERT INTO tally VALUES (NEW.owner, NEW.trashed_at IS NOT NULL, NEW.shown_class, NEW.month, 1, NEW.kind = 'video',
		NEW.bytes, NEW.shown_confidence IS NOT NULL, coalesce(NEW.shown_confidence, 0))
	ON CONFLICT (owner, trashed, class, month) DO UPDATE SET photos = photos + 1, videos = videos + excluded.videos,
		bytes = bytes + excluded.bytes, guessed = guessed + excluded.guessed,
		confidence = confidence + excluded.confidence;
END;

CREATE TRIGGER photo_tally_take AFTER DELETE ON photo BEGIN
	UPDATE tally SET photos = photos - 1, videos = videos - (OLD.kind = 'video'), bytes = bytes - OLD.bytes,
		guessed = guessed - (OLD.shown_confidence IS NOT NULL),
		confidence = confidence - coalesce(OLD.shown_confidence, 0)
	WHERE owner = OLD.owner AND trashed = (OLD.trashed_at IS NOT NULL) AND class = OLD.shown_class
		AND month = OLD.month;
END;

CREATE TRIGGER photo_tally_move AFTER UPDATE OF owner, month, kind, bytes, trashed_at, shown_class, shown_confidence
ON photo BEGIN
	UPDATE tally SET photos = photos - 1, videos = videos - (OLD.kind = 'video'), bytes = bytes - OLD.bytes,
		guessed = guessed - (OLD.shown_confidence IS NOT NULL),
		confidence = confidence - coalesce(OLD.shown_confidence, 0)
	WHERE owner = OLD.owner AND trashed = (OLD.trashed_at IS NOT NULL) AND class = OLD.shown_class
		AND month = OLD.month;
	INSERT INTO tally VALUES (NEW.owner, NEW.trashed_at IS NOT NULL, NEW.shown_class, NEW.month, 1, NEW.kind = 'video',
		NEW.bytes, NEW.shown_confidence IS NOT NULL, coalesce(NEW.shown_confidence, 0))
	ON CONFLICT (owner, trashed, class, month) DO UPDATE SET photos = photos + 1, videos = videos + excluded.videos,
		bytes = bytes + excluded.bytes, guessed = guessed + excluded.guessed,
		confidence = confidence + excluded.confidence;
END;
