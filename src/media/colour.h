/* Profiles of cameras, phones and screens -> sRGB, by Little CMS. Inner header of media. */
#ifndef TT_MEDIA_COLOUR_H
#define TT_MEDIA_COLOUR_H

#include "media/format.h"

/* In place; drops the profile. One that is broken or no RGB profile is as if it were absent. */
void tt_colour_to_srgb(struct tt_pixels *px);

#endif
