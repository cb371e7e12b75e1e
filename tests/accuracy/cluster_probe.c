/* cluster-probe VECTORS CONFIDENCE NEIGHBOURS "a b": clusters a file of int8 vectors, 256 bytes each, all of good
 * quality and of photos of their own, and prints the group of each, -1 for nobody. Groups of one count here.
 * cluster-probe --pairs VECTORS: fits the calibration on all pairs of lines "first second same" of standard input. */
#include "base/alloc.h"
#include "vision/cluster.h"

#include <stdio.h>
#include <string.h>

static int read_vectors(const char *path, tt_face_vector **out, size_t *n)
{
	FILE *f = fopen(path, "rb");
	long size;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
		return -1;
	rewind(f);
	*n = (size_t)size / sizeof **out;
	*out = tt_alloc(*n * sizeof **out);
	if (!*out || fread(*out, sizeof **out, *n, f) != *n)
		return -1;
	return fclose(f);
}

static int fit_pairs(const tt_face_vector *vectors, size_t n, struct tt_err *err)
{
	struct tt_same_pair *pairs = NULL;
	struct tt_same same;
	size_t count = 0, a, b;
	int is_same, rc;

	while (scanf("%zu %zu %d", &a, &b, &is_same) == 3 && a < n && b < n) {
		if (count % 65536 == 0)
			pairs = tt_realloc(pairs, (count + 65536) * sizeof *pairs);
		if (!pairs)
			return tt_err_set(err, TT_ENOMEM, "out of memory");
		pairs[count++] = (struct tt_same_pair){ tt_similar_cosine(tt_similar_dot(vectors[a], vectors[b])), 1,
							is_same != 0 };
	}
	rc = tt_same_fit(&same, pairs, count, false, err);
	free(pairs);
	if (rc == 0)
		printf("%.4f %.4f\n", same.a, same.b);
	return rc;
}

static int cluster(const tt_face_vector *vectors, size_t n, const struct tt_cluster_opts *opts, struct tt_err *err)
{
	TT_SCOPED(tt_freep) float *quality = tt_alloc(n * sizeof *quality);
	TT_SCOPED(tt_freep) int64_t *photo = tt_alloc(n * sizeof *photo);
	struct tt_cluster_output out = { 0 };
	int rc;

	if (!quality || !photo)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		quality[i] = 1;
		photo[i] = (int64_t)i;
	}
	rc = tt_cluster(&(struct tt_cluster_input){ .vectors = vectors, .quality = quality, .photo = photo, .n = n },
			opts, &out, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		printf("%ld\n", out.group[i] == TT_SIMILAR_NONE ? -1 : (long)out.group[i]);
	tt_cluster_done(&out);
	return rc;
}

int main(int argc, char **argv)
{
	struct tt_err err = { 0 };
	TT_SCOPED(tt_freep) tt_face_vector *vectors = NULL;
	struct tt_cluster_opts opts = { .recur = 1 };
	size_t n;
	int rc;

	if (argc < 3 || read_vectors(argv[argc == 3 ? 2 : 1], &vectors, &n) != 0) {
		fprintf(stderr, "cluster-probe VECTORS CONFIDENCE NEIGHBOURS \"a b\"\n");
		return 2;
	}
	if (argc == 3) {
		rc = fit_pairs(vectors, n, &err);
	} else {
		opts.confidence = strtod(argv[2], NULL);
		opts.neighbours = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 32;
		rc = tt_same_parse(&opts.calibration, argc > 4 ? argv[4] : NULL, &err);
		if (rc == 0)
			rc = cluster(vectors, n, &opts, &err);
	}
	if (rc < 0)
		fprintf(stderr, "cluster-probe: %s\n", err.msg);
	return rc < 0;
}
