#include "vision/public.h"

#include "vision/imagenet.h"

#include <stdio.h>
#include <string.h>

#define STEM_MAX 512 /* channels */

static void cut(char *name, const char *what, const char *by)
{
	char *at = strstr(name, what);
	size_t n = strlen(by), gone = strlen(what);

	if (!at)
		return;
	memcpy(at, by, n);
	memmove(at + n, at + gone, strlen(at + gone) + 1);
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

static void timm_name(char *name)
{
	while (begins(name, "module."))
		cut(name, "module.", "");
	if (begins(name, "layer0."))
		cut(name, "layer0.", "");
	if (begins(name, "last_linear."))
		cut(name, "last_linear.", "fc.");
	cut(name, ".se_module.", ".se.");
}

static bool is_legacy(const struct tt_safetensors *f)
{
	for (size_t i = 0; i < tt_safetensors_count(f); i++)
		if (strstr(tt_safetensors_at(f, i)->name, ".se_module."))
			return true;
	return false;
}

/* How many blocks each stage has, matched with the family. */
static const struct tt_arch *arch_of(const struct tt_safetensors *f)
{
	unsigned layers[4];

	for (unsigned s = 0; s < 4; s++)
		for (layers[s] = 0; layers[s] < 64; layers[s]++) {
			char name[64];

			snprintf(name, sizeof name, "layer%u.%u.conv1.weight", s + 1, layers[s]);
			if (!tt_safetensors_find(f, name))
				break;
		}
	for (unsigned i = 0; i < TT_ARCHS; i++)
		if (memcmp(tt_archs[i].layers, layers, sizeof layers) == 0)
			return &tt_archs[i];
	return NULL;
}

static bool has_shape(const struct tt_safetensors *f, const char *name, uint64_t out, uint64_t in, uint64_t side)
{
	const struct tt_st_tensor *t = tt_safetensors_find(f, name);

	return t && t->rank == 4 && t->shape[0] == out && t->shape[1] == in && t->shape[2] == side &&
	       t->shape[3] == side;
}

static int read_stem(struct tt_seresnext_form *form, const struct tt_safetensors *f, struct tt_err *err)
{
	static const char *const names[] = { "conv1.0.weight", "conv1.3.weight" };

	if (tt_safetensors_find(f, "conv1.weight"))
		return 0;
	for (unsigned i = 0; i < TT_LEN(names); i++) {
		const struct tt_st_tensor *t = tt_safetensors_find(f, names[i]);

		if (!t || t->rank != 4 || t->shape[0] < 1 || t->shape[0] > STEM_MAX)
			return tt_err_set(err, TT_EINVALID,
					  "its first layer is neither one 7x7 convolution nor three 3x3");
		form->stem[i] = (uint32_t)t->shape[0];
	}
	return 0;
}

/* Numbers that the network does not use belong to another one, which would compute something else. */
static int check_all_used(const struct tt_public *p, const struct tt_safetensors *f, struct tt_err *err)
{
	struct tt_graph g;
	uint64_t numbers = 0;
	int rc;

	for (size_t i = 0; i < tt_safetensors_count(f); i++) {
		const struct tt_st_tensor *t = tt_safetensors_at(f, i);

		if (!strstr(t->name, ".running_") && !strstr(t->name, "num_batches_tracked"))
			numbers += tt_safetensors_elements(t);
	}
	tt_graph_init(&g);
	rc = tt_public_graph(p, &g, err);
	if (rc == 0 && tt_graph_params(&g) != numbers)
		rc = tt_err_set(err, TT_EINVALID, "it has %llu numbers where %s has %llu: a network of another form",
				(unsigned long long)numbers, p->network->name, (unsigned long long)tt_graph_params(&g));
	tt_graph_done(&g);
	return rc;
}

static int recognise(struct tt_public *p, const struct tt_safetensors *f, struct tt_err *err)
{
	const struct tt_st_tensor *fc = tt_safetensors_find(f, "fc.weight"),
				  *down = tt_safetensors_find(f, "layer1.0.downsample.1.weight");
	const struct tt_arch *arch = arch_of(f);
	int rc;

	if (!fc || fc->rank != 2 || !arch)
		return tt_err_set(err, TT_EINVALID,
				  "no model of tintype's and no SE-ResNeXt of 26, 50, 101 or 152 layers: blocks or the "
				  "last layer 'fc' are missing");
	if (fc->shape[0] != TT_IMAGENET_OUTPUTS)
		return tt_err_set(err, TT_EINVALID, "its last layer has %llu outputs; ImageNet's 1,000 are known here",
				  (unsigned long long)fc->shape[0]);
	if (!has_shape(f, "layer1.0.se.fc1.weight", 16, 256, 1))
		return tt_err_set(err, TT_EINVALID, "it has no squeeze-excite, or one of another width");
	if (!has_shape(f, "layer1.0.conv2.weight", 128, 4, 3))
		return tt_err_set(err, TT_EINVALID, "its groups are not 32 of 4 channels (32x4d)");
	p->network = tt_network_find(arch->name);
	p->form.avg_down = down && down->rank == 4;
	rc = read_stem(&p->form, f, err);
	return rc < 0 ? rc : check_all_used(p, f, err);
}

int tt_public_recognise(struct tt_public *out, struct tt_safetensors *file, struct tt_err *err)
{
	struct tt_public p = {
		.input = { 256, 224, { .485f, .456f, .406f }, { .229f, .224f, .225f } }, /* ImageNet's */
		.origin = "timm",
	};
	int rc;

	if (is_legacy(file)) {
		p.origin = "timm legacy";
		p.form.caffe_pool = true;
	}
	rc = tt_safetensors_shorten(file, timm_name, err);
	if (rc == 0)
		rc = recognise(&p, file, err);
	if (rc == 0)
		*out = p;
	return rc;
}

int tt_public_graph(const struct tt_public *p, struct tt_graph *g, struct tt_err *err)
{
	int x = tt_graph_input(g, 3, p->input.crop, p->input.crop);

	x = tt_seresnext_features(g, x, p->network->arch, &p->form);
	tt_graph_output(g, tt_graph_linear(g, x, TT_IMAGENET_OUTPUTS, true, "fc"));
	return tt_graph_check(g, err);
}
