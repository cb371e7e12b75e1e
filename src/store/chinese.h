/* What the classes and labels are called in Chinese, for the search: photos carry the English names. Pure; any thread.
 */
#ifndef TT_STORE_CHINESE_H
#define TT_STORE_CHINESE_H

#include <stddef.h>

struct tt_chinese_name {
	const char *chinese, *english; /* the English one as it stands among a photo's words */
};
extern const struct tt_chinese_name tt_chinese_names[];
extern const size_t tt_chinese_count;

#endif
