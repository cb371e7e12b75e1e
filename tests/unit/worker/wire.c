#include "worker/wire.h"

#include "test.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct tt_developed sample(void)
{
	static const uint8_t rgb[2 * 3 * 3] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct tt_developed d = {
		.facts = { .mime = "image/jpeg",
			   .width = 30,
			   .height = 20,
			   .orientation = 6,
			   .taken = "2019-05-04T10:11:12",
			   .offset = "+09:00",
			   .has_position = true,
			   .has_altitude = true,
			   .has_rating = true,
			   .lat = 48.5,
			   .lon = -2.25,
			   .alt = -12,
			   .rating = -1,
			   .keywords = "a\nb",
			   .exposure_s = 0.004 },
		.thumb = (const uint8_t *)"thumb",
		.thumb_size = 5,
		.preview = (const uint8_t *)"the preview",
		.preview_size = 11,
		.plane = { 2, 3, rgb },
		.faces_plane = { 3, 2, rgb },
		.phash = 0x123456789abcdef0,
		.blurhash = "L00000fQfQfQ",
	};

	return d;
}

static void goes_there_and_back(void **state)
{
	struct tt_developed in = sample(), out;
	struct tt_err err = { 0 };
	uint64_t size;
	int fd;

	(void)state;
	CHECK(tt_wire_pack(&in, &fd, &size, &err) == 0);
	CHECK(tt_wire_unpack(fd, size, &out, &err) == 0);
	close(fd);
	CHECK(out.thumb_size == 5 && !memcmp(out.thumb, "thumb", 5));
	CHECK(out.preview_size == 11 && !memcmp(out.preview, "the preview", 11));
	CHECK(out.plane.width == 2 && out.plane.height == 3 && !memcmp(out.plane.rgb, in.plane.rgb, 18));
	CHECK(out.faces_plane.width == 3 && out.faces_plane.height == 2);
	CHECK(!memcmp(out.faces_plane.rgb, in.faces_plane.rgb, 18));
	CHECK(out.phash == in.phash && !strcmp(out.blurhash, in.blurhash));
	CHECK(!memcmp(&out.facts.width, &in.facts.width, 8) && out.facts.orientation == 6);
	CHECK(!strcmp(out.facts.keywords, "a\nb") && !strcmp(out.facts.taken, in.facts.taken));
	CHECK(out.facts.has_position && out.facts.lat == 48.5 && out.facts.lon == -2.25 && out.facts.alt == -12);
	CHECK(out.facts.has_rating && out.facts.rating == -1 && out.facts.exposure_s == 0.004);
	munmap(out.memory, out.memory_size);
}

static void facts_alone(void **state)
{
	struct tt_developed in = { .facts = { .mime = "image/png" } }, out;
	struct tt_err err = { 0 };
	uint64_t size;
	int fd;

	(void)state;
	CHECK(tt_wire_pack(&in, &fd, &size, &err) == 0);
	CHECK(tt_wire_unpack(fd, size, &out, &err) == 0);
	close(fd);
	CHECK(!out.thumb && !out.preview && !out.plane.rgb && !out.faces_plane.rgb);
	munmap(out.memory, out.memory_size);
}

/* A worker that was taken over: what it may write into its memory before it seals it. */
static void lie_thumb(struct tt_wire_developed *w)
{
	w->thumb_size = UINT64_MAX;
}

static void lie_sum(struct tt_wire_developed *w)
{
	w->thumb_size = UINT64_MAX - 10;
	w->preview_size = 26 + 36;
}

static void lie_short(struct tt_wire_developed *w)
{
	w->preview_size--;
}

static void lie_plane(struct tt_wire_developed *w)
{
	w->plane_width = 100;
}

static void lie_plane_wrap(struct tt_wire_developed *w)
{
	w->plane_width = w->plane_height = UINT32_MAX;
}

static void lie_faces(struct tt_wire_developed *w)
{
	w->faces_height = 3;
}

static void lie_faces_long(struct tt_wire_developed *w)
{
	w->faces_width = 3 * 2 * 3 * 1441;
	w->faces_height = 0;
}

static void lie_faces_wrap(struct tt_wire_developed *w)
{
	w->faces_size = UINT64_MAX - 33;
}

static int altered(void (*alter)(struct tt_wire_developed *), int seals, uint64_t *size)
{
	struct tt_developed in = sample();
	struct tt_err err = { 0 };
	struct tt_wire_developed *w;
	int good, fd;
	char *bytes;

	CHECK(tt_wire_pack(&in, &good, size, &err) == 0);
	fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	CHECK(fd >= 0 && ftruncate(fd, (off_t)*size) == 0);
	bytes = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(bytes != MAP_FAILED && pread(good, bytes, *size, 0) == (ssize_t)*size);
	close(good);
	w = (struct tt_wire_developed *)bytes;
	if (alter)
		alter(w);
	munmap(bytes, *size);
	CHECK(seals == 0 || fcntl(fd, F_ADD_SEALS, seals) == 0);
	return fd;
}

static void lies_are_seen(void **state)
{
	static const struct {
		const char *name;
		void (*alter)(struct tt_wire_developed *);
		int seals;
		int64_t more;
	} rows[] = {
		{ "not sealed", NULL, 0, 0 },
		{ "writable", NULL, F_SEAL_SHRINK | F_SEAL_GROW, 0 },
		{ "can shrink", NULL, F_SEAL_WRITE | F_SEAL_GROW, 0 },
		{ "longer than it is", NULL, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 4096 },
		{ "shorter than it is", NULL, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, -1 },
		{ "no head", NULL, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, -1000000000 },
		{ "thumb", lie_thumb, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
		{ "sum wraps", lie_sum, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
		{ "bytes nobody owns", lie_short, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
		{ "plane", lie_plane, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
		{ "plane wraps", lie_plane_wrap, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
		{ "faces", lie_faces, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
		{ "faces too long", lie_faces_long, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
		{ "faces wrap", lie_faces_wrap, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_developed out;
		struct tt_err err = { 0 };
		uint64_t size;
		int fd = altered(rows[i].alter, rows[i].seals, &size);

		CHECK_ROW(tt_wire_unpack(fd, size + (uint64_t)rows[i].more, &out, &err) == TT_ECRASH, rows[i].name);
		CHECK_ROW(err.msg[0] != '\0', rows[i].name);
		close(fd);
	}
}

static void spoil_facts(struct tt_wire_developed *w)
{
	memset(&w->facts, 0xff, sizeof w->facts);
	memset(w->blurhash, 0xff, sizeof w->blurhash);
	w->facts.lat = NAN;
	w->facts.duration_s = INFINITY;
	w->facts.f_number = -1;
	w->facts.rating = 1000;
}

static void facts_are_made_harmless(void **state)
{
	struct tt_developed out;
	struct tt_err err = { 0 };
	uint64_t size;
	int fd = altered(spoil_facts, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, &size);

	(void)state;
	CHECK(tt_wire_unpack(fd, size, &out, &err) == 0);
	CHECK(strlen(out.facts.mime) < sizeof out.facts.mime && strlen(out.facts.keywords) < sizeof out.facts.keywords);
	CHECK(strlen(out.blurhash) < sizeof out.blurhash && out.facts.make[0] == '?');
	CHECK(!out.facts.has_position && !out.facts.has_rating && !out.facts.has_altitude);
	CHECK(out.facts.duration_s == 0 && out.facts.f_number == 0 && out.facts.orientation == 0);
	munmap(out.memory, out.memory_size);
	close(fd);
}

static void too_large_is_refused(void **state)
{
	struct tt_developed in = { .thumb_size = TT_WIRE_REPLY_MAX };
	struct tt_err err = { 0 };
	uint64_t size;
	int fd;

	(void)state;
	CHECK(tt_wire_pack(&in, &fd, &size, &err) == TT_ETOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_there_and_back),  cmocka_unit_test(facts_alone),
		cmocka_unit_test(lies_are_seen),        cmocka_unit_test(facts_are_made_harmless),
		cmocka_unit_test(too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
