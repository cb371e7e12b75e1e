/* Inside people/: facts as lines of JSON.
 *
 * Of faces and persons: {"kind":"is","sha256":"…","box":[x,y,w,h],"person":"…","at":ms}; of a pair also "other_sha256"
 * and "other_box"; "other" is the person merged away, "value" the name, the day or the probability that was shown. Of a
 * photo's class: {"kind":"class","sha256":"…","value":"animals","at":ms}.
 *
 * Lines come from anywhere: tests/fuzz/facts.c. Errors: TT_EINVALID, TT_ENOMEM. Any thread. */
#ifndef TT_PEOPLE_LINES_H
#define TT_PEOPLE_LINES_H

#include "base/str.h"
#include "store/facts.h"
#include "store/people.h"

#define TT_LINE_MAX 8192 /* bytes; more than any that is written */

struct tt_line {
	bool is_correction;
	struct tt_correction correction;
	struct tt_face_fact face; /* its texts lie in the arena; a known kind, and all that this kind needs is there */
};
int tt_line_read(struct tt_str text, struct tt_arena *arena, struct tt_line *out, struct tt_err *err) TT_CHECKED;
/* Without the end of the line; to be freed. */
int tt_line_of_face_fact(const struct tt_face_fact *f, char **out, struct tt_err *err) TT_CHECKED;
int tt_line_of_correction(const struct tt_correction *c, char **out, struct tt_err *err) TT_CHECKED;

#endif
