/* What was said goes into another library: every line that is wrong is refused with all the others, and every class
 * that the user gave a photo is shown there, whether photos come before the facts or after. */
#include "../store/fixture.h"

#include "base/buf.h"
#include "base/fault.h"
#include "people/people.h"

#include <string.h>

#define SHA "abababababababababababababababababababababababababababababababab"
#define UID "0123456789abcdef0123456789abcdef"
#define FACE "\"sha256\":\"" SHA "\",\"box\":[0.1,0.1,0.2,0.2]"

static struct tt_people_call call_of(struct fixture *fx)
{
	return (struct tt_people_call){ .store = fx->store, .arena = &fx->arena, .owner = fx->ann, .now = 100 };
}

static int take_in(struct fixture *fx, const char *text, int64_t *added, int64_t *known, struct tt_err *err)
{
	struct tt_people_call c = call_of(fx);

	return tt_people_import(&c, text, strlen(text), added, known, err);
}

static void wrong_lines_are_refused_with_all_others(void **state)
{
	static const char *const lines[] = {
		"x",
		"[]",
		"null",
		"{}",
		"{\"kind\":\"class\"}",
		"{\"kind\":1,\"at\":1}",
		"{\"kind\":\"class\",\"at\":1,\"sha256\":\"" SHA "\"}",
		"{\"kind\":\"class\",\"at\":1,\"sha256\":\"" SHA "\",\"value\":\"plants\"}",
		"{\"kind\":\"class\",\"at\":1,\"sha256\":\"" SHA "\",\"value\":7}",
		"{\"kind\":\"class\",\"at\":1,\"sha256\":\"abc\",\"value\":\"animals\"}",
		"{\"kind\":\"class\",\"at\":1,\"sha256\":\"" SHA "ab\",\"value\":\"animals\"}",
		"{\"kind\":\"class\",\"at\":-1,\"sha256\":\"" SHA "\",\"value\":\"animals\"}",
		"{\"kind\":\"class\",\"at\":\"1\",\"sha256\":\"" SHA "\",\"value\":\"animals\"}",
		"{\"kind\":\"class\",\"at\":1,\"at\":2,\"sha256\":\"" SHA "\",\"value\":\"animals\"}",
		"{\"kind\":\"wink\",\"at\":1}",
		"{\"kind\":\"is\",\"at\":1,\"person\":\"" UID "\"}",
		"{\"kind\":\"is\",\"at\":1," FACE "}",
		"{\"kind\":\"is\",\"at\":1," FACE ",\"person\":\"abc\"}",
		"{\"kind\":\"is\",\"at\":1," FACE ",\"person\":\"0123456789ABCDEF0123456789ABCDEF\"}",
		"{\"kind\":\"drawn\",\"at\":1,\"sha256\":\"" SHA "\",\"box\":[0,0,0,1]}",
		"{\"kind\":\"drawn\",\"at\":1,\"sha256\":\"" SHA "\",\"box\":[0,0,1e-60,1]}",
		"{\"kind\":\"drawn\",\"at\":1,\"sha256\":\"" SHA "\",\"box\":[0,0,1]}",
		"{\"kind\":\"drawn\",\"at\":1,\"sha256\":\"" SHA "\",\"box\":[0,0,1,1,1]}",
		"{\"kind\":\"drawn\",\"at\":1,\"sha256\":\"" SHA "\",\"box\":[0,0,1,5]}",
		"{\"kind\":\"drawn\",\"at\":1,\"sha256\":\"" SHA "\",\"box\":[0,0,1,\"1\"]}",
		"{\"kind\":\"drawn\",\"at\":1,\"sha256\":\"" SHA "\"}",
		"{\"kind\":\"same\",\"at\":1," FACE "}",
		"{\"kind\":\"merge\",\"at\":1,\"person\":\"" UID "\"}",
		"{\"kind\":\"name\",\"at\":1,\"person\":\"" UID "\"}",
		"{\"kind\":\"hide\",\"at\":1}",
	};
	struct fixture *fx = *state;
	struct tt_buf text = { .max = 1 << 20 };

	for (size_t i = 0; i < TT_LEN(lines); i++) {
		struct tt_err err = { 0 };
		int64_t added = 7, known = 7;

		text.len = 0;
		OK(fx, tt_buf_addf(&text, &err,
				   "{\"kind\":\"class\",\"at\":1,\"sha256\":\"" SHA "\",\"value\":\"animals\"}\n\n%s\n",
				   lines[i]));
		CHECK_ROW(take_in(fx, text.p, &added, &known, &err) == TT_EINVALID, lines[i]);
		CHECK_ROW(strncmp(err.msg, "line 3: ", 8) == 0 && added == 7 && known == 7, lines[i]);
	}
	CHECK(rows(fx, "SELECT (SELECT count(*) FROM fact) + (SELECT count(*) FROM face_fact)") == 0);
	tt_buf_free(&text);
}

/* ---- there and back */

enum { PHOTOS = 40 };

static int add_line(void *ctx, const char *text, struct tt_err *err)
{
	return tt_buf_addf(ctx, err, "%s\n", text);
}

static void add_photos(struct fixture *fx, int64_t photos[PHOTOS])
{
	for (int i = 0; i < PHOTOS; i++)
		photos[i] = add_done(fx, i, "2019-01-01T00:00:00", i % TT_STORE_CLASSES, 0.9);
}

static int shown(struct fixture *fx, int64_t photo)
{
	struct tt_photo_detail d;

	OK(fx, tt_store_photo_detail(fx->store, fx->ann, photo, &fx->arena, &d, &fx->err));
	return d.correction ? d.correction_cls : -2;
}

static void no_correction_is_lost(void **state)
{
	struct fixture *fx = *state;
	struct tt_buf lines = { .max = 1 << 20 };
	int64_t photos[PHOTOS], there[PHOTOS], fact, count, added, known;
	int wanted[PHOTOS];

	add_photos(fx, photos);
	/* Some twice, some undone, some none of the classes, some not at all. */
	for (int i = 0; i < 3 * PHOTOS; i++) {
		if (i % PHOTOS % 7 == 0)
			continue;
		OK(fx,
		   tt_store_fact_add(fx->store, fx->ann, photos[i % PHOTOS], i * i % 6 - 1, 10 + i, &fact, &fx->err));
		if (i % 4 == 0)
			OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact, 900, &fx->err));
	}
	OK(fx, tt_store_fact_add(fx->store, fx->ann, photos[0], 1, 5, &fact, &fx->err));
	OK(fx, tt_store_fact_undo(fx->store, fx->ann, fact, 900, &fx->err));
	for (int i = 0; i < PHOTOS; i++)
		wanted[i] = shown(fx, photos[i]);
	OK(fx, tt_people_export(fx->store, fx->ann, add_line, &lines, &count, &fx->err));
	CHECK(count == rows(fx, "SELECT count(*) FROM fact WHERE undone_at IS NULL") && count > PHOTOS);
	OK(fx, take_in(fx, lines.p, &added, &known, &fx->err));
	CHECK(added == 0 && known == count);
	for (int photos_first = 0; photos_first < 2; photos_first++) {
		struct fixture *other;
		void *opened = NULL;

		CHECK(fixture_open(&opened) == 0);
		other = opened;
		if (photos_first)
			add_photos(other, there);
		OK(other, take_in(other, lines.p, &added, &known, &other->err));
		CHECK(added == count && known == 0);
		if (!photos_first)
			add_photos(other, there);
		for (int i = 0; i < PHOTOS; i++)
			CHECK(shown(other, there[i]) == wanted[i]);
		OK(other, take_in(other, lines.p, &added, &known, &other->err));
		CHECK(added == 0 && known == count);
		check_sound(other);
		fixture_close(&opened);
	}
	tt_buf_free(&lines);
}

/* Imported again after whatever failed, all is there, once. */
static void a_fault_can_be_imported_again(void **state)
{
	static const char text[] = "{\"kind\":\"class\",\"at\":1,\"sha256\":\"" SHA "\",\"value\":\"animals\"}\n"
				   "{\"kind\":\"name\",\"at\":2,\"person\":\"" UID "\",\"value\":\"Ann\"}\n";
	struct fixture *fx = *state;
	int64_t added, known;

	for (int kind = 0; kind < 2; kind++)
		for (long n = 0;; n++) {
			enum tt_fault where = kind ? TT_FAULT_SQL : TT_FAULT_ALLOC;
			struct tt_err err = { 0 };
			int rc;

			tt_fault_arm(where, n);
			rc = take_in(fx, text, &added, &known, &err);
			if (!tt_fault_disarm(where)) {
				CHECK(rc == 0 && added + known == 2);
				break;
			}
			CHECK(rc == 0 || (err.code == rc && err.msg[0]));
		}
	CHECK(rows(fx, "SELECT count(*) FROM fact") == 1 && rows(fx, "SELECT count(*) FROM face_fact") == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
		TEST(wrong_lines_are_refused_with_all_others),
		TEST(no_correction_is_lost),
		TEST(a_fault_can_be_imported_again),
#undef TEST
	};

	return cmocka_run_group_tests_name("people/exchange", tests, NULL, NULL);
}
