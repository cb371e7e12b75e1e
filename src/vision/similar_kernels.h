/* Kernels of similar.h, for tests and benchmarks. All give the same integers for all int8 values. */
#ifndef TT_VISION_SIMILAR_KERNELS_H
#define TT_VISION_SIMILAR_KERNELS_H

#include "vision/similar.h"

/* A panel is 16 vectors side by side: value d of vector v is at [d / 4][v][d % 4], so that a register of 64 bytes has 4
 * values of each. Any instruction that adds products of 4 int8 to an int32 fits it (dpbusd here, Arm's sdot), and 16
 * such registers are a tile of AMX as it wants it. */
#define TT_SIMILAR_PANEL 16
#define TT_SIMILAR_TILE 32 /* queries that a kernel takes at once, at most */

struct tt_similar_panel {
	int8_t v[TT_SIMILAR_DIM / 4][TT_SIMILAR_PANEL][4];
};

struct tt_similar_kernels {
	const char *name;
	unsigned queries; /* that a tile takes, ≤ TT_SIMILAR_TILE */
	/* Before a thread's first tile and after its last one. NULL: nothing to do. */
	void (*begin)(void), (*end)(void);
	/* dots[q][v] for n ≤ queries; hits[q]: bit v is set where dots[q][v] ≥ least[q] */
	void (*tile)(const struct tt_similar_panel *panel, const tt_face_vector *queries, unsigned n,
		     const int32_t *least, int32_t (*dots)[TT_SIMILAR_PANEL], uint16_t *hits);
	void (*row)(const int8_t *query, const tt_face_vector *vectors, size_t n, int32_t *out);
};

#define TT_SIMILAR_KERNELS 4
/* Those that run on this processor, the fastest first; how many. */
unsigned tt_similar_kernels(const struct tt_similar_kernels *list[TT_SIMILAR_KERNELS]);
/* As tt_similar_topk() with these kernels. */
int tt_similar_topk_with(const struct tt_similar_kernels *kernels, const struct tt_similar_job *job,
			 struct tt_similar_hit *hits, struct tt_err *err) TT_CHECKED;

#endif
