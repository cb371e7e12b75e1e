/* Boxes after ISO 14496-12: §4.2 for the box header, §8.4.2 mdhd, §8.4.3 hdlr, §8.7.3 stsz. */
#include "media/bmff.h"

enum { BOXES_MAX = 4096 };

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t be64(const uint8_t *p)
{
	return (uint64_t)be32(p) << 32 | be32(p + 4);
}

bool tt_box_next(const uint8_t **p, size_t *n, struct tt_box *out)
{
	uint64_t size;
	size_t head = 8;

	if (*n < 8)
		return false;
	size = be32(*p);
	out->type = be32(*p + 4);
	if (size == 1 && *n >= 16) {
		size = be64(*p + 8);
		head = 16;
	}
	if (size == 0 || size > *n)
		size = *n;
	if (size < head)
		return false;
	out->p = *p + head;
	out->n = (size_t)size - head;
	*p += size;
	*n -= (size_t)size;
	return true;
}

static bool find(const uint8_t *p, size_t n, uint32_t type, struct tt_box *out)
{
	for (unsigned i = 0; i < BOXES_MAX && tt_box_next(&p, &n, out); i++)
		if (out->type == type)
			return true;
	return false;
}

static double media_seconds(const struct tt_box *mdhd)
{
	uint64_t duration;
	uint32_t scale;

	if (mdhd->n < 20)
		return 0;
	if (mdhd->p[0] == 1) {
		if (mdhd->n < 32)
			return 0;
		scale = be32(mdhd->p + 20);
		duration = be64(mdhd->p + 24);
	} else {
		scale = be32(mdhd->p + 12);
		duration = be32(mdhd->p + 16);
	}
	return scale > 0 && duration < (uint64_t)1 << 40 ? (double)duration / scale : 0;
}

static bool picture_track(const struct tt_box *trak, uint32_t *frames, double *seconds)
{
	struct tt_box mdia, box, minf, stbl;

	if (!find(trak->p, trak->n, TT_BOX('m', 'd', 'i', 'a'), &mdia) ||
	    !find(mdia.p, mdia.n, TT_BOX('h', 'd', 'l', 'r'), &box) || box.n < 12 ||
	    be32(box.p + 8) != TT_BOX('p', 'i', 'c', 't'))
		return false;
	if (!find(mdia.p, mdia.n, TT_BOX('m', 'i', 'n', 'f'), &minf) ||
	    !find(minf.p, minf.n, TT_BOX('s', 't', 'b', 'l'), &stbl) ||
	    !find(stbl.p, stbl.n, TT_BOX('s', 't', 's', 'z'), &box) || box.n < 12 || be32(box.p + 8) == 0)
		return false;
	*frames = be32(box.p + 8);
	if (find(mdia.p, mdia.n, TT_BOX('m', 'd', 'h', 'd'), &box))
		*seconds = media_seconds(&box);
	return true;
}

void tt_bmff_sequence(const uint8_t *p, size_t n, uint32_t *frames, double *seconds)
{
	struct tt_box moov, trak;

	if (!find(p, n, TT_BOX('m', 'o', 'o', 'v'), &moov))
		return;
	p = moov.p;
	n = moov.n;
	for (unsigned i = 0; i < BOXES_MAX && tt_box_next(&p, &n, &trak); i++)
		if (trak.type == TT_BOX('t', 'r', 'a', 'k') && picture_track(&trak, frames, seconds))
			return;
}
