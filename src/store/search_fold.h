/* Characters and words of what is searched for; the inside of search_words.h. UTF-8 throughout, pure, any thread. */
#ifndef TT_STORE_SEARCH_FOLD_H
#define TT_STORE_SEARCH_FOLD_H

#include "base/str.h"

/* Lower case without accents, of Latin, Greek and Cyrillic letters; never longer. out has room for n bytes and NUL. */
void tt_search_fold(const char *s, size_t n, char *out);
void tt_search_squeeze(char *s);                /* white space off both ends, one space between words */
size_t tt_search_char(const char *p, size_t n); /* bytes of the character at p, at most n */
bool tt_search_is_cjk(const char *p, size_t n); /* has a character of a script that is written without spaces */
bool tt_search_has_word(struct tt_str s);       /* has a letter or digit */
struct tt_str tt_search_bare(struct tt_str s);  /* without ASCII punctuation at both ends, unless that is all */
/* The next word off *rest (there is white space or punctuation of a script between words); false at the end. */
bool tt_search_word(struct tt_str *rest, struct tt_str *word);
const char *tt_search_within(const char *s, struct tt_str part); /* where it first stands; NULL for nowhere */

#endif
