/* Streams and files become photos; every refusal, every fault and two at once. */
#include "ingest/ingest.h"
#include "library_fixture.h"

#include "base/fault.h"
#include "base/fs.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1600000000000)   /* September 2020 */
#define MTIME INT64_C(1556964672000) /* May 2019 */

static const uint8_t jpeg_head[] = { 0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0 };

struct bytes {
	uint8_t p[9000];
	size_t n;
};

/* Begins like a JPEG; each number has a content of its own. */
static struct bytes photo_bytes(unsigned number)
{
	struct bytes b = { .n = sizeof b.p };

	for (size_t i = 0; i < b.n; i++)
		b.p[i] = (uint8_t)(number * 31 + i * 7 + (i >> 8));
	memcpy(b.p, jpeg_head, sizeof jpeg_head);
	return b;
}

struct bench {
	struct library *l;
	struct tt_ingest *in;
	atomic_int added;
};

static void added(void *ctx)
{
	struct bench *b = ctx;

	atomic_fetch_add(&b->added, 1);
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	void *l = NULL;

	CHECK(b && library_open(&l) == 0);
	b->l = l;
	OK(b->l->fx, tt_ingest_open(&b->in, b->l->fx->store, b->l->blobs, &(struct tt_ingest_opts){ 100000, added, b },
				    &b->l->fx->err));
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	void *l = b->l;

	tt_ingest_close(b->in);
	library_close(&l);
	free(b);
	return 0;
}

static struct tt_ingest_source from_ann(const struct bench *b, const char *name)
{
	return (struct tt_ingest_source){
		.owner = b->l->fx->ann, .name = name, .mtime_ms = MTIME, .priority = TT_PRIORITY_UPLOAD
	};
}

/* In pieces of an odd size, as a network brings them. */
static int stream(struct bench *b, const struct tt_ingest_source *source, const void *p, size_t n,
		  struct tt_ingested *out, struct tt_err *err)
{
	TT_SCOPED(tt_upload_endp) struct tt_upload *u = NULL;
	int rc = tt_ingest_begin(b->in, source, &u, err);

	for (size_t at = 0; rc == 0 && at < n; at += 1001)
		rc = tt_upload_write(u, (const char *)p + at, n - at < 1001 ? n - at : 1001, err);
	return rc < 0 ? rc : tt_upload_finish(u, NOW, out, err);
}

static struct tt_photo photo_of(struct bench *b, int64_t owner, int64_t id)
{
	struct tt_photo p;

	OK(b->l->fx, tt_store_photo(b->l->fx->store, owner, id, &b->l->fx->arena, &p, &b->l->fx->err));
	return p;
}

static void check_content(struct bench *b, const char *key, const struct bytes *want)
{
	TT_SCOPED(tt_closep) int fd = -1;
	int64_t size = 0;
	struct bytes got;

	OK(b->l->fx, tt_blobs_open(b->l->blobs, key, &fd, &size, &b->l->fx->err));
	CHECK(size == (int64_t)want->n && read(fd, got.p, sizeof got.p) == (ssize_t)want->n);
	CHECK(memcmp(got.p, want->p, want->n) == 0);
}

static void stream_becomes_photo(void **state)
{
	struct bench *b = *state;
	struct bytes bytes = photo_bytes(1);
	struct tt_ingest_source source = from_ann(b, "Sea.JPG");
	struct tt_ingested got;
	struct tt_photo p;

	OK(b->l->fx, stream(b, &source, bytes.p, bytes.n, &got, &b->l->fx->err));
	CHECK(!got.duplicate && !got.trashed && b->added == 1);
	p = photo_of(b, b->l->fx->ann, got.photo);
	CHECK(strcmp(p.name, "Sea.JPG") == 0 && p.bytes == (int64_t)bytes.n && !p.video);
	CHECK(strncmp(p.blob_key, "originals/2019/05/", 18) == 0 && strstr(p.blob_key, "-Sea.jpg") != NULL);
	CHECK(strcmp(p.facts.mime, "image/jpeg") == 0 && p.state == TT_PHOTO_WAITING && p.added_at == NOW);
	check_content(b, p.blob_key, &bytes);
	CHECK(rows(b->l->fx, "SELECT count(*) FROM job WHERE kind = 'develop' AND priority = 100") == 1);
	CHECK(library_files(b->l, "tmp") == 0);
}

static void names(void **state)
{
	static const struct {
		const char *in, *name, *key_end;
	} cases[] = {
		{ "a.jpg", "a.jpg", "-a.jpg" },
		{ "/home/ann/x/a b.jpeg", "a b.jpeg", "-a_b.jpg" },
		{ "C:\\fakepath\\IMG.JPG", "IMG.JPG", "-IMG.jpg" },
		{ "../../../etc/passwd", "passwd", "-passwd.jpg" },
		{ "..", "..", "-_.jpg" },
		{ ".hidden", ".hidden", "-_hidden.jpg" },
		{ "", "unnamed", "-unnamed.jpg" },
		{ "dir/", "unnamed", "-unnamed.jpg" },
		{ "new\nline\x01.jpg", "new?line?.jpg", "-new_line_.jpg" },
		{ "京都.jpg", "京都.jpg", "-京都.jpg" },
		{ "-rf *.jpg", "-rf *.jpg", "--rf__.jpg" },
	};
	struct bench *b = *state;

	for (unsigned i = 0; i < TT_LEN(cases); i++) {
		struct bytes bytes = photo_bytes(i);
		struct tt_ingest_source source = from_ann(b, cases[i].in);
		struct tt_ingested got;
		struct tt_photo p;

		OK(b->l->fx, stream(b, &source, bytes.p, bytes.n, &got, &b->l->fx->err));
		p = photo_of(b, b->l->fx->ann, got.photo);
		CHECK_ROW(strcmp(p.name, cases[i].name) == 0, cases[i].in);
		CHECK_ROW(strlen(p.blob_key) == 18 + 16 + strlen(cases[i].key_end), p.blob_key);
		CHECK_ROW(strcmp(p.blob_key + 18 + 16, cases[i].key_end) == 0, p.blob_key);
		check_content(b, p.blob_key, &bytes);
	}
}

static void a_long_name_is_cut_between_letters(void **state)
{
	struct bench *b = *state;
	struct bytes bytes = photo_bytes(1);
	struct tt_ingested got;
	struct tt_photo p;
	char name[1000] = "";
	struct tt_ingest_source source = from_ann(b, name);

	for (size_t i = 0; i < 300; i++)
		memcpy(name + 3 * i, "京", 4);
	OK(b->l->fx, stream(b, &source, bytes.p, bytes.n, &got, &b->l->fx->err));
	p = photo_of(b, b->l->fx->ann, got.photo);
	CHECK(strlen(p.name) == 255 && strlen(p.blob_key) < 256);
	check_content(b, p.blob_key, &bytes);
}

static void unknown_time_is_now(void **state)
{
	struct bench *b = *state;
	struct bytes bytes = photo_bytes(1);
	struct tt_ingest_source source = from_ann(b, "a.jpg");
	struct tt_ingested got;

	source.mtime_ms = 0;
	OK(b->l->fx, stream(b, &source, bytes.p, bytes.n, &got, &b->l->fx->err));
	CHECK(strncmp(photo_of(b, b->l->fx->ann, got.photo).blob_key, "originals/2020/09/", 18) == 0);
}

static void refusals(void **state)
{
	static char much[200000];
	static const struct {
		const char *name, *head;
		size_t n;
		int rc;
	} cases[] = {
		{ "empty", "", 0, TT_EINVALID },       { "text", "hello", 5, TT_EINVALID },
		{ "pdf", "%PDF-1.7", 8, TT_EINVALID }, { "long pdf", "%PDF-1.7", 90000, TT_EINVALID },
		{ "zeros", "", 50000, TT_EINVALID },   { "too large", "\xff\xd8\xff\xe0", 100001, TT_ETOOBIG },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < TT_LEN(cases); i++) {
		struct tt_ingest_source source = from_ann(b, "a.jpg");
		struct tt_ingested got;
		struct tt_err err = { 0 };

		memset(much, 0, sizeof much);
		memcpy(much, cases[i].head, strlen(cases[i].head));
		CHECK_ROW(stream(b, &source, much, cases[i].n, &got, &err) == cases[i].rc, cases[i].name);
		CHECK_ROW(err.msg[0] != 0, cases[i].name);
		CHECK_ROW(library_files(b->l, "tmp") == 0 && library_files(b->l, "originals") == 0, cases[i].name);
	}
	CHECK(rows(b->l->fx, "SELECT count(*) FROM photo") == 0 && b->added == 0);
}

/* What is no picture is refused as soon as its head is there, not at the end of gigabytes. */
static void refused_at_the_head(void **state)
{
	struct bench *b = *state;
	TT_SCOPED(tt_upload_endp) struct tt_upload *u = NULL;
	struct tt_ingest_source source = from_ann(b, "a.jpg");
	char head[TT_SNIFF_BYTES] = "%PDF-1.7";
	struct tt_err err = { 0 };

	OK(b->l->fx, tt_ingest_begin(b->in, &source, &u, &b->l->fx->err));
	OK(b->l->fx, tt_upload_write(u, head, sizeof head - 1, &b->l->fx->err));
	CHECK(tt_upload_write(u, head, 1, &err) == TT_EINVALID && strstr(err.msg, "PDF") != NULL);
}

static void given_up(void **state)
{
	struct bench *b = *state;
	struct bytes bytes = photo_bytes(1);
	struct tt_ingest_source source = from_ann(b, "a.jpg");
	struct tt_upload *u = NULL;

	OK(b->l->fx, tt_ingest_begin(b->in, &source, &u, &b->l->fx->err));
	OK(b->l->fx, tt_upload_write(u, bytes.p, bytes.n, &b->l->fx->err));
	CHECK(library_files(b->l, "tmp") == 1);
	tt_upload_end(u);
	CHECK(library_files(b->l, "tmp") == 0 && rows(b->l->fx, "SELECT count(*) FROM photo") == 0);
}

static void known_contents(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->l->fx;
	struct bytes bytes = photo_bytes(1);
	struct tt_ingest_source source = from_ann(b, "a.jpg"), again = from_ann(b, "other.jpg");
	struct tt_ingested first, got;
	struct tt_err err = { 0 };
	int64_t n;

	OK(fx, stream(b, &source, bytes.p, bytes.n, &first, &fx->err));
	OK(fx, stream(b, &again, bytes.p, bytes.n, &got, &fx->err));
	CHECK(got.duplicate && !got.trashed && got.photo == first.photo);
	again.owner = fx->bob;
	OK(fx, stream(b, &again, bytes.p, bytes.n, &got, &fx->err));
	CHECK(!got.duplicate && got.photo != first.photo);
	OK(fx, tt_store_trash(fx->store, fx->ann, &first.photo, 1, NOW, &n, &fx->err));
	OK(fx, stream(b, &source, bytes.p, bytes.n, &got, &fx->err));
	CHECK(got.duplicate && got.trashed && got.photo == first.photo);
	OK(fx, tt_store_purge(fx->store, fx->ann, NULL, 0, NOW, &n, &fx->err));
	CHECK(stream(b, &source, bytes.p, bytes.n, &got, &err) == TT_EINVALID && strstr(err.msg, "deleted") != NULL);
	source.restore = true;
	OK(fx, stream(b, &source, bytes.p, bytes.n, &got, &fx->err));
	CHECK(!got.duplicate && b->added == 3);
	check_content(b, photo_of(b, fx->ann, got.photo).blob_key, &bytes);
	CHECK(library_files(b->l, "tmp") == 0);
	check_sound(fx);
}

/* ---- two at once */

struct racer {
	struct bench *b;
	const struct bytes *bytes;
	pthread_barrier_t *start;
	struct tt_ingested got;
	struct tt_err err;
	int rc;
};

static void *race(void *arg)
{
	struct racer *r = arg;
	struct tt_ingest_source source = from_ann(r->b, "a.jpg");

	(void)pthread_barrier_wait(r->start);
	r->rc = stream(r->b, &source, r->bytes->p, r->bytes->n, &r->got, &r->err);
	return NULL;
}

static void the_same_at_once_is_one_photo(void **state)
{
	enum { RACERS = 6 };
	struct bench *b = *state;

	for (unsigned round = 0; round < 10; round++) {
		struct bytes bytes = photo_bytes(round);
		struct racer racers[RACERS] = { 0 };
		pthread_t threads[RACERS];
		pthread_barrier_t start;
		unsigned fresh = 0;

		pthread_barrier_init(&start, NULL, RACERS);
		for (unsigned i = 0; i < RACERS; i++) {
			racers[i] = (struct racer){ .b = b, .bytes = &bytes, .start = &start };
			CHECK(pthread_create(&threads[i], NULL, race, &racers[i]) == 0);
		}
		for (unsigned i = 0; i < RACERS; i++) {
			pthread_join(threads[i], NULL);
			CHECK_ROW(racers[i].rc == 0, racers[i].err.msg);
			CHECK(racers[i].got.photo == racers[0].got.photo);
			fresh += !racers[i].got.duplicate;
		}
		pthread_barrier_destroy(&start);
		CHECK(fresh == 1 && rows(b->l->fx, "SELECT count(*) FROM photo") == round + 1);
	}
	CHECK(library_files(b->l, "tmp") == 0 && library_files(b->l, "originals") == 10);
}

/* ---- files of this machine */

static int import(struct bench *b, const char *path, bool in_place, struct tt_ingested *got, struct tt_err *err)
{
	struct tt_ingest_source source = from_ann(b, NULL);

	*err = (struct tt_err){ 0 };
	return tt_ingest_file(b->in, &source, path, in_place, NOW, got, err);
}

static void files_are_read_once(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->l->fx;
	struct bytes bytes = photo_bytes(1);
	const char *path = library_write(b->l, "a.jpg", bytes.p, bytes.n);
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = MTIME / 1000, .tv_nsec = 123456789 } };
	struct tt_ingested first, got;
	struct tt_photo p;

	CHECK(utimensat(AT_FDCWD, path, times, 0) == 0);
	OK(fx, import(b, path, false, &first, &fx->err));
	CHECK(!first.duplicate);
	p = photo_of(b, fx->ann, first.photo);
	CHECK(strncmp(p.blob_key, "originals/2019/05/", 18) == 0 && strcmp(p.name, "a.jpg") == 0);
	check_content(b, p.blob_key, &bytes);
	/* Size and time are what they were: not read, so that the other content goes unseen. */
	bytes.p[5000] ^= 1;
	(void)library_write(b->l, "a.jpg", bytes.p, bytes.n);
	CHECK(utimensat(AT_FDCWD, path, times, 0) == 0);
	OK(fx, import(b, path, false, &got, &fx->err));
	CHECK(got.duplicate && got.photo == first.photo);
	/* With another time it is read. */
	times[1].tv_nsec++;
	CHECK(utimensat(AT_FDCWD, path, times, 0) == 0);
	OK(fx, import(b, path, false, &got, &fx->err));
	CHECK(!got.duplicate && got.photo != first.photo);
}

static void in_place(void **state)
{
	struct bench *b = *state;
	struct fixture *fx = b->l->fx;
	struct bytes bytes = photo_bytes(1);
	const char *path = library_write(b->l, "a.jpg", bytes.p, bytes.n);
	struct tt_ingested got;
	struct tt_photo p;

	OK(fx, import(b, path, true, &got, &fx->err));
	p = photo_of(b, fx->ann, got.photo);
	CHECK(p.blob_key == NULL && strcmp(p.in_place_path, path) == 0);
	CHECK(library_files(b->l, "originals") == 0 && library_files(b->l, "tmp") == 0);
	OK(fx, import(b, path, true, &got, &fx->err));
	CHECK(got.duplicate);
}

static void files_that_are_none(void **state)
{
	struct bench *b = *state;
	struct tt_ingested got;
	struct tt_err err;
	char fifo[96];

	CHECK(import(b, "/no/such/file.jpg", false, &got, &err) == TT_ENOTFOUND && err.msg[0]);
	CHECK(import(b, b->l->dir, false, &got, &err) == TT_EINVALID && strstr(err.msg, "folder") != NULL);
	CHECK(import(b, "/dev/null", false, &got, &err) == TT_EINVALID && err.msg[0]);
	snprintf(fifo, sizeof fifo, "%s/fifo", b->l->dir);
	CHECK(mkfifo(fifo, 0600) == 0);
	CHECK(import(b, fifo, false, &got, &err) == TT_EINVALID && err.msg[0]);
	CHECK(rows(b->l->fx, "SELECT count(*) FROM source") == 0);
}

/* ---- faults */

static int by_stream(struct bench *b, struct tt_ingested *got, struct tt_err *err)
{
	struct bytes bytes = photo_bytes(1);
	struct tt_ingest_source source = from_ann(b, "a.jpg");

	return stream(b, &source, bytes.p, bytes.n, got, err);
}

static int by_file(struct bench *b, struct tt_ingested *got, struct tt_err *err)
{
	char path[96];

	snprintf(path, sizeof path, "%s/a.jpg", b->l->dir);
	return import(b, path, false, got, err);
}

static bool struck(struct bench *b, enum tt_fault kind, long n,
		   int (*call)(struct bench *b, struct tt_ingested *got, struct tt_err *err))
{
	struct bytes bytes = photo_bytes(1);
	struct tt_ingested got;
	struct tt_err err = { 0 };
	bool hit;
	int rc;

	(void)library_write(b->l, "a.jpg", bytes.p, bytes.n);
	tt_fault_arm(kind, n);
	rc = call(b, &got, &err);
	hit = tt_fault_disarm(kind);
	if (hit) {
		CHECK(rc == (kind == TT_FAULT_ALLOC ? TT_ENOMEM : TT_EIO) && err.msg[0] != 0);
		CHECK(rows(b->l->fx, "SELECT (SELECT count(*) FROM photo) + (SELECT count(*) FROM job) + "
				     "(SELECT count(*) FROM source)") == 0);
		CHECK(library_files(b->l, "tmp") == 0 && b->added == 0);
		rc = call(b, &got, &err); /* the fault is over */
	}
	CHECK_ROW(rc == 0 && !got.duplicate && b->added == 1, err.msg);
	check_content(b, photo_of(b, b->l->fx->ann, got.photo).blob_key, &bytes);
	CHECK(library_files(b->l, "originals") == 1 && library_files(b->l, "tmp") == 0);
	check_sound(b->l->fx);
	return hit;
}

static void every_fault_leaves_nothing_behind(void **state)
{
	static const enum tt_fault kinds[] = { TT_FAULT_ALLOC, TT_FAULT_WRITE, TT_FAULT_FSYNC, TT_FAULT_SQL };

	(void)state;
	for (size_t k = 0; k < 2 * TT_LEN(kinds); k++) {
		bool hit = true;
		long n = 0;

		for (; hit; n++) {
			void *b = NULL;

			CHECK(n < 500);
			set_up(&b);
			hit = struck(b, kinds[k / 2], n, k % 2 ? by_file : by_stream);
			tear_down(&b);
		}
		CHECK(n > 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stream_becomes_photo),
		TEST(names),
		TEST(a_long_name_is_cut_between_letters),
		TEST(unknown_time_is_now),
		TEST(refusals),
		TEST(refused_at_the_head),
		TEST(given_up),
		TEST(known_contents),
		TEST(the_same_at_once_is_one_photo),
		TEST(files_are_read_once),
		TEST(in_place),
		TEST(files_that_are_none),
		cmocka_unit_test(every_fault_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
