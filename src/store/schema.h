/* The schema as a list of migrations: script k leads from version k to k + 1. Scripts that were released never change.
 */
#ifndef TT_STORE_SCHEMA_H
#define TT_STORE_SCHEMA_H

extern const char *const tt_schema[];
extern const int tt_schema_count;

#endif
