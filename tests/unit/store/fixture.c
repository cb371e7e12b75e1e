#include "fixture.h"

#include "db/db.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int fixture_open(void **state)
{
	struct fixture *fx = calloc(1, sizeof *fx);
	struct tt_user ann = { .name = "Ann", .password_hash = "x", .role = TT_ROLE_OWNER };
	struct tt_user bob = { .name = "Bob", .password_hash = "y", .role = TT_ROLE_MEMBER };

	CHECK(fx != NULL);
	fx->arena.max = 16 << 20;
	/* In memory where there is such a folder: hundreds of stores are made, and each commit waits for the disk. */
	snprintf(fx->dir, sizeof fx->dir, "%s/tt-store-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	CHECK(mkdtemp(fx->dir) != NULL);
	snprintf(fx->path, sizeof fx->path, "%s/tintype.db", fx->dir);
	OK(fx, tt_store_open(&fx->store, fx->path, &(struct tt_store_opts){ .readers = 2, .busy_ms = 100 }, &fx->err));
	OK(fx, tt_store_user_add(fx->store, &ann, 1, &fx->ann, &fx->err));
	OK(fx, tt_store_user_add(fx->store, &bob, 2, &fx->bob, &fx->err));
	*state = fx;
	return 0;
}

int fixture_close(void **state)
{
	struct fixture *fx = *state;
	static const char *const suffixes[] = { "", "-wal", "-shm" };

	tt_store_close(fx->store);
	tt_arena_free(&fx->arena);
	for (size_t i = 0; i < TT_LEN(suffixes); i++) {
		char path[128];

		snprintf(path, sizeof path, "%s%s", fx->path, suffixes[i]);
		(void)unlink(path);
	}
	(void)rmdir(fx->dir);
	free(fx);
	return 0;
}

void ok(struct fixture *fx, int rc, const char *call)
{
	if (rc != 0)
		fail_msg("%s: %d %s", call, rc, fx->err.msg);
}

struct tt_new_photo new_photo(const struct fixture *fx, int content)
{
	static char keys[512][40]; /* one for each content, as in a real library */
	struct tt_new_photo p = { .owner = fx->ann,
				  .name = "IMG_1234.jpg",
				  .blob_key = keys[content],
				  .mime = "image/jpeg",
				  .bytes = 1000,
				  .now = 1600000000000,
				  .mtime = 1577836800000 + content, /* 2020-01-01 */
				  .priority = TT_PRIORITY_UPLOAD };

	CHECK(content >= 0 && content < (int)TT_LEN(keys));
	snprintf(keys[content], sizeof keys[content], "originals/2020/01/%d.jpg", content);
	memcpy(p.sha256, &content, sizeof content);
	return p;
}

int64_t add_photo(struct fixture *fx, int content)
{
	struct tt_new_photo p = new_photo(fx, content);
	struct tt_known_photo known;

	OK(fx, tt_store_photo_add(fx->store, &p, &known, &fx->err));
	CHECK(known.known == TT_KNOWN_NOT && known.id > 0);
	return known.id;
}

struct tt_guess guess_of(int cls, double confidence, const char *version)
{
	struct tt_guess g = { .model = "m", .version = version, .cls = cls, .confidence = confidence };

	if (cls >= 0)
		g.p[cls] = confidence;
	return g;
}

void finish(struct fixture *fx, int64_t photo, const struct tt_facts *facts, const struct tt_guess *guess,
	    const struct tt_label *labels, size_t labels_count)
{
	char sql[80];
	struct tt_photo p;
	struct tt_job_result r = { .photo = photo,
				   .now = 1600000001000,
				   .facts = facts,
				   .blurhash = "LKO2",
				   .phash = 1ULL << 63 | 5,
				   .guess = guess,
				   .labels = labels,
				   .labels_count = labels_count };

	OK(fx, tt_store_photo(fx->store, fx->ann, photo, &fx->arena, &p, &fx->err));
	memcpy(r.sha256, p.sha256, 32);
	snprintf(sql, sizeof sql, "SELECT max(id) FROM job WHERE photo = %lld", (long long)photo);
	r.job = rows(fx, sql);
	OK(fx, tt_store_jobs_finish(fx->store, &r, 1, &fx->err));
	CHECK(!r.gone);
}

int64_t add_done(struct fixture *fx, int content, const char *taken, int cls, double confidence)
{
	int64_t id = add_photo(fx, content);
	struct tt_facts facts = { .mime = "image/jpeg", .width = 400, .height = 300, .frames = 1 };
	struct tt_guess guess = guess_of(cls, confidence, "v1");

	snprintf(facts.taken, sizeof facts.taken, "%s", taken);
	finish(fx, id, &facts, &guess, NULL, 0);
	return id;
}

int64_t rows(const struct fixture *fx, const char *sql)
{
	struct tt_db *db = NULL;
	struct tt_stmt *st = NULL;
	struct tt_err err = { 0 };
	int64_t n = -1;

	if (tt_db_open(&db, fx->path, &(struct tt_db_opts){ .read_only = true, .busy_ms = 1000 }, &err) == 0 &&
	    tt_db_stmt(db, sql, &st, &err) == 0 && tt_stmt_step(st, &err) > 0)
		n = tt_col_i64(st, 0);
	else
		fail_msg("%s: %s", sql, err.msg);
	tt_stmt_donep(&st);
	tt_db_close(db);
	return n;
}

struct tt_photo_filter of_ann(const struct fixture *fx)
{
	return (struct tt_photo_filter){ .owner = fx->ann };
}

void check_sound(struct fixture *fx)
{
	struct tt_complaints c = { 0 };

	OK(fx, tt_store_check(fx->store, &fx->arena, &c, &fx->err));
	if (c.count > 0)
		fail_msg("complaint: %s", c.lines[0]);
}
