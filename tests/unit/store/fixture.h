/* A store in a temporary folder and rows to put into it; shared by the units of store. */
#ifndef TT_TESTS_UNIT_STORE_FIXTURE_H
#define TT_TESTS_UNIT_STORE_FIXTURE_H

#include "store/albums.h"
#include "store/facts.h"
#include "store/jobs.h"
#include "store/moment.h"
#include "store/photos.h"
#include "store/search.h"
#include "store/source.h"
#include "store/users.h"

#include "test.h"

struct fixture {
	char dir[64];
	char path[96];
	struct tt_store *store;
	struct tt_arena arena;
	struct tt_err err;
	int64_t ann, bob; /* two users */
};

/* Setup and teardown of a cmocka group of tests: *state is the fixture. */
int fixture_open(void **state);
int fixture_close(void **state);

/* Fails the test with the error's text unless rc is 0. */
#define OK(fx, call) ok((fx), (call), #call)
void ok(struct fixture *fx, int rc, const char *call);

/* A photo of ann's whose content is told by a number; its moment is now. */
struct tt_new_photo new_photo(const struct fixture *fx, int content);
int64_t add_photo(struct fixture *fx, int content);
/* The same, done at once with this date, class and confidence. */
int64_t add_done(struct fixture *fx, int content, const char *taken, int cls, double confidence);
/* Ends the newest job of the photo with these. facts and labels may be NULL. */
void finish(struct fixture *fx, int64_t photo, const struct tt_facts *facts, const struct tt_guess *guess,
	    const struct tt_label *labels, size_t labels_count);
struct tt_guess guess_of(int cls, double confidence, const char *version);
/* Number of rows by a connection of its own: what is really in the file. */
int64_t rows(const struct fixture *fx, const char *sql);
struct tt_photo_filter of_ann(const struct fixture *fx);
/* The store's own check finds nothing. */
void check_sound(struct fixture *fx);

#endif
