#include "conf/conf.h"

#include "base/alloc.h"
#include "base/fs.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum kind { NUMBER, FRACTION, TEXT, CHOICE };

struct row {
	const char *key;
	enum kind kind;
	size_t offset, size;
	int64_t number, min, max;
	double fraction, least, most;
	const char *text; /* default */
	const char *help; /* CHOICE: the words, joined by '|', in front of ": " */
};

#define FIELD(field) offsetof(struct tt_conf, field), sizeof(((struct tt_conf *)0)->field)
#define NUM(key, field, value, lo, hi, help)                                                                           \
	{                                                                                                              \
		key, NUMBER, FIELD(field), value, lo, hi, 0, 0, 0, NULL, help                                          \
	}
#define REAL(key, field, value, lo, hi, help)                                                                          \
	{                                                                                                              \
		key, FRACTION, FIELD(field), 0, 0, 0, value, lo, hi, NULL, help                                        \
	}
#define TXT(key, field, value, help)                                                                                   \
	{                                                                                                              \
		key, TEXT, FIELD(field), 0, 0, 0, 0, 0, 0, value, help                                                 \
	}
#define ONE_OF(key, field, value, help)                                                                                \
	{                                                                                                              \
		key, CHOICE, FIELD(field), 0, 0, 0, 0, 0, 0, value, help                                               \
	}

#define MIB (INT64_C(1) << 20)
#define GIB (INT64_C(1) << 30)

static const struct row rows[] = {
	TXT("listen", listen, "127.0.0.1:2342", "HOST:PORT to answer on; port 0 takes a free one"),
	ONE_OF("log.level", log_level, "info", "error|warn|info|debug: what goes to standard error"),
	NUM("workers", workers, 0, 0, 64, "decoding processes; 0: one for each core"),
	TXT("http.web_root", http.web_root, "", "folder of the web app; empty: the one that was installed"),
	TXT("http.trusted_proxy", http.trusted_proxy, "",
	    "addresses, joined by commas, whose X-Forwarded-* are believed"),
	NUM("http.threads", http.threads, 2, 1, 64, "event loops"),
	NUM("http.max_connections", http.max_connections, 512, 8, 65536, "open connections"),
	NUM("http.max_header_bytes", http.max_header_bytes, 16384, 2048, 262144, "request line and headers"),
	NUM("http.idle_timeout_s", http.idle_timeout_s, 60, 1, 3600, "a connection on which nothing moves is closed"),
	NUM("http.shutdown_s", http.shutdown_s, 30, 0, 3600, "how long a stop waits for running requests"),
	NUM("http.max_json_bytes", http.max_json_bytes, MIB, 1024, 64 * MIB, "one JSON body"),
	NUM("http.max_upload_bytes", http.max_upload_bytes, 16 * GIB, 1024, 1024 * GIB,
	    "one upload request, all its files"),
	NUM("http.max_upload_parts", http.max_upload_parts, 2000, 1, 100000, "parts of one upload request"),
	NUM("http.max_streams", http.max_streams, 64, 1, 10000, "open event streams"),
	NUM("http.max_slow", http.max_slow, 16, 1, 1000, "sign-ins that may wait at once"),
	NUM("http.access_log", http.access_log, 0, 0, 1, "1: a line for each request"),
	NUM("accounts.session_days", accounts.session_days, 30, 1, 3650, "a session ends when not used for so long"),
	NUM("accounts.throttle_tries", accounts.throttle_tries, 5, 1, 1000,
	    "wrong passwords before sign-in has to wait"),
	NUM("accounts.throttle_s", accounts.throttle_s, 15, 1, 86400,
	    "the first wait; doubles with each further failure"),
	NUM("ingest.max_file_bytes", ingest.max_file_bytes, 8 * GIB, 1024, 1024 * GIB, "one photo or video"),
	NUM("worker.timeout_ms", worker.timeout_ms, 60000, 100, 3600000,
	    "time for one file, then its worker is killed"),
	NUM("worker.max_memory", worker.max_memory, 2 * GIB, 64 * MIB, 64 * GIB, "memory of one worker in bytes"),
	NUM("media.max_pixels", media.max_pixels, 400000000, 1000000, 4000000000,
	    "pixels of one picture, all looked at"),
	NUM("media.max_side", media.max_side, 60000, 1000, 65535, "width or height of one picture"),
	NUM("jobs.batch", jobs.batch, 8, 1, 64, "photos that go through the network together"),
	NUM("jobs.tries", jobs.tries, 3, 1, 10, "tries before a file is set aside"),
	NUM("jobs.retry_delay_ms", jobs.retry_delay_ms, 1000, 0, 3600000, "wait before the second try; doubles"),
	NUM("learn.automatic", learn.automatic, 1, 0, 1, "1: learn from corrections by itself"),
	NUM("learn.min_corrections", learn.min_corrections, 20, 5, 100000,
	    "corrections before tintype learns from them"),
	NUM("learn.every", learn.every, 10, 1, 100000, "further corrections before it learns again"),
	NUM("learn.max_corrections", learn.max_corrections, 2000, 20, 20000, "newest corrections that are learnt from"),
	NUM("learn.classes", learn.classes, 100, 1, 1000, "classes of a user's own"),
	NUM("learn.class_examples", learn.class_examples, 10, 5, 1000,
	    "photos that show what a class of one's own is, before tintype looks for more"),
	NUM("learn.rehearsal", learn.rehearsal, 4000, 0, 20000, "other photos rehearsed, so that nothing is forgotten"),
	TXT("model.path", model.path, "", "model file (safetensors); empty: the one that ships"),
	ONE_OF("model.precision", model.precision, "auto", "auto|f32|bf16|int8: arithmetic of the network"),
	NUM("faces.enabled", faces.enabled, 1, 0, 1, "1: look for faces"),
	NUM("faces.plane_side", faces.plane_side, 1280, 320, 1440,
	    "longer side of the picture that faces are looked for in"),
	REAL("faces.min_confidence", faces.min_confidence, 0.6, 0.05, 0.99, "surer finds are faces"),
	NUM("faces.min_px", faces.min_px, 20, 8, 400, "narrower faces are left out, in pixels of that picture"),
	NUM("faces.max_per_photo", faces.max_per_photo, 300, 1, 1000, "faces kept of one photo, the surest"),
	NUM("faces.turns", faces.turns, 1, 0, 2,
	    "faces on their side or upside down; 0: not looked for, 1: where no face is surely upright, 2: in every "
	    "photo"),
	NUM("faces.threads", faces.threads, 0, 0, 64,
	    "threads that look for faces, each with up to 40 MiB, and compare them; 0: one for each core"),
	TXT("faces.detector_path", faces.detector_path, "",
	    "file of the network that finds faces; empty: the one that ships"),
	TXT("faces.embedder_path", faces.embedder_path, "",
	    "file of the network that tells faces apart; empty: the one that ships"),
	REAL("people.confidence", people.confidence, 0.72, 0.5, 0.999, "a face joins a person from here on"),
	REAL("people.min_quality", people.min_quality, 0.3, 0, 1, "poorer faces are found no person"),
	NUM("people.recur", people.recur, 2, 1, 100, "faces that make a person; fewer stay unknown"),
	NUM("people.neighbours", people.neighbours, 32, 4, 256, "of each face, looked at when all are sorted anew"),
	NUM("people.max_gallery", people.max_gallery, 24, 1, 256, "faces that stand for a person in comparisons"),
	NUM("people.max_facts", people.max_facts, 1000000, 1000, 100000000,
	    "things said of faces and persons, by one user"),
	NUM("people.max_at_once", people.max_at_once, 1000, 1000, 10000, "faces spoken of in one request"),
	NUM("people.max_merge", people.max_merge, 50, 1, 200, "persons merged into another in one request"),
	NUM("people.max_questions", people.max_questions, 100, 20, 1000, "questions kept waiting, and in one reply"),
	NUM("store.readers", store.readers, 4, 1, 64, "database connections that read side by side"),
	NUM("store.busy_ms", store.busy_ms, 10000, 0, 600000, "wait for another process that writes"),
};

void tt_conf_defaults(struct tt_conf *c)
{
	memset(c, 0, sizeof *c);
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		char *field = (char *)c + rows[i].offset;

		if (rows[i].kind == NUMBER)
			memcpy(field, &rows[i].number, sizeof rows[i].number);
		else if (rows[i].kind == FRACTION)
			memcpy(field, &rows[i].fraction, sizeof rows[i].fraction);
		else
			tt_utf8_copy(field, rows[i].size, rows[i].text, strlen(rows[i].text));
	}
}

static bool is_choice(const char *help, struct tt_str value)
{
	struct tt_str words = { help, strcspn(help, ":") }, word;

	while (tt_str_split(&words, '|', &word))
		if (tt_str_eq(word, value))
			return true;
	return false;
}

/* Digits with at most one point, as people write them whatever the locale says. */
static bool fraction_of(struct tt_str value, double *out)
{
	double v = 0, place = 0;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];

		if (c == '.' && place == 0)
			place = 1;
		else if (c < '0' || c > '9' || i > 15)
			return false;
		else if (place == 0)
			v = v * 10 + (c - '0');
		else
			v += (c - '0') * (place /= 10);
	}
	*out = v;
	return value.len > 0 && !tt_str_is(value, ".");
}

static int set_row(struct tt_conf *c, const struct row *row, struct tt_str value, const char *where, struct tt_err *err)
{
	char *field = (char *)c + row->offset;
	int64_t number;
	double fraction;

	switch (row->kind) {
	case FRACTION:
		if (!fraction_of(value, &fraction) || fraction < row->least || fraction > row->most)
			return tt_err_set(err, TT_EINVALID, "%s: %s = %.*s: must be a number from %g to %g", where,
					  row->key, (int)value.len, value.p, row->least, row->most);
		memcpy(field, &fraction, sizeof fraction);
		return 0;
	case NUMBER:
		if (!tt_str_i64(value, row->min, row->max, &number))
			return tt_err_set(err, TT_EINVALID,
					  "%s: %s = %.*s: must be a whole number from %" PRId64 " to %" PRId64, where,
					  row->key, (int)value.len, value.p, row->min, row->max);
		memcpy(field, &number, sizeof number);
		return 0;
	case CHOICE:
		if (!is_choice(row->help, value))
			return tt_err_set(err, TT_EINVALID, "%s: %s = %.*s: must be one of %.*s", where, row->key,
					  (int)value.len, value.p, (int)strcspn(row->help, ":"), row->help);
		break;
	case TEXT:
		if (!tt_utf8_valid(value.p, value.len))
			return tt_err_set(err, TT_EINVALID, "%s: %s: is no UTF-8 text", where, row->key);
		break;
	}
	if (value.len >= row->size)
		return tt_err_set(err, TT_EINVALID, "%s: %s: has more than %zu bytes", where, row->key, row->size - 1);
	if (value.len)
		memcpy(field, value.p, value.len);
	field[value.len] = 0;
	return 0;
}

int tt_conf_set(struct tt_conf *c, struct tt_str key, struct tt_str value, const char *where, struct tt_err *err)
{
	for (size_t i = 0; i < TT_LEN(rows); i++)
		if (tt_str_is(key, rows[i].key))
			return set_row(c, &rows[i], value, where, err);
	return tt_err_set(err, TT_EINVALID, "%s: there is no setting '%.*s'; 'tintype help settings' lists them", where,
			  (int)key.len, key.p);
}

int tt_conf_flag(struct tt_conf *c, const char *assignment, struct tt_err *err)
{
	struct tt_str rest = tt_str_of(assignment), key;

	if (!strchr(assignment, '='))
		return tt_err_set(err, TT_EINVALID, "--set %s: must be KEY=VALUE", assignment);
	(void)tt_str_split(&rest, '=', &key);
	return tt_conf_set(c, tt_str_trim(key), tt_str_trim(rest), "--set", err);
}

#define MAX_FILE_BYTES 65536

static int set_line(struct tt_conf *c, struct tt_str line, const char *where, struct tt_err *err)
{
	struct tt_str key;

	line = tt_str_trim(line);
	if (line.len == 0 || line.p[0] == '#')
		return 0;
	if (!memchr(line.p, '=', line.len))
		return tt_err_set(err, TT_EINVALID, "%s: must be KEY = VALUE", where);
	(void)tt_str_split(&line, '=', &key);
	return tt_conf_set(c, tt_str_trim(key), tt_str_trim(line), where, err);
}

static void freep(struct tt_buf *b)
{
	tt_buf_free(b);
}

int tt_conf_file(struct tt_conf *c, const char *path, struct tt_err *err)
{
	TT_SCOPED(freep) struct tt_buf text = { .max = MAX_FILE_BYTES };
	struct tt_str rest, line;
	int rc = tt_fs_read_file(path, &text, err);

	rest = (struct tt_str){ text.p, text.len };
	for (unsigned n = 1; rc == 0 && tt_str_split(&rest, '\n', &line); n++) {
		char where[160];

		(void)snprintf(where, sizeof where, "%s:%u", path, n);
		rc = set_line(c, line, where, err);
	}
	return rc;
}

/* TINTYPE_HTTP_THREADS names http.threads. */
static bool is_variable(const char *key, struct tt_str name)
{
	if (strlen(key) != name.len)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] != (key[i] == '.' ? '_' : toupper((unsigned char)key[i])))
			return false;
	return true;
}

int tt_conf_environment(struct tt_conf *c, char *const *environment, struct tt_err *err)
{
	static const char prefix[] = "TINTYPE_";

	for (; *environment; environment++) {
		struct tt_str value = tt_str_of(*environment), name;
		const struct row *row = NULL;

		if (strncmp(*environment, prefix, sizeof prefix - 1) != 0)
			continue;
		value = (struct tt_str){ value.p + sizeof prefix - 1, value.len - sizeof prefix + 1 };
		(void)tt_str_split(&value, '=', &name);
		for (size_t i = 0; i < TT_LEN(rows); i++)
			if (is_variable(rows[i].key, name))
				row = &rows[i];
		if (row && set_row(c, row, value, "environment", err) < 0)
			return err ? err->code : TT_EINVALID;
	}
	return 0;
}

void tt_conf_describe(FILE *out)
{
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const struct row *row = &rows[i];

		if (row->kind == NUMBER)
			(void)fprintf(out, "%-26s %-14" PRId64 " %s (%" PRId64 " to %" PRId64 ")\n", row->key,
				      row->number, row->help, row->min, row->max);
		else if (row->kind == FRACTION)
			(void)fprintf(out, "%-26s %-14g %s (%g to %g)\n", row->key, row->fraction, row->help,
				      row->least, row->most);
		else
			(void)fprintf(out, "%-26s %-14s %s\n", row->key, row->text[0] ? row->text : "-", row->help);
	}
}
