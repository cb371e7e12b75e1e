#include "http/render.h"

#include "base/json.h"
#include "store/moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

json_t *tt_render_text(const char *s)
{
	return s && *s ? json_string(s) : json_null();
}

json_t *tt_render_id(int64_t id)
{
	return id ? json_integer(id) : json_null();
}

json_t *tt_render_ids(const int64_t *ids, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer(ids[i]));
	return list;
}

static json_t *number(bool known, double v)
{
	return known ? json_real(v) : json_null();
}

static json_t *class_or_null(int cls)
{
	return cls == TT_NO_CLASS ? json_null() : json_string(tt_store_class_name(cls));
}

/* Sums of rounded floats may stray over the edge. */
static double probability(double p)
{
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

static json_t *confidence(double p)
{
	return number(p >= 0, probability(p));
}

static json_t *summary(const struct tt_photo_summary *p)
{
	return json_pack("{s:I,s:s,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:s,s:o}", "id", (json_int_t)p->id, "kind",
			 p->video ? "video" : "photo", "width", tt_render_id(p->width), "height",
			 tt_render_id(p->height), "taken", tt_render_text(p->taken), "moment", (json_int_t)p->moment,
			 "blurhash", tt_render_text(p->blurhash), "class", class_or_null(p->cls), "confidence",
			 p->cls == TT_NO_CLASS ? json_null() : confidence(p->confidence), "state",
			 tt_photo_state_name(p->state), "duration_s", number(p->duration_s > 0, p->duration_s));
}

json_t *tt_render_page(const struct tt_photo_page *page)
{
	json_t *list = json_array();
	char cursor[64] = "";

	for (size_t i = 0; i < page->count; i++) {
		if (json_array_append_new(list, summary(&page->photos[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	if (page->more)
		snprintf(cursor, sizeof cursor, "%" PRId64 "_%" PRId64, page->next.moment, page->next.id);
	return json_pack("{s:o,s:o}", "photos", list, "next", tt_render_text(cursor));
}

static json_t *guess(const struct tt_photo_detail *d)
{
	json_t *classes;

	if (!d->has_guess)
		return json_null();
	classes = json_object();
	for (int k = 0; k < TT_STORE_CLASSES; k++)
		if (json_object_set_new(classes, tt_store_class_name(k), json_real(probability(d->guess.p[k]))) < 0)
			goto no_memory;
	return json_pack("{s:s,s:s,s:o,s:f,s:o}", "model", d->guess.model, "version", d->guess.version, "class",
			 class_or_null(d->guess.cls), "confidence", probability(d->guess.confidence), "classes",
			 classes);
no_memory:
	json_decref(classes);
	return NULL;
}

static json_t *labels(const struct tt_photo_detail *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->labels_count; i++)
		json_array_append_new(list, json_pack("{s:s,s:f}", "name", d->labels[i].name, "confidence",
						      probability(d->labels[i].confidence)));
	return list;
}

static json_t *correction(const struct tt_photo_detail *d)
{
	if (!d->correction)
		return json_null();
	return json_pack("{s:I,s:s,s:I}", "fact", (json_int_t)d->correction, "class",
			 tt_store_class_name(d->correction_cls), "at", (json_int_t)d->correction_at);
}

static json_t *albums(const struct tt_photo_detail *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->albums_count; i++)
		json_array_append_new(
			list, json_pack("{s:I,s:s}", "id", (json_int_t)d->albums[i].id, "name", d->albums[i].name));
	return list;
}

static json_t *own_classes(const struct tt_photo_detail *d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->classes_count; i++)
		json_array_append_new(list, json_pack("{s:I,s:s,s:o}", "id", (json_int_t)d->classes[i].id, "name",
						      d->classes[i].name, "confidence",
						      confidence(d->classes[i].confidence)));
	return list;
}

static json_t *keywords(const char *joined)
{
	struct tt_str part, rest = tt_str_of(joined);
	json_t *list = json_array();

	while (tt_str_split(&rest, '\n', &part))
		if (part.len > 0)
			json_array_append_new(list, json_stringn(part.p, part.len));
	return list;
}

static json_t *camera(const struct tt_facts *f)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "make", tt_render_text(f->make), "model",
			 tt_render_text(f->model), "lens", tt_render_text(f->lens), "iso", tt_render_id(f->iso),
			 "f_number", number(f->f_number > 0, f->f_number), "exposure_s",
			 number(f->exposure_s > 0, f->exposure_s), "focal_mm", number(f->focal_mm > 0, f->focal_mm),
			 "lat", number(f->has_position, f->lat), "lon", number(f->has_position, f->lon), "alt",
			 number(f->has_altitude, f->alt), "rating",
			 f->has_rating ? json_integer(f->rating) : json_null());
}

static json_t *file_facts(const struct tt_photo *p)
{
	const struct tt_facts *f = &p->facts;

	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "taken", tt_render_text(f->taken), "subsec",
			 tt_render_text(f->subsec), "offset", tt_render_text(f->offset), "offset_source",
			 tt_render_text(f->offset_source), "width", tt_render_id(f->width), "height",
			 tt_render_id(f->height), "orientation", tt_render_id(f->orientation), "description",
			 tt_render_text(f->description), "keywords", keywords(f->keywords), "duration_s",
			 number(f->duration_s > 0, f->duration_s), "frames", tt_render_id(f->frames));
}

static json_t *row(const struct tt_photo *p)
{
	char sha256[65];

	tt_hex(sha256, p->sha256, sizeof p->sha256);
	return json_pack("{s:I,s:s,s:s,s:s,s:I,s:s,s:I,s:o,s:I,s:o,s:o,s:o,s:s}", "id", (json_int_t)p->id, "kind",
			 p->video ? "video" : "photo", "name", p->name, "mime", p->facts.mime, "bytes",
			 (json_int_t)p->bytes, "sha256", sha256, "added_at", (json_int_t)p->added_at, "trashed_at",
			 tt_render_id(p->trashed_at), "moment", (json_int_t)p->moment, "blurhash",
			 tt_render_text(p->blurhash), "class", class_or_null(p->cls), "confidence",
			 p->cls == TT_NO_CLASS ? json_null() : confidence(p->confidence), "state",
			 tt_photo_state_name(p->state));
}

json_t *tt_render_detail(const struct tt_photo_detail *d)
{
	json_t *parts[] = {
		row(&d->photo),
		file_facts(&d->photo),
		camera(&d->photo.facts),
		json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "guess", guess(d), "labels", labels(d), "correction",
			  correction(d), "albums", albums(d), "own_classes", own_classes(d), "previous",
			  tt_render_id(d->newer), "next", tt_render_id(d->older)),
	};
	bool whole = true;

	for (size_t i = 0; i < TT_LEN(parts); i++)
		whole = whole && parts[i];
	for (size_t i = 1; i < TT_LEN(parts); i++) {
		whole = whole && json_object_update(parts[0], parts[i]) == 0;
		json_decref(parts[i]);
	}
	if (!whole)
		tt_json_decrefp(&parts[0]);
	return parts[0];
}

json_t *tt_render_album(const struct tt_album *a)
{
	return json_pack("{s:I,s:s,s:I,s:o,s:I}", "id", (json_int_t)a->id, "name", a->name, "count",
			 (json_int_t)a->count, "cover", tt_render_id(a->cover), "created_at",
			 (json_int_t)a->created_at);
}

json_t *tt_render_smart(const struct tt_smart_album *a)
{
	return json_pack("{s:s,s:I,s:o,s:o}", "name", tt_store_class_name(a->cls), "count", (json_int_t)a->count,
			 "cover", tt_render_id(a->cover), "confidence", confidence(a->confidence));
}

json_t *tt_render_fact(const struct tt_fact *f)
{
	return json_pack("{s:I,s:o,s:s,s:s,s:I,s:o}", "id", (json_int_t)f->id, "photo", tt_render_id(f->photo), "kind",
			 "class", "value", tt_store_class_name(f->cls), "at", (json_int_t)f->at, "undone_at",
			 tt_render_id(f->undone_at));
}

json_t *tt_render_account(const struct tt_account *a)
{
	return json_pack("{s:I,s:s,s:s}", "id", (json_int_t)a->id, "name", a->name, "role", tt_role_name(a->role));
}

json_t *tt_render_changed(int64_t changed)
{
	return json_pack("{s:I}", "changed", (json_int_t)changed);
}

int tt_query_filter(const struct tt_req *rq, bool month, struct tt_photo_filter *out, struct tt_err *err)
{
	struct tt_photo_filter f = { .owner = rq->user.id };
	struct tt_str cls, when = TT_STR("");
	int64_t trash = 0;
	int rc = tt_req_query_str(rq, "class", 16, &cls, err);

	if (rc == 0 && month)
		rc = tt_req_query_str(rq, "month", 16, &when, err);
	if (rc == 0)
		rc = tt_req_query_i64(rq, "album", 1, INT64_MAX, 0, &f.album, err);
	if (rc == 0)
		rc = tt_req_query_i64(rq, "person", 1, INT64_MAX, 0, &f.person, err);
	if (rc == 0)
		rc = tt_req_query_i64(rq, "own_class", 1, INT64_MAX, 0, &f.own_class, err);
	if (rc == 0)
		rc = tt_req_query_i64(rq, "trash", 0, 1, 0, &trash, err);
	if (rc == 0 && f.own_class && (f.album || f.person || trash))
		rc = tt_err_set(err, TT_EINVALID, "'own_class' does not go with 'album', 'person' or 'trash'");
	if (rc < 0)
		return rc;
	f.trash = trash;
	if (cls.len > 0) {
		f.by_class = true;
		f.cls = tt_store_class_of(cls.p);
		if (f.cls < TT_NO_CLASS)
			return tt_err_set(err, TT_EINVALID,
					  "'class' must be people, animals, landscape, vehicles, buildings or none");
	}
	if (when.len > 0 && !tt_month_parse(when.p, &f.month))
		return tt_err_set(err, TT_EINVALID, "'month' must look like 2019-05");
	*out = f;
	return 0;
}

int tt_query_cursor(const struct tt_req *rq, struct tt_cursor *out, struct tt_err *err)
{
	struct tt_str id, moment;
	struct tt_cursor c = { 0 };
	int rc = tt_req_query_str(rq, "cursor", 100, &id, err);

	if (rc < 0)
		return rc;
	if (id.len > 0 && (!tt_str_split(&id, '_', &moment) || !tt_str_i64(moment, INT64_MIN, INT64_MAX, &c.moment) ||
			   !tt_str_i64(id, 1, INT64_MAX, &c.id)))
		return tt_err_set(err, TT_EINVALID, "'cursor' must be the 'next' of the page before");
	*out = c;
	return 0;
}

int tt_query_limit(const struct tt_req *rq, unsigned *out, struct tt_err *err)
{
	int64_t n;
	int rc = tt_req_query_i64(rq, "limit", 1, TT_PAGE_MAX, 100, &n, err);

	if (rc == 0)
		*out = (unsigned)n;
	return rc;
}
