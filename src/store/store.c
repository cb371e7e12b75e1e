/* The handle: a pool of reading connections, one writing connection. Interface: store.h. */
#include "store/internal.h"

#include "store/schema.h"

#include <pthread.h>

#define MAX_READERS 64

struct tt_store {
	char *path;
	unsigned max_readers, busy_ms;
	pthread_mutex_t lock; /* readers, idle, opened */
	pthread_cond_t freed;
	struct tt_db *idle[MAX_READERS];
	unsigned idle_count, opened;
	pthread_mutex_t write_lock;
	struct tt_db *writer;
};

enum { Q_PING, Q_COUNT };
static const char *const queries[Q_COUNT] = {
	[Q_PING] = "SELECT version FROM schema_version",
};

int tt_store_open(struct tt_store **out, const char *path, const struct tt_store_opts *opts, struct tt_err *err)
{
	TT_SCOPED(tt_store_closep) struct tt_store *s = tt_calloc(1, sizeof *s);
	int rc;

	if (!s)
		return tt_err_set(err, TT_ENOMEM, "open the library: out of memory");
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_cond_init(&s->freed, NULL);
	(void)pthread_mutex_init(&s->write_lock, NULL);
	s->max_readers = opts && opts->readers ? opts->readers : 4;
	if (s->max_readers > MAX_READERS)
		s->max_readers = MAX_READERS;
	s->busy_ms = opts && opts->busy_ms ? opts->busy_ms : 10000;
	s->path = tt_strdup(path);
	if (!s->path)
		return tt_err_set(err, TT_ENOMEM, "open the library: out of memory");
	rc = tt_db_open(&s->writer, path, &(struct tt_db_opts){ .create = true, .busy_ms = s->busy_ms }, err);
	if (rc == 0)
		rc = tt_db_migrate(s->writer, tt_schema, tt_schema_count, err);
	if (rc < 0)
		return rc;
	*out = tt_take(s);
	return 0;
}

void tt_store_close(struct tt_store *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->idle_count; i++)
		tt_db_close(s->idle[i]);
	tt_db_close(s->writer); /* the last connection to close tidies the WAL up */
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_cond_destroy(&s->freed);
	(void)pthread_mutex_destroy(&s->write_lock);
	free(s->path);
	free(s);
}

int tt_read_begin(struct tt_reading *r, struct tt_store *s, struct tt_err *err)
{
	struct tt_db *db = NULL;
	int rc = 0;

	(void)pthread_mutex_lock(&s->lock);
	while (s->idle_count == 0 && s->opened == s->max_readers)
		(void)pthread_cond_wait(&s->freed, &s->lock);
	if (s->idle_count > 0)
		db = s->idle[--s->idle_count];
	else
		s->opened++;
	(void)pthread_mutex_unlock(&s->lock);
	if (!db)
		rc = tt_db_open(&db, s->path, &(struct tt_db_opts){ .read_only = true, .busy_ms = s->busy_ms }, err);
	if (rc < 0) {
		(void)pthread_mutex_lock(&s->lock);
		s->opened--;
		(void)pthread_cond_signal(&s->freed);
		(void)pthread_mutex_unlock(&s->lock);
		return rc;
	}
	*r = (struct tt_reading){ s, db };
	return 0;
}

void tt_read_endp(struct tt_reading *r)
{
	struct tt_store *s = r->store;

	if (!s)
		return;
	(void)pthread_mutex_lock(&s->lock);
	s->idle[s->idle_count++] = r->db;
	(void)pthread_cond_signal(&s->freed);
	(void)pthread_mutex_unlock(&s->lock);
	r->store = NULL;
}

int tt_read_stmt(struct tt_reading *r, struct tt_store *s, const char *sql, struct tt_stmt **out, struct tt_err *err)
{
	int rc = tt_read_begin(r, s, err);

	return rc < 0 ? rc : tt_db_stmt(r->db, sql, out, err);
}

int tt_write_begin(struct tt_writing *w, struct tt_store *s, struct tt_err *err)
{
	int rc;

	(void)pthread_mutex_lock(&s->write_lock);
	rc = tt_tx_begin(&w->tx, s->writer, err);
	if (rc < 0) {
		(void)pthread_mutex_unlock(&s->write_lock);
		return rc;
	}
	w->store = s;
	w->db = s->writer;
	return 0;
}

int tt_write_commit(struct tt_writing *w, struct tt_err *err)
{
	return tt_tx_commit(&w->tx, err);
}

void tt_write_endp(struct tt_writing *w)
{
	if (!w->store)
		return;
	tt_tx_endp(&w->tx);
	(void)pthread_mutex_unlock(&w->store->write_lock);
	w->store = NULL;
}

int tt_write_stmt(struct tt_writing *w, struct tt_store *s, const char *sql, struct tt_stmt **out, struct tt_err *err)
{
	int rc = tt_write_begin(w, s, err);

	return rc < 0 ? rc : tt_db_stmt(w->db, sql, out, err);
}

int tt_write_run(struct tt_writing *w, struct tt_stmt *st, struct tt_err *err)
{
	int rc = tt_stmt_run(st, err);

	return rc < 0 ? rc : tt_write_commit(w, err);
}

int tt_write_counted(struct tt_writing *w, struct tt_stmt *st, int64_t *changed, struct tt_err *err)
{
	int64_t total = 0;
	int rc = tt_stmt_run(st, err);

	if (rc == 0) {
		total = tt_db_changed(w->db);
		rc = tt_write_commit(w, err);
	}
	if (rc == 0)
		*changed = total;
	return rc;
}

int tt_write_each(struct tt_writing *w, struct tt_stmt *st, const int64_t *ids, size_t n, int64_t *changed,
		  struct tt_err *err)
{
	int64_t total = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		tt_stmt_i64(st, 1, ids[i]);
		rc = tt_stmt_run(st, err);
		if (rc == 0)
			total += tt_db_changed(w->db);
	}
	if (rc == 0)
		rc = tt_write_commit(w, err);
	if (rc == 0)
		*changed = total;
	return rc;
}

int tt_store_ping(struct tt_store *s, struct tt_err *err)
{
	TT_SCOPED(tt_read_endp) struct tt_reading r = { NULL };
	TT_SCOPED(tt_stmt_donep) struct tt_stmt *st = NULL;
	int64_t version;
	int rc = tt_read_stmt(&r, s, queries[Q_PING], &st, err);

	return rc < 0 ? rc : tt_rows_number(st, &version, err);
}

static void db_closep(struct tt_db **db)
{
	tt_db_close(*db);
}

int tt_store_backup(struct tt_store *s, const char *target, struct tt_err *err)
{
	/* A connection of its own: the pool's must not write, and the writer's would keep all others waiting. */
	TT_SCOPED(db_closep) struct tt_db *db = NULL;
	int rc = tt_db_open(&db, s->path, &(struct tt_db_opts){ .busy_ms = s->busy_ms }, err);

	return rc < 0 ? rc : tt_db_backup(db, target, err);
}
