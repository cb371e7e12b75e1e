#include "base/err.h"
#include "vision/model.h"

#include <stdio.h>
#include <string.h>

/* Where taking the prefix off and turning "_" into " " does not give what people say. */
static const struct {
	const char *label, *readable;
} special[] = {
	{ "ancient_building", "ancient building" },
	{ "building_city", "city building" },
	{ "electronics", "electronic device" },
	{ "formula1", "Formula 1" },
	{ "furniture_lamp", "lamp" },
	{ "glacier_snow", "snow and ice" },
	{ "house_exterior", "house" },
	{ "insect_arachnid", "insect or spider" },
	{ "job_police", "police officer" },
	{ "motorcycle_racing", "motorcycle race" },
	{ "night_city", "city at night" },
	{ "receipt_document", "document" },
	{ "sea_creature", "sea animal" },
	{ "sport_football", "football" },
	{ "tree_bonsai", "bonsai" },
	{ "wild_mammal", "wild animal" },
};

static const char *const prefixes[] = { "flower_", "interior_", "job_", "sport_" };

void tt_label_readable(char out[48], const char *label, size_t n)
{
	for (size_t i = 0; i < TT_LEN(special); i++)
		if (strlen(special[i].label) == n && memcmp(special[i].label, label, n) == 0) {
			snprintf(out, 48, "%s", special[i].readable);
			return;
		}
	for (size_t i = 0; i < TT_LEN(prefixes); i++) {
		size_t k = strlen(prefixes[i]);

		if (n > k && memcmp(label, prefixes[i], k) == 0) {
			label += k;
			n -= k;
			break;
		}
	}
	snprintf(out, 48, "%.*s", (int)(n < 47 ? n : 47), label);
	for (char *p = out; *p; p++)
		if (*p == '_')
			*p = ' ';
}
