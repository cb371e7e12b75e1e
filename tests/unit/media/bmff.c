#include "media/bmff.h"

#include "base/err.h"
#include "test.h"

#include <string.h>

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static void boxes(void **state)
{
	static const struct {
		const char *what;
		const uint8_t *p;
		size_t n, payload;
		bool ok;
	} rows[] = {
		{ "plain",
		  BYTES("\0\0\0\x0c"
			"freeabcd"),
		  4, true },
		{ "to the end",
		  BYTES("\0\0\0\0"
			"mdatabcdef"),
		  6, true },
		{ "64 bits",
		  BYTES("\0\0\0\1"
			"mdat\0\0\0\0\0\0\0\x12"
			"ab"),
		  2, true },
		{ "64 bits without its size",
		  BYTES("\0\0\0\1"
			"mdat\0\0\0"),
		  0, false },
		{ "longer than the file",
		  BYTES("\x7f\0\0\0"
			"mdatab"),
		  2, true },
		{ "64 bits that wrap",
		  BYTES("\0\0\0\1"
			"mdat\xff\xff\xff\xff\xff\xff\xff\xff"
			"ab"),
		  2, true },
		{ "shorter than its head",
		  BYTES("\0\0\0\4"
			"mdat"),
		  0, false },
		{ "no head", BYTES("\0\0\0\4"), 0, false },
		{ "nothing", BYTES(""), 0, false },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const uint8_t *p = rows[i].p;
		size_t n = rows[i].n;
		struct tt_box box;

		CHECK_ROW(tt_box_next(&p, &n, &box) == rows[i].ok, rows[i].what);
		CHECK_ROW(!rows[i].ok || (box.n == rows[i].payload && p == rows[i].p + rows[i].n - n), rows[i].what);
	}
}

/* moov > trak > mdia > (mdhd 1000/s, 2,500; hdlr pict; minf > stbl > stsz of 25 samples) */
static const char sequence[] = "\0\0\0\x80moov"
			       "\0\0\0\x78trak"
			       "\0\0\0\x70mdia"
			       "\0\0\0\x20mdhd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\xe8\0\0\x09\xc4\0\0\0\0"
			       "\0\0\0\x20hdlr\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0"
			       "\0\0\0\x28minf"
			       "\0\0\0\x20stbl"
			       "\0\0\0\x18stsz\0\0\0\0\0\0\0\0\0\0\0\x19\0\0\0\0";

static void image_sequence(void **state)
{
	uint8_t copy[sizeof sequence];
	uint32_t frames = 1;
	double seconds = 0;

	(void)state;
	tt_bmff_sequence((const uint8_t *)sequence, sizeof sequence - 1, &frames, &seconds);
	CHECK(frames == 25 && seconds == 2.5);
	for (size_t n = 0; n < 8 + 0x20; n++) { /* cut: nothing is said */
		frames = 1;
		tt_bmff_sequence((const uint8_t *)sequence, n, &frames, &seconds);
		CHECK(frames == 1);
	}
	memcpy(copy, sequence, sizeof sequence);
	memcpy((uint8_t *)memmem(copy, sizeof copy, "pict", 4), "soun", 4);
	frames = 1;
	tt_bmff_sequence(copy, sizeof copy - 1, &frames, &seconds);
	CHECK(frames == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boxes),
		cmocka_unit_test(image_sequence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
