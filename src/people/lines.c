/* Interface: lines.h. */
#include "people/lines.h"

#include "base/json.h"
#include "people/replay.h"
#include "store/class.h"

#include <math.h>
#include <string.h>

enum { VALUE_MAX = 1000 };

static const char of_class[] = "class";

static int no_memory(struct tt_err *err)
{
	return tt_err_set(err, TT_ENOMEM, "out of memory");
}

/* ---- out */

static json_t *hex_of(const uint8_t sha256[32])
{
	char text[65];

	tt_hex(text, sha256, 32);
	return json_string(text);
}

static json_t *box_json(const struct tt_box *b)
{
	return json_pack("[f,f,f,f]", (double)b->x, (double)b->y, (double)b->w, (double)b->h);
}

static json_t *fact_json(const struct tt_face_fact *f)
{
	json_t *o = json_pack("{s:s,s:I}", "kind", f->kind, "at", (json_int_t)f->at);

	if (o && f->has_face) {
		json_object_set_new(o, "sha256", hex_of(f->sha256));
		json_object_set_new(o, "box", box_json(&f->box));
	}
	if (o && f->has_other) {
		json_object_set_new(o, "other_sha256", hex_of(f->other_sha256));
		json_object_set_new(o, "other_box", box_json(&f->other));
	}
	if (o && f->person_uid)
		json_object_set_new(o, "person", json_string(f->person_uid));
	if (o && f->other_uid)
		json_object_set_new(o, "other", json_string(f->other_uid));
	if (o && f->value)
		json_object_set_new(o, "value", json_string(f->value));
	return o;
}

static int written(json_t *o, char **out, struct tt_err *err)
{
	char *text = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;

	json_decref(o);
	if (!text)
		return no_memory(err);
	*out = text;
	return 0;
}

int tt_line_of_face_fact(const struct tt_face_fact *f, char **out, struct tt_err *err)
{
	return written(fact_json(f), out, err);
}

int tt_line_of_correction(const struct tt_correction *c, char **out, struct tt_err *err)
{
	json_t *o = json_pack("{s:s,s:I,s:s}", "kind", of_class, "at", (json_int_t)c->at, "value",
			      tt_store_class_name(c->cls));

	if (o)
		json_object_set_new(o, "sha256", hex_of(c->sha256));
	return written(o, out, err);
}

/* ---- in */

static int text_of(const json_t *o, const char *key, size_t max, struct tt_arena *arena, const char **out,
		   struct tt_err *err)
{
	struct tt_str s;
	int rc;

	*out = NULL;
	if (!json_object_get(o, key))
		return 0;
	rc = tt_json_get_str(o, key, max, &s, err);
	if (rc < 0)
		return rc;
	*out = tt_arena_strndup(arena, s.p, s.len);
	return *out ? 0 : no_memory(err);
}

static int uid_of(const json_t *o, const char *key, struct tt_arena *arena, const char **out, struct tt_err *err)
{
	int rc = text_of(o, key, TT_PERSON_UID - 1, arena, out, err);

	if (rc == 0 && *out &&
	    (strlen(*out) != TT_PERSON_UID - 1 || strspn(*out, "0123456789abcdef") != TT_PERSON_UID - 1))
		return tt_err_set(err, TT_EINVALID, "%s is not 32 hex digits", key);
	return rc;
}

static int face_of(const json_t *o, const char *sha_key, const char *box_key, bool *has, uint8_t sha256[32],
		   struct tt_box *box, struct tt_err *err)
{
	const json_t *list = json_object_get(o, box_key);
	double b[4];
	struct tt_str hex;
	int rc;

	*has = json_object_get(o, sha_key) != NULL;
	if (!*has)
		return 0;
	rc = tt_json_get_str(o, sha_key, 64, &hex, err);
	if (rc < 0)
		return rc;
	if (!tt_unhex(sha256, 32, hex))
		return tt_err_set(err, TT_EINVALID, "%s is not 64 hex digits", sha_key);
	for (size_t i = 0; i < 4; i++) {
		b[i] = json_number_value(json_array_get(list, i));
		if (!json_is_number(json_array_get(list, i)) || fabs(b[i]) > 4)
			return tt_err_set(err, TT_EINVALID, "%s is not four fractions", box_key);
	}
	if (json_array_size(list) != 4 || !((float)b[2] > 0 && (float)b[3] > 0))
		return tt_err_set(err, TT_EINVALID, "%s is no box", box_key);
	*box = (struct tt_box){ (float)b[0], (float)b[1], (float)b[2], (float)b[3] };
	return 0;
}

/* Does the fact have all that its kind needs? */
static bool is_whole(const struct tt_face_fact *f)
{
	switch (tt_said_kind_of(f->kind)) {
	case TT_SAID_IS:
	case TT_SAID_IS_NOT:
	case TT_SAID_COVER:
		return f->has_face && f->person_uid;
	case TT_SAID_SAME:
	case TT_SAID_DIFFERENT:
	case TT_SAID_UNSURE:
		return f->has_face && f->has_other;
	case TT_SAID_NOT_A_FACE:
	case TT_SAID_DRAWN:
		return f->has_face;
	case TT_SAID_MERGE:
		return f->person_uid && f->other_uid;
	case TT_SAID_NAME:
	case TT_SAID_BORN:
		return f->person_uid && f->value;
	case TT_SAID_HIDE:
	case TT_SAID_SHOW:
		return f->person_uid;
	default:
		return false;
	}
}

static int face_fact_of(const json_t *o, struct tt_arena *arena, struct tt_face_fact *out, struct tt_err *err)
{
	struct tt_face_fact f = { 0 };
	int rc = text_of(o, "kind", 32, arena, &f.kind, err);

	if (rc == 0 && (!f.kind || tt_said_kind_of(f.kind) == TT_SAID_KINDS))
		return tt_err_set(err, TT_EINVALID, "kind is none that this version knows");
	if (rc == 0)
		rc = tt_json_get_i64(o, "at", 0, INT64_MAX, &f.at, err);
	if (rc == 0)
		rc = face_of(o, "sha256", "box", &f.has_face, f.sha256, &f.box, err);
	if (rc == 0)
		rc = face_of(o, "other_sha256", "other_box", &f.has_other, f.other_sha256, &f.other, err);
	if (rc == 0)
		rc = uid_of(o, "person", arena, &f.person_uid, err);
	if (rc == 0)
		rc = uid_of(o, "other", arena, &f.other_uid, err);
	if (rc == 0)
		rc = text_of(o, "value", VALUE_MAX, arena, &f.value, err);
	if (rc == 0 && !is_whole(&f))
		return tt_err_set(err, TT_EINVALID, "a fact of kind '%s' lacks something", f.kind);
	if (rc == 0)
		*out = f;
	return rc;
}

static int correction_of(const json_t *o, struct tt_correction *out, struct tt_err *err)
{
	struct tt_correction c = { 0 };
	struct tt_str value, hex;
	int rc = tt_json_get_i64(o, "at", 0, INT64_MAX, &c.at, err);

	if (rc == 0)
		rc = tt_json_get_str(o, "sha256", 64, &hex, err);
	if (rc == 0 && !tt_unhex(c.sha256, 32, hex))
		return tt_err_set(err, TT_EINVALID, "sha256 is not 64 hex digits");
	if (rc == 0)
		rc = tt_json_get_str(o, "value", 32, &value, err);
	if (rc < 0)
		return rc;
	c.cls = tt_store_class_of(value.p);
	if (c.cls < TT_NO_CLASS)
		return tt_err_set(err, TT_EINVALID, "value is none of the classes");
	*out = c;
	return 0;
}

int tt_line_read(struct tt_str text, struct tt_arena *arena, struct tt_line *out, struct tt_err *err)
{
	TT_SCOPED(tt_json_decrefp) json_t *o = NULL;
	struct tt_line line = { 0 };
	const char *kind;
	int rc = tt_json_parse(&o, text, TT_LINE_MAX, err);

	if (rc < 0)
		return rc;
	kind = json_string_value(json_object_get(o, "kind"));
	line.is_correction = kind && strcmp(kind, of_class) == 0;
	rc = line.is_correction ? correction_of(o, &line.correction, err) : face_fact_of(o, arena, &line.face, err);
	if (rc == 0)
		*out = line;
	return rc;
}
