#include "vision/face_nets.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "vision/faces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define BN_EPS 1e-5f
#define NECK 48
#define DETECTOR_SIDE 640 /* px: the long side of a photo, unless the file says otherwise */
#define GROUP 32          /* channels of one group in the embedder */

static int conv_bn(struct tt_graph *g, int x, const struct tt_conv *spec, const char *prefix, const char *conv,
		   const char *bn)
{
	char name[TT_NODE_NAME];

	snprintf(name, sizeof name, "%s%s", prefix, conv);
	x = tt_graph_conv(g, x, spec, name);
	snprintf(name, sizeof name, "%s%s", prefix, bn);
	return tt_graph_bn(g, x, BN_EPS, name);
}

/* NAME.conv and NAME.bn. */
static int layer(struct tt_graph *g, int x, uint32_t out, uint32_t kernel, uint32_t stride, const char *name)
{
	return conv_bn(g, x, &(struct tt_conv){ out, kernel, stride, kernel / 2, 1, false }, name, ".conv", ".bn");
}

static int layer_relu(struct tt_graph *g, int x, uint32_t out, uint32_t kernel, uint32_t stride, const char *name)
{
	return tt_graph_relu(g, layer(g, x, out, kernel, stride, name));
}

static int squeeze(struct tt_graph *g, int x, uint32_t to, const char *prefix)
{
	char name[TT_NODE_NAME];

	snprintf(name, sizeof name, "%sse", prefix);
	return tt_graph_se(g, x, to, name);
}

static int detector_stage(struct tt_graph *g, int x, uint32_t c, unsigned stage, unsigned blocks)
{
	const struct tt_conv spec = { c, 3, 1, 1, 1, false };

	for (unsigned i = 0; i < blocks; i++) {
		char prefix[32];
		int y;

		snprintf(prefix, sizeof prefix, "stage%u.%u.", stage, i);
		y = tt_graph_relu(g, conv_bn(g, x, &spec, prefix, "conv1", "bn1"));
		y = squeeze(g, conv_bn(g, y, &spec, prefix, "conv2", "bn2"), c / 4, prefix);
		x = tt_graph_relu(g, tt_graph_add(g, y, x));
	}
	return x;
}

/* Enlarged first: the sum is then part of the other side's convolution. */
static int merge(struct tt_graph *g, int fine, int coarse, const char *name)
{
	int up = tt_graph_upsample(g, coarse);

	return tt_graph_add(g, layer(g, fine, NECK, 1, 1, name), up);
}

static void head(struct tt_graph *g, int x, const char *smooth)
{
	const struct tt_conv out = { TT_FACE_OUTPUTS, 1, 1, 0, 1, true };

	x = layer_relu(g, layer_relu(g, x, NECK, 3, 1, smooth), NECK, 3, 1, "head");
	tt_graph_output(g, tt_graph_conv(g, x, &out, "head.out"));
}

void tt_face_detector_build(struct tt_graph *g, uint32_t height, uint32_t width)
{
	int x = layer_relu(g, tt_graph_input(g, 3, height, width), 16, 3, 2, "stem");
	int c2, c3, c4, p2, p3, p4;

	x = detector_stage(g, layer_relu(g, x, 24, 3, 2, "down1"), 24, 1, 1);
	c2 = detector_stage(g, layer_relu(g, x, 48, 3, 2, "down2"), 48, 2, 2);
	c3 = detector_stage(g, layer_relu(g, c2, 64, 3, 2, "down3"), 64, 3, 2);
	c4 = detector_stage(g, layer_relu(g, c3, 64, 3, 2, "down4"), 64, 4, 1);
	p4 = layer(g, c4, NECK, 1, 1, "lat4");
	p3 = merge(g, c3, p4, "lat3");
	p2 = merge(g, c2, p3, "lat2");
	head(g, p2, "smooth2");
	head(g, p3, "smooth3");
	head(g, p4, "smooth4");
}

static int embedder_block(struct tt_graph *g, int x, uint32_t w, uint32_t stride, bool changes, const char *prefix)
{
	int short_cut = x, y;

	if (changes)
		short_cut = conv_bn(g, x, &(struct tt_conv){ w, 1, stride, 0, 1, false }, prefix, "down.conv",
				    "down.bn");
	y = tt_graph_relu(g, conv_bn(g, x, &(struct tt_conv){ w, 1, 1, 0, 1, false }, prefix, "conv1", "bn1"));
	y = conv_bn(g, y, &(struct tt_conv){ w, 3, stride, 1, w / GROUP, false }, prefix, "conv2", "bn2");
	y = squeeze(g, tt_graph_relu(g, y), w / 8, prefix);
	y = conv_bn(g, y, &(struct tt_conv){ w, 1, 1, 0, 1, false }, prefix, "conv3", "bn3");
	return tt_graph_relu(g, tt_graph_add(g, y, short_cut));
}

void tt_face_embedder_build(struct tt_graph *g)
{
	static const struct {
		uint32_t width, blocks, stride;
	} stages[] = { { 32, 1, 1 }, { 64, 3, 2 }, { 192, 8, 2 }, { 320, 2, 2 } };
	int x = layer_relu(g, tt_graph_input(g, 3, TT_FACE_SIDE, TT_FACE_SIDE), 32, 3, 2, "stem");

	for (unsigned s = 0; s < TT_LEN(stages); s++)
		for (unsigned i = 0; i < stages[s].blocks; i++) {
			char prefix[32];

			snprintf(prefix, sizeof prefix, "stage%u.%u.", s + 1, i);
			x = embedder_block(g, x, stages[s].width, i ? 1 : stages[s].stride, s > 0 && i == 0, prefix);
		}
	x = tt_graph_weighted_mean(g, layer(g, x, 512, 1, 1, "last"), "pool");
	tt_graph_output(g, tt_graph_linear(g, x, TT_FACE_DIM, true, "out"));
}

/* Absent: what the network was made for. */
static int check_word(const struct tt_face_model *m, const char *key, const char *wanted, struct tt_err *err)
{
	const char *word = tt_safetensors_meta(m->file, key);

	if (word && strcmp(word, wanted) != 0)
		return tt_err_set(err, TT_EINVALID, "the metadata '%s' is '%.40s', this program goes with '%s'", key,
				  word, wanted);
	return 0;
}

static int read_side(struct tt_face_model *m, bool detector, struct tt_err *err)
{
	const char *word = tt_safetensors_meta(m->file, "input");
	int64_t side;

	m->side = detector ? DETECTOR_SIDE : TT_FACE_SIDE;
	if (!detector)
		return check_word(m, "input", "112", err);
	if (!word)
		return 0;
	if (!tt_str_i64(tt_str_of(word), TT_FACE_ALIGN, TT_FACE_CANVAS_MOST, &side) || side % TT_FACE_ALIGN)
		return tt_err_set(err, TT_EINVALID,
				  "the metadata 'input' is '%.40s', wanted is a multiple of %d up to %d", word,
				  TT_FACE_ALIGN, TT_FACE_CANVAS_MOST);
	m->side = (uint32_t)side;
	return 0;
}

static int check_meta(struct tt_face_model *m, const char *kind, struct tt_err *err)
{
	const char *architecture = tt_safetensors_meta(m->file, "architecture");
	char wanted[32];
	int rc;

	snprintf(wanted, sizeof wanted, "tt-face-%s", kind);
	if (!architecture)
		return tt_err_set(err, TT_EINVALID, "does not say what network it is for: wanted architecture '%s'",
				  wanted);
	if (strcmp(architecture, wanted) != 0)
		return tt_err_set(err, TT_EINVALID, "is for the network '%.60s', not '%s': give the right file",
				  architecture, wanted);
	rc = check_word(m, "mean", "127.5", err);
	if (rc == 0)
		rc = check_word(m, "std", "127.5", err);
	return rc < 0 ? rc : read_side(m, kind[0] == 'd', err);
}

static int read_hash(struct tt_face_model *m, const char *path, struct tt_err *err)
{
	TT_SCOPED(tt_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t sum[TT_SHA256_SIZE];
	int64_t size;
	int rc;

	if (fd < 0)
		return tt_err_set(err, TT_EIO, "cannot be read: %s", strerror(errno));
	rc = tt_sha256_fd(fd, sum, &size, err);
	if (rc == 0)
		tt_hex(m->hash, sum, 6);
	return rc;
}

int tt_face_model_open(struct tt_face_model *out, const char *kind, const char *path, struct tt_err *err)
{
	struct tt_face_model m = { 0 };
	int rc = tt_safetensors_open(&m.file, path, err);

	if (rc == 0)
		rc = check_meta(&m, kind, err);
	if (rc == 0)
		rc = read_hash(&m, path, err);
	if (rc < 0) {
		(void)tt_err_ctx(err, "face %s '%.120s'", kind, path);
		tt_face_model_done(&m);
		return rc;
	}
	*out = m;
	return 0;
}

void tt_face_model_done(struct tt_face_model *m)
{
	tt_safetensors_close(m->file);
	*m = (struct tt_face_model){ 0 };
}
