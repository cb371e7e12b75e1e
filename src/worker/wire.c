#include "worker/wire.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

#define COPY_TEXT(to, from) tt_utf8_copy((to), sizeof(to), (from), strnlen((from), sizeof(from)))

static void pack_facts(struct tt_wire_facts *w, const struct tt_facts *f)
{
	COPY_TEXT(w->mime, f->mime);
	COPY_TEXT(w->taken, f->taken);
	COPY_TEXT(w->subsec, f->subsec);
	COPY_TEXT(w->offset, f->offset);
	COPY_TEXT(w->offset_source, f->offset_source);
	COPY_TEXT(w->make, f->make);
	COPY_TEXT(w->model, f->model);
	COPY_TEXT(w->lens, f->lens);
	COPY_TEXT(w->description, f->description);
	COPY_TEXT(w->keywords, f->keywords);
	w->width = f->width;
	w->height = f->height;
	w->iso = f->iso;
	w->frames = f->frames;
	w->rating = f->rating;
	w->orientation = f->orientation;
	w->has_position = f->has_position;
	w->has_altitude = f->has_altitude;
	w->has_rating = f->has_rating;
	w->lat = f->lat;
	w->lon = f->lon;
	w->alt = f->alt;
	w->f_number = f->f_number;
	w->exposure_s = f->exposure_s;
	w->focal_mm = f->focal_mm;
	w->duration_s = f->duration_s;
}

static double finite_or_0(double v, double min, double max)
{
	return isfinite(v) && v >= min && v <= max ? v : 0;
}

static void unpack_facts(struct tt_facts *f, const struct tt_wire_facts *w)
{
	COPY_TEXT(f->mime, w->mime);
	COPY_TEXT(f->taken, w->taken);
	COPY_TEXT(f->subsec, w->subsec);
	COPY_TEXT(f->offset, w->offset);
	COPY_TEXT(f->offset_source, w->offset_source);
	COPY_TEXT(f->make, w->make);
	COPY_TEXT(f->model, w->model);
	COPY_TEXT(f->lens, w->lens);
	COPY_TEXT(f->description, w->description);
	COPY_TEXT(f->keywords, w->keywords);
	f->width = w->width;
	f->height = w->height;
	f->iso = w->iso;
	f->frames = w->frames;
	f->orientation = w->orientation <= 8 ? w->orientation : 0;
	f->has_position = w->has_position && isfinite(w->lat) && isfinite(w->lon) && fabs(w->lat) <= 90 &&
			  fabs(w->lon) <= 180;
	f->lat = f->has_position ? w->lat : 0;
	f->lon = f->has_position ? w->lon : 0;
	f->has_altitude = f->has_position && w->has_altitude && isfinite(w->alt);
	f->alt = f->has_altitude ? w->alt : 0;
	f->has_rating = w->has_rating && w->rating >= -1 && w->rating <= 5;
	f->rating = f->has_rating ? w->rating : 0;
	f->f_number = finite_or_0(w->f_number, 0, 1e9);
	f->exposure_s = finite_or_0(w->exposure_s, 0, 1e9);
	f->focal_mm = finite_or_0(w->focal_mm, 0, 1e9);
	f->duration_s = finite_or_0(w->duration_s, 0, 1e12);
}

static int fail_errno(struct tt_err *err, const char *what)
{
	return tt_err_set(err, TT_EINTERNAL, "worker: %s: %s", what, strerror(errno));
}

static uint64_t bytes_of(const struct tt_plane *p)
{
	return (uint64_t)p->width * p->height * 3;
}

static uint8_t *put(uint8_t *to, const void *from, uint64_t n)
{
	if (n > 0)
		memcpy(to, from, n);
	return to + n;
}

static int fill(int fd, const struct tt_developed *d, uint64_t size, struct tt_err *err)
{
	struct tt_wire_developed *w = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	uint8_t *to = (uint8_t *)(w + 1);

	if (w == MAP_FAILED)
		return fail_errno(err, "map");
	pack_facts(&w->facts, &d->facts);
	w->thumb_size = d->thumb_size;
	w->preview_size = d->preview_size;
	w->plane_size = bytes_of(&d->plane);
	w->faces_size = bytes_of(&d->faces_plane);
	w->phash = d->phash;
	w->plane_width = d->plane.width;
	w->plane_height = d->plane.height;
	w->faces_width = d->faces_plane.width;
	w->faces_height = d->faces_plane.height;
	COPY_TEXT(w->blurhash, d->blurhash);
	to = put(to, d->thumb, w->thumb_size);
	to = put(to, d->preview, w->preview_size);
	to = put(to, d->plane.rgb, w->plane_size);
	(void)put(to, d->faces_plane.rgb, w->faces_size);
	munmap(w, size);
	return 0;
}

int tt_wire_pack(const struct tt_developed *d, int *fd, uint64_t *size, struct tt_err *err)
{
	uint64_t total = sizeof(struct tt_wire_developed) + d->thumb_size + d->preview_size + bytes_of(&d->plane) +
			 bytes_of(&d->faces_plane);
	int memory, rc = 0;

	if (total > TT_WIRE_REPLY_MAX)
		return tt_err_set(err, TT_ETOOBIG, "worker: the answer is too large");
	memory = memfd_create("tintype-answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memory < 0)
		return fail_errno(err, "memfd");
	if (ftruncate(memory, (off_t)total) < 0)
		rc = fail_errno(err, "size");
	if (rc == 0)
		rc = fill(memory, d, total, err);
	if (rc == 0 && fcntl(memory, F_ADD_SEALS, SEALS | F_SEAL_SEAL) < 0)
		rc = fail_errno(err, "seal");
	if (rc < 0) {
		close(memory);
		return rc;
	}
	*fd = memory;
	*size = total;
	return 0;
}

static int lie(struct tt_err *err, const char *what)
{
	return tt_err_set(err, TT_ECRASH, "the decoder gave an answer that makes no sense (%s)", what);
}

/* size >= sizeof *w was checked. Each size is bounded alone first, so that their sum cannot wrap. */
static int check_sizes(const struct tt_wire_developed *w, uint64_t size, struct tt_err *err)
{
	uint64_t room = size - sizeof *w;

	if (w->thumb_size > room || w->preview_size > room || w->plane_size > room || w->faces_size > room ||
	    w->thumb_size + w->preview_size + w->plane_size + w->faces_size != room)
		return lie(err, "sizes");
	if (w->plane_width > TT_PLANE_LONG_MAX || w->plane_height > TT_PLANE_LONG_MAX ||
	    (uint64_t)w->plane_width * w->plane_height * 3 != w->plane_size)
		return lie(err, "plane");
	if (w->faces_width > TT_FACES_SIDE_MAX || w->faces_height > TT_FACES_SIDE_MAX ||
	    (uint64_t)w->faces_width * w->faces_height * 3 != w->faces_size)
		return lie(err, "faces plane");
	return 0;
}

/* The next n bytes; NULL for none. */
static const uint8_t *take(const uint8_t **at, uint64_t n)
{
	const uint8_t *p = *at;

	*at += n;
	return n > 0 ? p : NULL;
}

static int unpack(const void *memory, uint64_t size, struct tt_developed *out, struct tt_err *err)
{
	/* Sealed against writing, so what is checked stays what is used. */
	const struct tt_wire_developed *w = memory;
	const uint8_t *bytes = (const uint8_t *)(w + 1);
	int rc = check_sizes(w, size, err);

	if (rc < 0)
		return rc;
	unpack_facts(&out->facts, &w->facts);
	out->thumb_size = w->thumb_size;
	out->thumb = take(&bytes, w->thumb_size);
	out->preview_size = w->preview_size;
	out->preview = take(&bytes, w->preview_size);
	out->plane = (struct tt_plane){ w->plane_width, w->plane_height, take(&bytes, w->plane_size) };
	out->faces_plane = (struct tt_plane){ w->faces_width, w->faces_height, take(&bytes, w->faces_size) };
	out->phash = w->phash;
	COPY_TEXT(out->blurhash, w->blurhash);
	return 0;
}

int tt_wire_unpack(int fd, uint64_t size, struct tt_developed *out, struct tt_err *err)
{
	struct tt_developed d = { .memory = NULL };
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS), rc;
	void *p;

	if (seals < 0 || (seals & SEALS) != SEALS)
		return lie(err, "not sealed");
	if (fstat(fd, &st) < 0 || size < sizeof(struct tt_wire_developed) || size > TT_WIRE_REPLY_MAX ||
	    (uint64_t)st.st_size != size)
		return lie(err, "length");
	p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return fail_errno(err, "map");
	rc = unpack(p, size, &d, err);
	if (rc < 0) {
		munmap(p, size);
		return rc;
	}
	d.memory = p;
	d.memory_size = size;
	*out = d;
	return 0;
}
