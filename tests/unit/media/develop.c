/* Whole files, made here: what comes out of good ones, and how bad ones are refused. */
#include "media/media.h"

#include "base/fault.h"
#include "media/webp.h"
#include "test.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jpeglib.h>
#include <webp/decode.h>

static const struct tt_media_limits limits = { .max_pixels = 50000000, .max_side = 30000 };

static int set_up(void **state)
{
	struct tt_err err = { 0 };

	(void)state;
	return tt_media_init(&err);
}

static int file_of(const void *p, size_t n)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	CHECK(fd >= 0 && write(fd, p, n) == (ssize_t)n);
	return fd;
}

static int develop(const void *p, size_t n, const char *name, enum tt_develop_what what, struct tt_developed *d,
		   struct tt_err *err)
{
	int fd = file_of(p, n), rc;

	*d = (struct tt_developed){ .memory = NULL };
	rc = tt_media_develop(fd, name, what, &limits, d, err);
	close(fd);
	return rc;
}

/* Left half dark, right half light. */
static uint8_t *halves(uint32_t width, uint32_t height)
{
	uint8_t *rgb = malloc((size_t)width * height * 3);

	CHECK(rgb != NULL);
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			memset(rgb + ((size_t)y * width + x) * 3, x < width / 2 ? 20 : 230, 3);
	return rgb;
}

/* A TIFF block with an orientation and a date, as a camera puts it in front. */
static void write_exif(struct jpeg_compress_struct *c, uint8_t orientation)
{
	uint8_t exif[6 + 8 + 2 + 12 * 2 + 4 + 2 + 12 + 4 + 20] = "Exif\0\0MM\0*\0\0\0\x08"
								 "\0\2"
								 "\x01\x12\0\3\0\0\0\1\0\0\0\0"
								 "\x87\x69\0\4\0\0\0\1\0\0\0\x26"
								 "\0\0\0\0"
								 "\0\1"
								 "\x90\3\0\2\0\0\0\x14\0\0\0\x38"
								 "\0\0\0\0"
								 "2019:05:04 10:11:12";

	exif[6 + 8 + 2 + 9] = orientation;
	jpeg_write_marker(c, JPEG_APP0 + 1, exif, sizeof exif);
}

static uint8_t *jpeg_of(uint32_t width, uint32_t height, uint8_t orientation, unsigned long *size)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	unsigned char *out = NULL;
	uint8_t *rgb = halves(width, height);

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, size);
	c.image_width = width;
	c.image_height = height;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, 95, TRUE);
	jpeg_start_compress(&c, TRUE);
	write_exif(&c, orientation);
	while (c.next_scanline < height) {
		JSAMPROW row = rgb + (size_t)c.next_scanline * width * 3;

		(void)jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	free(rgb);
	return out;
}

static void everything_of_a_small_photo(void **state)
{
	struct tt_developed d;
	struct tt_err err = { 0 };
	unsigned long n;
	uint8_t *jpeg = jpeg_of(300, 200, 1, &n);

	(void)state;
	CHECK(develop(jpeg, n, "a.jpg", TT_DEVELOP_ALL, &d, &err) == 0);
	assert_string_equal(d.facts.mime, "image/jpeg");
	assert_string_equal(d.facts.taken, "2019-05-04T10:11:12");
	CHECK(d.facts.width == 300 && d.facts.height == 200 && d.facts.orientation == 1 && d.facts.frames == 1);
	CHECK(d.thumb_size > 20 && !memcmp(d.thumb, "RIFF", 4) && d.preview_size > 20 && !memcmp(d.preview, "RIFF", 4));
	CHECK(d.plane.width == 300 && d.plane.height == 200 && d.plane.rgb[0] < 40 && d.plane.rgb[299 * 3] > 210);
	CHECK(strlen(d.blurhash) == 28 && d.phash != 0);
	tt_developed_done(&d);
	CHECK(develop(jpeg, n, "a.jpg", TT_DEVELOP_FACTS, &d, &err) == 0);
	CHECK(d.facts.width == 300 && !d.thumb && !d.preview && !d.plane.rgb);
	tt_developed_done(&d);
	CHECK(develop(jpeg, n, "a.jpg", TT_DEVELOP_PLANE, &d, &err) == 0);
	CHECK(d.plane.width == 300 && !d.thumb && !d.preview);
	tt_developed_done(&d);
	free(jpeg);
}

static void a_plane_to_look_for_faces_in(void **state)
{
	static const struct tt_media_limits small = { .max_pixels = 50000000, .max_side = 30000, .faces_side = 320 };
	static const struct {
		const struct tt_media_limits *limits;
		uint32_t width, height; /* of the plane: turned upright */
	} rows[] = { { &limits, 720, 1440 }, { &small, 160, 320 } };
	unsigned long n;
	uint8_t *jpeg = jpeg_of(3000, 1500, 6, &n);

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_developed d = { .memory = NULL };
		struct tt_err err = { 0 };
		int fd = file_of(jpeg, n);

		CHECK(tt_media_develop(fd, "a.jpg", TT_DEVELOP_FACES_PLANE, rows[i].limits, &d, &err) == 0);
		CHECK(d.faces_plane.width == rows[i].width && d.faces_plane.height == rows[i].height);
		CHECK(d.faces_plane.rgb[0] < 40 && !d.plane.rgb && !d.thumb);
		tt_developed_done(&d);
		close(fd);
	}
	free(jpeg);
}

static void pictures_of_faces(void **state)
{
	static const struct {
		const char *name;
		float box[4];
		int rc;
		int side; /* of the picture */
	} rows[] = {
		{ "large", { 0.2F, 0.2F, 0.5F, 0.5F }, 0, 160 },
		{ "small", { 0.5F, 0.5F, 0.1F, 0.1F }, 0, 60 },
		{ "tiny", { 0.5F, 0.5F, 1e-6F, 1e-6F }, 0, 1 },
		{ "at an edge", { -0.1F, 0.9F, 0.2F, 0.2F }, 0, 120 },
		{ "far out", { 40, -40, 0.2F, 0.2F }, 0, 120 },
		{ "everything", { 0, 0, 1, 1 }, 0, 160 },
		{ "beyond", { -1e30F, 0, 3e30F, 1 }, 0, 160 },
		{ "no width", { 0, 0, 0, 1 }, TT_EINVALID, 0 },
		{ "no number", { 0, 0, NAN, 1 }, TT_EINVALID, 0 },
		{ "no end", { 0, 0, INFINITY, 1 }, TT_EINVALID, 0 },
	};
	uint8_t *rgb = halves(400, 300);
	struct tt_plane plane = { 400, 300, rgb };

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_err err = { 0 };
		uint8_t *webp = NULL;
		size_t size = 0;
		int width = 0, height = 0;

		CHECK_ROW(tt_media_face_crop(&plane, rows[i].box, &webp, &size, &err) == rows[i].rc, rows[i].name);
		CHECK_ROW((err.msg[0] != 0) == (rows[i].rc < 0), rows[i].name);
		CHECK_ROW(rows[i].rc < 0 || WebPGetInfo(webp, size, &width, &height), rows[i].name);
		CHECK_ROW(width == rows[i].side && height == rows[i].side, rows[i].name);
		free(webp);
	}
	free(rgb);
}

static void large_and_turned(void **state)
{
	struct tt_developed d;
	struct tt_err err = { 0 };
	unsigned long n;
	uint8_t *jpeg = jpeg_of(3000, 2000, 6, &n); /* a quarter right: dark on top */

	(void)state;
	CHECK(develop(jpeg, n, "a.nef", TT_DEVELOP_ALL, &d, &err) == 0);
	CHECK(d.facts.width == 2000 && d.facts.height == 3000 && d.facts.orientation == 6);
	CHECK(d.plane.width == 256 && d.plane.height == 384);
	CHECK(d.plane.rgb[0] < 40 && d.plane.rgb[(384 * 256 - 1) * 3] > 210);
	tt_developed_done(&d);
	free(jpeg);
}

static void long_picture_is_cropped_in_the_middle(void **state)
{
	struct tt_developed d;
	struct tt_err err = { 0 };
	unsigned long n;
	uint8_t *jpeg = jpeg_of(5000, 100, 1, &n);

	(void)state;
	CHECK(develop(jpeg, n, "a.jpg", TT_DEVELOP_ALL, &d, &err) == 0);
	CHECK(d.plane.width == TT_PLANE_LONG_MAX && d.plane.height == 100);
	CHECK(d.plane.rgb[0] < 40 && d.plane.rgb[(TT_PLANE_LONG_MAX - 1) * 3] > 210);
	tt_developed_done(&d);
	free(jpeg);
}

static void webp_goes_through_vips(void **state)
{
	struct tt_developed d;
	struct tt_err err = { 0 };
	uint8_t *rgb = halves(1, 1), *webp;
	size_t n;

	(void)state;
	CHECK(tt_webp_encode(rgb, 1, 1, 80, 0, &webp, &n, &err) == 0);
	free(rgb);
	CHECK(develop(webp, n, "a.webp", TT_DEVELOP_ALL, &d, &err) == 0);
	CHECK(d.facts.width == 1 && d.plane.width == 1 && d.plane.height == 1);
	tt_developed_done(&d);
	free(webp);
}

/* Cut anywhere, a JPEG gives a picture or a clear refusal, and never anything else. */
static void cut_jpeg(void **state)
{
	unsigned long n;
	uint8_t *jpeg = jpeg_of(400, 300, 1, &n);

	(void)state;
	for (unsigned long cut = 1; cut < n; cut += cut < 700 ? 7 : 501) {
		struct tt_developed d;
		struct tt_err err = { 0 };
		int rc = develop(jpeg, cut, "a.jpg", TT_DEVELOP_ALL, &d, &err);

		CHECK(rc == 0 || (rc == TT_EINVALID && err.msg[0]));
		CHECK(cut < n * 3 / 4 || rc == 0);
		if (rc == 0)
			tt_developed_done(&d);
	}
	free(jpeg);
}

#define BYTES(s) (s), sizeof(s) - 1

static void refusals(void **state)
{
	static const struct {
		const char *what, *bytes;
		size_t n;
		const char *name;
		int code;
	} rows[] = {
		{ "empty", BYTES(""), "a.jpg", TT_EINVALID },
		{ "text with a photo's name", BYTES("just words\n"), "a.jpg", TT_EINVALID },
		{ "60,000 x 60,000 PNG",
		  BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\2\0\0\0\x0f\xb0\xe2\x15"
			"\0\0\0\x09IDATx\x9c\x63\0\0\0\1\0\1\x5e\xff\x7d\xf9"),
		  "a.png", TT_ETOOBIG },
		{ "65,535 x 65,535 GIF", BYTES("GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\2L\1\0;"),
		  "a.gif", TT_ETOOBIG },
		{ "JPEG of a head only", BYTES("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"), "a.jpg",
		  TT_EINVALID },
		{ "TIFF with a raw's name", BYTES("II*\0\x08\0\0\0\0\0\0\0\0\0"), "a.nef", TT_EINVALID },
		{ "TIFF of nothing", BYTES("II*\0\x08\0\0\0\0\0\0\0\0\0"), "a.tif", TT_EINVALID },
		{ "HEIC of a head only",
		  BYTES("\0\0\0\x18"
			"ftypheic\0\0\0\0mif1heic"),
		  "a.heic", TT_EINVALID },
		{ "JXL of a head only", BYTES("\xff\x0a"), "a.jxl", TT_EINVALID },
		{ "MP4 of a head only",
		  BYTES("\0\0\0\x18"
			"ftypisom\0\0\0\1isommp42"),
		  "a.mp4", TT_EINVALID },
		{ "WebP of a head only", BYTES("RIFF\x20\0\0\0WEBPVP8 "), "a.webp", TT_EINVALID },
		{ "CR3 of a head only",
		  BYTES("\0\0\0\x18"
			"ftypcrx \0\0\0\1crx isom"),
		  "a.cr3", TT_EINVALID },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_developed d;
		struct tt_err err = { 0 };
		int rc = develop(rows[i].bytes, rows[i].n, rows[i].name, TT_DEVELOP_ALL, &d, &err);

		if (rc != rows[i].code)
			print_error("got %d: %s\n", rc, err.msg);
		CHECK_ROW(rc == rows[i].code && err.msg[0], rows[i].what);
	}
}

/* Each allocation fails once: a clear refusal or a whole answer (an ICC profile may be missing), and nothing is lost.
 */
static void every_allocation_may_fail(void **state)
{
	unsigned long size;
	uint8_t *jpeg = jpeg_of(1600, 900, 6, &size), *rgb = halves(70, 50), *webp;
	struct tt_err err = { 0 };
	size_t webp_size;

	(void)state;
	CHECK(tt_webp_encode(rgb, 70, 50, 80, 0, &webp, &webp_size, &err) == 0);
	free(rgb);
	for (int k = 0; k < 2; k++) {
		bool hit = true;

		for (long n = 0; hit; n++) {
			struct tt_developed d;
			int rc;

			err = (struct tt_err){ 0 };
			tt_fault_arm(TT_FAULT_ALLOC, n);
			rc = k ? develop(webp, webp_size, "a.webp", TT_DEVELOP_ALL, &d, &err)
			       : develop(jpeg, size, "a.jpg", TT_DEVELOP_ALL, &d, &err);
			hit = tt_fault_disarm(TT_FAULT_ALLOC);
			CHECK(hit || rc == 0);
			CHECK(rc == 0 || ((rc == TT_ENOMEM || rc == TT_ETOOBIG) && err.msg[0]));
			if (rc == 0)
				tt_developed_done(&d);
		}
	}
	free(webp);
	free(jpeg);
}

static void a_folder_is_no_photo(void **state)
{
	struct tt_developed d;
	struct tt_err err = { 0 };
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	CHECK(tt_media_develop(fd, "/", TT_DEVELOP_ALL, &limits, &d, &err) == TT_EIO);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_of_a_small_photo),
		cmocka_unit_test(a_plane_to_look_for_faces_in),
		cmocka_unit_test(pictures_of_faces),
		cmocka_unit_test(large_and_turned),
		cmocka_unit_test(long_picture_is_cropped_in_the_middle),
		cmocka_unit_test(webp_goes_through_vips),
		cmocka_unit_test(cut_jpeg),
		cmocka_unit_test(refusals),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(a_folder_is_no_photo),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
