#include "train/report.h"

#include "base/alloc.h"
#include "base/fs.h"
#include "base/json.h"

#include <math.h>

static int line(struct tt_buf *b, json_t *value, struct tt_err *err)
{
	TT_SCOPED(tt_json_decrefp) json_t *v = value;
	int rc = v ? tt_json_write(b, v, err) : tt_err_set(err, TT_ENOMEM, "training: out of memory for the log");

	return rc ? rc : tt_buf_adds(b, "\n", err);
}

static json_t *epoch_json(const struct tt_epoch *e, unsigned epochs)
{
	return json_pack("{s:i,s:i,s:f,s:f,s:f,s:f,s:f,s:f,s:f}", "epoch", (int)e->epoch, "epochs", (int)epochs, "loss",
			 e->loss, "train_top1", e->train_top1, "val_loss", e->val_loss, "val_top1", e->val_top1, "rate",
			 e->rate, "seconds", e->seconds, "photos_per_second", e->photos_per_second);
}

static json_t *confusion_json(const struct tt_report_end *end)
{
	json_t *rows = json_array();

	for (unsigned i = 0; i < end->class_count; i++) {
		json_t *row = json_array();

		for (unsigned k = 0; k < end->class_count; k++)
			(void)json_array_append_new(row, json_integer(end->confusion[i * end->class_count + k]));
		(void)json_array_append_new(rows, row);
	}
	return rows;
}

static json_t *end_json(const struct tt_report_end *end)
{
	const struct tt_train_result *r = end->result;
	json_t *classes = json_array(), *v;

	for (unsigned k = 0; k < end->class_count; k++)
		(void)json_array_append_new(classes, json_string(end->classes[k]));
	v = json_pack("{s:s,s:f,s:i,s:i,s:f,s:o,s:o}", "model", end->model, "val_top1", r->val_top1, "val_photos",
		      (int)r->val_photos, "test_photos", (int)r->test_photos, "temperature", r->temperature, "classes",
		      classes, "confusion", confusion_json(end));
	if (v && r->test_photos)
		(void)json_object_set_new(v, "test_top1", json_real(r->test_top1));
	return v;
}

int tt_report_log(const char *path, const struct tt_state *s, unsigned epochs, const struct tt_report_end *end,
		  struct tt_err *err)
{
	struct tt_buf b = { .max = TT_REPORT_MAX };
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < s->epochs; i++)
		rc = line(&b, epoch_json(&s->epoch[i], epochs), err);
	if (rc == 0 && end)
		rc = line(&b, end_json(end), err);
	if (rc == 0)
		rc = tt_fs_write_file(path, b.p ? b.p : "", b.len, err);
	tt_buf_free(&b);
	return rc;
}

struct panel {
	double x, low, high;
	unsigned epochs;
};

enum { WIDTH = 360, HEIGHT = 240, LEFT = 50, TOP = 30, GAP = 90 };

static double pick(const struct tt_epoch *e, int curve)
{
	return curve == 0 ? e->loss : curve == 1 ? e->val_loss : 100 * (curve == 2 ? e->train_top1 : e->val_top1);
}

static double across(const struct panel *p, uint32_t i)
{
	return p->x + (p->epochs > 1 ? (double)i * WIDTH / (p->epochs - 1) : 0.5 * WIDTH);
}

static double down(const struct panel *p, double v)
{
	return TOP + HEIGHT * (p->high - v) / (p->high - p->low);
}

static int frame(struct tt_buf *b, const struct panel *p, const char *title, struct tt_err *err)
{
	int rc = tt_buf_addf(b, err, "<text x='%g' y='18' font-weight='bold'>%s</text>", p->x, title);

	for (int i = 0; rc == 0 && i <= 4; i++) {
		double v = p->low + (p->high - p->low) * i / 4, y = down(p, v);

		rc = tt_buf_addf(
			b, err,
			"<path d='M%g %.1fh%d' stroke='#ddd'/><text x='%g' y='%.1f' text-anchor='end'>%.3g</text>\n",
			p->x, y, WIDTH, p->x - 6, y + 4, v);
	}
	return rc ? rc
		  : tt_buf_addf(b, err, "<text x='%g' y='%d' text-anchor='middle'>epochs 1 to %u</text>\n",
				p->x + 0.5 * WIDTH, TOP + HEIGHT + 20, p->epochs);
}

static int curve(struct tt_buf *b, const struct panel *p, const struct tt_state *s, int which, struct tt_err *err)
{
	static const char *const colour[] = { "#2a6fb0", "#c8553d" }, *const name[] = { "train", "val" };
	int rc = tt_buf_addf(b, err, "<polyline fill='none' stroke-width='2' stroke='%s' points='", colour[which % 2]);

	for (uint32_t i = 0; rc == 0 && i < s->epochs; i++)
		rc = tt_buf_addf(b, err, "%.1f,%.1f ", across(p, i), down(p, pick(&s->epoch[i], which)));
	return rc ? rc
		  : tt_buf_addf(b, err, "'/>\n<text x='%g' y='18' fill='%s'>%s</text>\n", p->x + 220 + 60 * (which % 2),
				colour[which % 2], name[which % 2]);
}

static int panel(struct tt_buf *b, const struct tt_state *s, unsigned epochs, int first, const char *title,
		 struct tt_err *err)
{
	struct panel p = {
		.x = LEFT + (first ? WIDTH + GAP : 0), .low = INFINITY, .high = -INFINITY, .epochs = epochs
	};
	int rc;

	for (uint32_t i = 0; i < s->epochs; i++)
		for (int k = first; k < first + 2; k++) {
			p.low = fmin(p.low, pick(&s->epoch[i], k));
			p.high = fmax(p.high, pick(&s->epoch[i], k));
		}
	if (!(p.high > p.low + 1e-9)) {
		p.low = isfinite(p.low) ? p.low - 0.5 : 0;
		p.high = p.low + 1;
	}
	rc = frame(b, &p, title, err);
	rc = rc ? rc : curve(b, &p, s, first, err);
	return rc ? rc : curve(b, &p, s, first + 1, err);
}

int tt_report_plot(const char *path, const struct tt_state *s, unsigned epochs, struct tt_err *err)
{
	struct tt_buf b = { .max = TT_REPORT_MAX };
	int rc = tt_buf_addf(&b, err,
			     "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' "
			     "font-size='12'>\n"
			     "<rect width='100%%' height='100%%' fill='#fff'/>\n",
			     2 * WIDTH + GAP + LEFT + 20, HEIGHT + TOP + 40);

	rc = rc ? rc : panel(&b, s, epochs, 0, "loss", err);
	rc = rc ? rc : panel(&b, s, epochs, 2, "accuracy, %", err);
	rc = rc ? rc : tt_buf_adds(&b, "</svg>\n", err);
	rc = rc ? rc : tt_fs_write_file(path, b.p, b.len, err);
	tt_buf_free(&b);
	return rc;
}
