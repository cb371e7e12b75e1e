#include "media/webp.h"

#include "base/alloc.h"

#include <string.h>
#include <webp/encode.h>

/* A memory writer's block comes from libwebp's allocator, which is malloc(). */
int tt_webp_encode(const uint8_t *rgb, uint32_t width, uint32_t height, int quality, int method, uint8_t **out,
		   size_t *size, struct tt_err *err)
{
	WebPMemoryWriter writer;
	WebPConfig config;
	WebPPicture pic;
	bool ok;

	if (width > WEBP_MAX_DIMENSION || height > WEBP_MAX_DIMENSION)
		return tt_err_set(err, TT_ETOOBIG, "%u × %u is too large for a preview", width, height);
	if (!WebPConfigPreset(&config, WEBP_PRESET_PHOTO, (float)quality) || !WebPPictureInit(&pic))
		return tt_err_set(err, TT_EINTERNAL, "libwebp is of another version");
	config.method = method;
	WebPMemoryWriterInit(&writer);
	pic.use_argb = 0;
	pic.width = (int)width;
	pic.height = (int)height;
	pic.writer = WebPMemoryWrite;
	pic.custom_ptr = &writer;
	ok = WebPPictureImportRGB(&pic, rgb, (int)width * 3) && WebPEncode(&config, &pic);
	WebPPictureFree(&pic);
	if (!ok) {
		WebPMemoryWriterClear(&writer);
		return tt_err_set(err, pic.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ? TT_ENOMEM : TT_EINTERNAL,
				  "the derived picture cannot be packed (%d)", (int)pic.error_code);
	}
	*out = writer.mem;
	*size = writer.size;
	return 0;
}
