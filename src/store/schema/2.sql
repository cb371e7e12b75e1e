-- Version 2: learning from corrections.

-- What the network saw of a photo, and its own answer to it: what a user's own head is fitted on and applied to.
CREATE TABLE feature (
	photo INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
	model_version TEXT NOT NULL,
	features BLOB NOT NULL,
	shipped BLOB NOT NULL CHECK (length(shipped) = 20) -- five floats: people, animals, landscape, vehicles, buildings
) STRICT;

-- Each time that tintype learnt from a user. One at most is in use; the others keep their figures, not their weights.
CREATE TABLE head (
	owner INTEGER NOT NULL REFERENCES "user" (id),
	version INTEGER NOT NULL,
	model_version TEXT NOT NULL,
	weights BLOB,
	made_at INTEGER NOT NULL,
	corrections INTEGER NOT NULL,
	right_before INTEGER NOT NULL, -- of these corrections, by the shipped head
	right_after INTEGER NOT NULL, -- by a head that had not seen the correction
	last_fact INTEGER NOT NULL,
	active INTEGER NOT NULL CHECK (active IN (0, 1)),
	PRIMARY KEY (owner, version),
	CHECK (active = 0 OR weights IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX head_active ON head (owner) WHERE active = 1;

-- What is in a library of before gets its features in the background.
INSERT INTO job (photo, kind, priority, run_after) SELECT photo, 'classify', 10, 0 FROM guess WHERE true
ON CONFLICT (photo, kind) DO NOTHING;
