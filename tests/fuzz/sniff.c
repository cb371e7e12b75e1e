/* The head of any file, and the boxes of HEIF. */
#include "media/bmff.h"
#include "media/media.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a.jpg", "b.dng", "c.NEF", "d", "" };
	uint32_t frames = 0;
	double seconds = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct tt_sniffed found = { TT_MEDIA_NONE, NULL, NULL };
		struct tt_err err = { 0 };
		size_t n = size < TT_SNIFF_BYTES ? size : TT_SNIFF_BYTES;
		int rc = tt_media_sniff(data, n, names[i], &found, &err);

		PROMISE((rc < 0) == (err.msg[0] != 0));
		PROMISE(rc < 0 ||
			(found.type > TT_MEDIA_NONE && found.type < TT_MEDIA_TYPES && found.mime && found.extension));
	}
	tt_bmff_sequence(data, size, &frames, &seconds);
	PROMISE(seconds >= 0);
	return 0;
}
