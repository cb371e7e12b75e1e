#include "media/colour.h"

#include <lcms2.h>
#include <stdlib.h>
#include <string.h>

/* Most files carry one of the many profiles that are sRGB by name and content: nothing to convert. */
static bool is_srgb(cmsHPROFILE profile)
{
	char name[256] = "";

	cmsGetProfileInfoASCII(profile, cmsInfoDescription, "en", "US", name, sizeof name);
	return strncmp(name, "sRGB", 4) == 0;
}

static void convert(cmsHPROFILE profile, struct tt_pixels *px)
{
	cmsHPROFILE srgb = cmsCreate_sRGBProfile();
	cmsHTRANSFORM t;

	if (!srgb)
		return;
	t = cmsCreateTransform(profile, TYPE_RGB_8, srgb, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOCACHE);
	cmsCloseProfile(srgb);
	if (!t)
		return;
	cmsDoTransformLineStride(t, px->rgb, px->rgb, px->width, px->height, px->width * 3, px->width * 3, 0, 0);
	cmsDeleteTransform(t);
}

void tt_colour_to_srgb(struct tt_pixels *px)
{
	cmsHPROFILE profile;

	if (!px->icc)
		return;
	profile = cmsOpenProfileFromMem(px->icc, (cmsUInt32Number)px->icc_size);
	if (profile && cmsGetColorSpace(profile) == cmsSigRgbData && !is_srgb(profile))
		convert(profile, px);
	if (profile)
		cmsCloseProfile(profile);
	free(px->icc);
	px->icc = NULL;
	px->icc_size = 0;
}
