/* Models of a library: LIBRARY/models/NAME.safetensors, and LIBRARY/models/current with the name of the one in use (no
 * such file: the one that ships). Files appear whole or not at all; the one that works on the library looks when it
 * starts. Any process may call. */
#ifndef TT_APP_MODELS_H
#define TT_APP_MODELS_H

#include "base/err.h"

#include <stddef.h>

#define TT_APP_MODEL_NAME 64
#define TT_APP_SHIPPED "shipped" /* as a name: the model that ships */

/* "" when it is the one that ships. TT_EINVALID: the file says no name. */
int tt_app_model_current(const char *library, char name[TT_APP_MODEL_NAME], struct tt_err *err) TT_CHECKED;
void tt_app_model_file(const char *library, const char *name, char *out, size_t size);
/* TT_ENOTFOUND: the library has none of this name. The file itself is not looked into. */
int tt_app_model_use(const char *library, const char *name, struct tt_err *err) TT_CHECKED;
/* Tries a model out, copies it into the library and tries the copy. wanted: its name there; NULL: the file's.
 * TT_EINVALID: no model that is known here, or wrong numbers in it; TT_EEXISTS: another one has this name. It is not
 * yet in use. */
int tt_app_model_add(const char *library, const char *file, const char *wanted, char name[TT_APP_MODEL_NAME],
		     struct tt_err *err) TT_CHECKED;

#endif
