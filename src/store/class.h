/* The five classes as the rows know them, in the order of enum tt_class (vision/classifier.h), which may be used in
 * place of the numbers here. Pure. */
#ifndef TT_STORE_CLASS_H
#define TT_STORE_CLASS_H

#define TT_STORE_CLASSES 5
#define TT_NO_CLASS (-1) /* "none": unclassified, or the user said that it is none of them */

/* "people" … "buildings", "none" for TT_NO_CLASS. */
const char *tt_store_class_name(int cls);
int tt_store_class_of(const char *name); /* TT_NO_CLASS for "none", -2 for any other word */

#endif
