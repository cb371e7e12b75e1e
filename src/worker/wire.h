/* What goes between the server and a worker: one packet there, one packet back with a sealed memfd. The server's side
 * trusts nothing in it: a worker may have been taken over by the file it reads. Pure but for the mapping; any thread.
 */
#ifndef TT_WORKER_WIRE_H
#define TT_WORKER_WIRE_H

#include "media/media.h"

#define TT_WIRE_NAME 256
#define TT_WIRE_REPLY_MAX ((uint64_t)64 << 20) /* bytes of one answer's memory */

struct tt_wire_request {
	uint32_t what;
	char name[TT_WIRE_NAME];
};

enum tt_wire_kind { TT_WIRE_ANSWER = 1, TT_WIRE_BYE = 2 };

struct tt_wire_reply {
	uint32_t kind;
	int32_t code;  /* 0 or a tt_code; with 0 a memfd comes along */
	uint32_t last; /* this worker ends after it */
	uint32_t padding;
	uint64_t size; /* of the memfd */
	char msg[240];
};

/* Facts with fixed widths and no bool, whose other bit patterns would be undefined. */
struct tt_wire_facts {
	char mime[32], taken[20], subsec[10], offset[7], offset_source[16], make[64], model[96], lens[128];
	char description[2048], keywords[2048];
	uint32_t width, height, iso, frames;
	int32_t rating;
	uint8_t orientation, has_position, has_altitude, has_rating;
	double lat, lon, alt, f_number, exposure_s, focal_mm, duration_s;
};

/* The head of the memfd; the bytes of thumb, preview, plane and faces plane follow in this order. */
struct tt_wire_developed {
	struct tt_wire_facts facts;
	uint64_t thumb_size, preview_size, plane_size, faces_size, phash;
	uint32_t plane_width, plane_height, faces_width, faces_height;
	char blurhash[TT_BLURHASH_SIZE];
};

/* Worker's side: a new sealed memfd. */
int tt_wire_pack(const struct tt_developed *d, int *fd, uint64_t *size, struct tt_err *err) TT_CHECKED;
/* Server's side: maps read-only and checks every size and text; out->memory holds the mapping. */
int tt_wire_unpack(int fd, uint64_t size, struct tt_developed *out, struct tt_err *err) TT_CHECKED;

#endif
