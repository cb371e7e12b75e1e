/* A line of `tintype facts import`: what was read is whole, and is read again as it is written. */
#include "people/lines.h"

#include "fuzz.h"
#include "people/replay.h"

#include <math.h>
#include <string.h>

static void check_box(bool has, const struct tt_box *b)
{
	const float sides[4] = { b->x, b->y, b->w, b->h };

	for (int i = 0; has && i < 4; i++)
		PROMISE(isfinite(sides[i]) && fabsf(sides[i]) <= 4);
	PROMISE(!has || (b->w > 0 && b->h > 0));
}

static void check_uid(const char *uid)
{
	PROMISE(!uid || (strlen(uid) == 32 && strspn(uid, "0123456789abcdef") == 32));
}

static void check_line(const struct tt_line *line)
{
	const struct tt_face_fact *f = &line->face;

	if (line->is_correction) {
		PROMISE(line->correction.cls >= TT_NO_CLASS && line->correction.cls < TT_STORE_CLASSES);
		PROMISE(line->correction.at >= 0);
		return;
	}
	PROMISE(f->kind && tt_said_kind_of(f->kind) < TT_SAID_KINDS && f->at >= 0);
	PROMISE(f->has_face || f->person_uid);
	check_uid(f->person_uid);
	check_uid(f->other_uid);
	check_box(f->has_face, &f->box);
	check_box(f->has_other, &f->other);
}

static int written(const struct tt_line *line, char **text, struct tt_err *err)
{
	return line->is_correction ? tt_line_of_correction(&line->correction, text, err)
				   : tt_line_of_face_fact(&line->face, text, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tt_arena arena = { .max = 1 << 20 };
	struct tt_line line, again;
	struct tt_err err = { 0 };
	char *text = NULL, *twice = NULL;
	int rc = tt_line_read((struct tt_str){ (const char *)data, size }, &arena, &line, &err);

	PROMISE((rc < 0) == (err.msg[0] != 0));
	if (rc == 0) {
		check_line(&line);
		PROMISE(written(&line, &text, &err) == 0);
		PROMISE(tt_line_read(tt_str_of(text), &arena, &again, &err) == 0);
		check_line(&again);
		PROMISE(written(&again, &twice, &err) == 0 && strcmp(text, twice) == 0);
		free(text);
		free(twice);
	}
	tt_arena_free(&arena);
	return 0;
}
