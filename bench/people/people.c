/* Growth of likeness, assignment and clustering with the number of faces.
 *
 * bench_people [faces …]: for each number, synthetic unit vectors on the sphere, 50 faces a person: a random direction
 * each, faces scattered about it so that two of one person have a cosine of 0.35 to 0.65 (strangers: 0 ± 0.06), photos
 * of one to four persons. Prints a row of a Markdown table each: ms for one new face against the galleries of all
 * persons, minutes of neighbours and of the whole clustering, the result against the truth, peak memory so far. */
#include "base/alloc.h"
#include "vision/cluster.h"
#include "vision/gallery.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { EACH = 50, REPRESENTATIVES = 12, ASKED = 50, NEIGHBOURS = 32 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu_time(void) /* of all threads */
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdu;
	x ^= x >> 29;
	x *= 0xc4ceb9fe1a85ec53u;
	return x ^ x >> 32;
}

/* About normal: the sum of four uniform parts of one random number. */
static float normal(uint64_t stream, uint64_t at)
{
	uint64_t x = mix(stream * 0x9e3779b97f4a7c15u + mix(at + 1));

	return ((float)(x & 0xffff) + (float)(x >> 16 & 0xffff) + (float)(x >> 32 & 0xffff) + (float)(x >> 48) -
		2 * 65535.f) *
	       (1.7320508f / 65536);
}

static void make_face(int8_t *out, uint64_t person, uint64_t face)
{
	float v[TT_SIMILAR_DIM], alike = .35f + .3f * (float)(mix(face) & 1023) / 1023;
	float near = sqrtf(alike), far = sqrtf(1 - alike);

	for (unsigned d = 0; d < TT_SIMILAR_DIM; d++)
		v[d] = near * normal(2 * person, d) + far * normal(2 * face + 1, d);
	tt_similar_quantise(v, out);
}

struct album {
	tt_face_vector *vectors;
	float *quality;
	int64_t *photo;
	uint32_t *person; /* truth */
	size_t n, persons;
};

static void album_done(struct album *a)
{
	free(a->vectors);
	free(a->quality);
	free(a->photo);
	free(a->person);
}

static int album_make(struct album *a, size_t n)
{
	int64_t photo = 0;
	size_t left = 0;

	*a = (struct album){ .n = n, .persons = (n + EACH - 1) / EACH };
	a->vectors = tt_alloc(n * sizeof *a->vectors);
	a->quality = tt_alloc(n * sizeof *a->quality);
	a->photo = tt_alloc(n * sizeof *a->photo);
	a->person = tt_alloc(n * sizeof *a->person);
	if (!a->vectors || !a->quality || !a->photo || !a->person)
		return -1;
	for (size_t i = 0; i < n; i++) {
		a->person[i] = (uint32_t)(i % a->persons); /* faces side by side are of different persons */
		make_face(a->vectors[i], a->person[i], i);
		a->quality[i] = mix(i + 77) % 20 == 0 ? .2f : .8f;
		if (left == 0) {
			photo++;
			left = 1 + mix(i) % 4;
		}
		left--;
		a->photo[i] = photo;
	}
	return 0;
}

/* ms for one new face against all persons, REPRESENTATIVES faces each */
static double time_assignment(const struct album *a)
{
	size_t n = a->persons * REPRESENTATIVES;
	TT_SCOPED(tt_freep) tt_face_vector *vectors = tt_alloc(n * sizeof *vectors);
	TT_SCOPED(tt_freep) float *quality = tt_alloc(n * sizeof *quality);
	TT_SCOPED(tt_freep) uint32_t *first = tt_alloc((a->persons + 1) * sizeof *first);
	struct tt_gallery_found found;
	tt_face_vector face;
	struct tt_err err;
	double start;

	if (!vectors || !quality || !first)
		return -1;
	for (size_t i = 0; i < n; i++) {
		memcpy(vectors[i], a->vectors[i / REPRESENTATIVES + i % REPRESENTATIVES * a->persons], sizeof *vectors);
		quality[i] = .8f;
	}
	for (uint32_t p = 0; p <= a->persons; p++)
		first[p] = p * REPRESENTATIVES;
	make_face(face, 3, a->n + 1);
	start = now();
	for (unsigned i = 0; i < ASKED; i++)
		if (tt_gallery_assign(&(struct tt_gallery){ vectors, quality, n, first, a->persons },
				      &(struct tt_same){ .a = 30, .b = -8 },
				      &(struct tt_gallery_query){
					      .vectors = &face, .quality = quality, .n = 1, .confidence = .72 },
				      &found, &err) < 0 ||
		    found.person != 3)
			return -1;
	return (now() - start) * 1e3 / ASKED;
}

struct watch {
	double neighbours; /* when the search for them was over */
};

static int watch(void *ctx, double done)
{
	struct watch *w = ctx;

	if (done >= .9 && w->neighbours <= 0)
		w->neighbours = now();
	return 0;
}

/* BCubed: for each face the part of its group that is its person, and the part of its person that is in its group. */
static int judge(const struct album *a, const struct tt_cluster_output *out, double *precision, double *recall)
{
	size_t groups = out->groups + a->n;
	TT_SCOPED(tt_freep) uint32_t *size = tt_calloc(groups, sizeof *size);
	TT_SCOPED(tt_freep) uint32_t *mine = tt_calloc(groups, sizeof *mine);

	if (!size || !mine)
		return -1;
	*precision = *recall = 0;
	for (size_t i = 0; i < a->n; i++)
		size[out->group[i] == TT_SIMILAR_NONE ? out->groups + i : out->group[i]]++;
	for (size_t p = 0; p < a->persons; p++) {
		for (size_t i = p; i < a->n; i += a->persons)
			mine[out->group[i] == TT_SIMILAR_NONE ? out->groups + i : out->group[i]]++;
		for (size_t i = p; i < a->n; i += a->persons) {
			size_t g = out->group[i] == TT_SIMILAR_NONE ? out->groups + i : out->group[i];

			*precision += (double)mine[g] / size[g];
			*recall += (double)mine[g] / (double)((a->n - p + a->persons - 1) / a->persons);
		}
		for (size_t i = p; i < a->n; i += a->persons)
			mine[out->group[i] == TT_SIMILAR_NONE ? out->groups + i : out->group[i]] = 0;
	}
	*precision /= (double)a->n;
	*recall /= (double)a->n;
	return 0;
}

static int measure(size_t n)
{
	struct watch w = { 0 };
	struct tt_cluster_opts opts = { .confidence = .72,
					.min_quality = .3,
					.neighbours = NEIGHBOURS,
					.recur = 2,
					.calibration = { .a = 30, .b = -8 },
					.progress = watch,
					.ctx = &w };
	struct tt_cluster_output out = { 0 };
	struct tt_err err = { 0 };
	struct rusage usage;
	struct album a;
	double start, cpu, ms, precision, recall;
	int rc = -1;

	if (album_make(&a, n) < 0)
		goto done;
	ms = time_assignment(&a);
	start = now();
	cpu = cpu_time();
	if (tt_cluster(
		    &(struct tt_cluster_input){ .vectors = a.vectors, .quality = a.quality, .photo = a.photo, .n = n },
		    &opts, &out, &err) < 0 ||
	    judge(&a, &out, &precision, &recall) < 0)
		goto done;
	getrusage(RUSAGE_SELF, &usage);
	printf("| %zu | %zu | %.2f | %.2f | %.2f | %.2f | %zu | %.4f | %.4f | %ld |\n", n, a.persons, ms,
	       (w.neighbours - start) / 60, (now() - start) / 60, (cpu_time() - cpu) / 60, out.groups, precision,
	       recall, usage.ru_maxrss / 1024);
	fflush(stdout);
	rc = 0;
done:
	if (rc < 0)
		fprintf(stderr, "bench_people: %zu faces: %s\n", n,
			err.code ? err.msg : "out of memory, or a wrong answer");
	tt_cluster_done(&out);
	album_done(&a);
	return rc;
}

int main(int argc, char **argv)
{
	static const size_t usual[] = { 10000, 30000, 100000, 300000, 1000000 };
	int rc = 0;

	printf("| faces | persons | ms per new face | neighbours, min | clustering, min | of it CPU, min | groups | "
	       "BCubed precision | "
	       "recall "
	       "| peak RSS, MiB |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; rc == 0 && i < (argc > 1 ? (size_t)argc - 1 : TT_LEN(usual)); i++)
		rc = measure(argc > 1 ? strtoul(argv[i + 1], NULL, 10) : usual[i]);
	return rc < 0;
}
