/* Faces of one photo: found, cut out, made ready for the store. Interface: internal.h. */
#include "jobs/internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/log.h"
#include "blob/blob.h"
#include "blob/derived.h"

#include <string.h>

_Static_assert((int)TT_FACE_DIM == (int)TT_FACE_VECTOR, "the network and the store speak of the same vectors");
_Static_assert(sizeof((struct tt_face *)0)->landmark == sizeof((struct tt_found_face *)0)->landmarks,
	       "the network and the store speak of the same landmarks");

void tt_item_faces_done(struct tt_item *item)
{
	free(item->faces.found);
	free(item->faces.kept_faces);
	free(item->faces.kept);
	item->faces = (struct tt_item_faces){ .found = NULL };
}

static struct tt_found_face found_of(const struct tt_face *f)
{
	struct tt_found_face out = { .box = { f->x, f->y, f->w, f->h },
				     .confidence = f->confidence,
				     .quality = f->quality,
				     .yaw = f->yaw,
				     .px = f->px,
				     .has_vector = f->has_vector };

	memcpy(out.landmarks, f->landmark, sizeof out.landmarks);
	memcpy(out.vector, f->vector, sizeof out.vector);
	return out;
}

static int put_crop(struct tt_jobs *j, const struct tt_item *item, const struct tt_box *box, struct tt_err *err)
{
	TT_SCOPED(tt_freep) uint8_t *webp = NULL;
	const float at[4] = { box->x, box->y, box->w, box->h };
	char key[TT_DERIVED_KEY_SIZE];
	size_t size = 0;
	int rc = tt_media_face_crop(&item->developed.faces_plane, at, &webp, &size, err);

	if (rc < 0)
		return rc;
	tt_derived_face_key(item->job.sha256, at, key);
	return tt_blobs_put_soon(j->deps.blobs, key, webp, size, err);
}

static int find(struct tt_jobs *j, struct tt_item *item, struct tt_err *err)
{
	unsigned room = j->opts.max_faces ? j->opts.max_faces : 1, n = 0;
	TT_SCOPED(tt_freep) struct tt_face *faces = tt_calloc(room, sizeof *faces);
	int rc;

	if (!faces)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	rc = j->deps.find(j->deps.faces_ctx, &item->developed.faces_plane, faces, room, &n, err);
	if (rc < 0 || n == 0)
		return rc;
	item->faces.found = tt_calloc(n, sizeof *item->faces.found);
	if (!item->faces.found)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (unsigned i = 0; i < n; i++)
		if (faces[i].w > 0 && faces[i].h > 0)
			item->faces.found[item->faces.count++] = found_of(&faces[i]);
	for (size_t i = 0; rc == 0 && i < item->faces.count; i++)
		rc = put_crop(j, item, &item->faces.found[i].box, err);
	return rc;
}

/* Faces that stay where they are: drawn by hand, or named. */
static int look_at_kept(struct tt_jobs *j, struct tt_item *item, struct tt_err *err)
{
	TT_SCOPED(tt_arena_free) struct tt_arena arena = { .max = 1 << 20 };
	struct tt_kept_face *kept = NULL;
	size_t n = 0;
	int rc = tt_store_faces_kept(j->deps.store, item->job.photo, &arena, &kept, &n, err);

	if (rc < 0 || n == 0)
		return rc;
	item->faces.kept = tt_calloc(n, sizeof *item->faces.kept);
	item->faces.kept_faces = tt_calloc(n, sizeof *item->faces.kept_faces);
	if (!item->faces.kept || !item->faces.kept_faces)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const float box[4] = { kept[i].box.x, kept[i].box.y, kept[i].box.w, kept[i].box.h };
		struct tt_face face = { .confidence = 1 };

		rc = j->deps.embed(j->deps.faces_ctx, &item->developed.faces_plane, box, &face, err);
		item->faces.kept[i] = kept[i].id;
		item->faces.kept_faces[i] = found_of(&face);
		if (rc == 0)
			rc = put_crop(j, item, &kept[i].box, err);
	}
	item->faces.kept_count = n;
	return rc;
}

int tt_item_look(struct tt_jobs *j, struct tt_item *item, struct tt_err *err)
{
	int rc = 0;

	if (item->developed.faces_plane.rgb)
		rc = find(j, item, err);
	if (rc == 0 && item->developed.faces_plane.rgb)
		rc = look_at_kept(j, item, err);
	item->looked = rc == 0;
	if (rc != TT_EINVALID || item->job.kind == TT_JOB_FACES)
		return rc;
	/* The photo itself is fine: it is shown without faces, and looked at again at the next start. */
	tt_log(TT_LOG_WARN, "jobs", "photo=%lld faces cannot be looked for: %s", (long long)item->job.photo, err->msg);
	*err = (struct tt_err){ 0 };
	tt_item_faces_done(item);
	return 0;
}
