/* BlurHash as its specification describes the encoding (woltapp/blurhash, Algorithm.md): a few cosine components in
 * linear light, written in base 83. */
#include "media/hashes.h"

#include <math.h>

enum { X_COMPONENTS = 4, Y_COMPONENTS = 3, COMPONENTS = X_COMPONENTS * Y_COMPONENTS };

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

struct colour {
	double r, g, b;
};

static double to_linear(uint8_t value)
{
	double v = value / 255.0;

	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static unsigned to_srgb(double v)
{
	v = v < 0 ? 0 : v > 1 ? 1 : v;
	v = v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055;
	return (unsigned)(v * 255 + 0.5);
}

static char *base83(char *to, unsigned value, unsigned length)
{
	for (unsigned i = length; i-- > 0; value /= 83)
		to[i] = digits[value % 83];
	return to + length;
}

static struct colour component(const uint8_t *rgb, uint32_t width, uint32_t height, const double linear[256],
			       unsigned i, unsigned j)
{
	struct colour c = { 0, 0, 0 };
	double scale = (i == 0 && j == 0 ? 1.0 : 2.0) / ((double)width * height);

	for (uint32_t y = 0; y < height; y++) {
		double cy = cos(M_PI * j * y / height);

		for (uint32_t x = 0; x < width; x++, rgb += 3) {
			double basis = cos(M_PI * i * x / width) * cy;

			c.r += basis * linear[rgb[0]];
			c.g += basis * linear[rgb[1]];
			c.b += basis * linear[rgb[2]];
		}
	}
	return (struct colour){ c.r * scale, c.g * scale, c.b * scale };
}

static unsigned quantise(double v, double maximum)
{
	double q = floor(copysign(sqrt(fabs(v / maximum)), v) * 9 + 9.5);

	return (unsigned)(q < 0 ? 0 : q > 18 ? 18 : q);
}

void tt_blurhash(const uint8_t *rgb, uint32_t width, uint32_t height, char out[TT_BLURHASH_SIZE])
{
	struct colour c[COMPONENTS];
	double linear[256], maximum = 0, coded;
	unsigned q;

	for (unsigned v = 0; v < 256; v++)
		linear[v] = to_linear((uint8_t)v);
	for (unsigned k = 0; k < COMPONENTS; k++)
		c[k] = component(rgb, width, height, linear, k % X_COMPONENTS, k / X_COMPONENTS);
	for (unsigned k = 1; k < COMPONENTS; k++)
		maximum = fmax(maximum, fmax(fabs(c[k].r), fmax(fabs(c[k].g), fabs(c[k].b))));
	coded = floor(maximum * 166 - 0.5);
	q = coded < 0 ? 0 : coded > 82 ? 82 : (unsigned)coded;
	maximum = (q + 1) / 166.0;
	out = base83(out, X_COMPONENTS - 1 + (Y_COMPONENTS - 1) * 9, 1);
	out = base83(out, q, 1);
	out = base83(out, to_srgb(c[0].r) << 16 | to_srgb(c[0].g) << 8 | to_srgb(c[0].b), 4);
	for (unsigned k = 1; k < COMPONENTS; k++)
		out = base83(out,
			     quantise(c[k].r, maximum) * 19 * 19 + quantise(c[k].g, maximum) * 19 +
				     quantise(c[k].b, maximum),
			     2);
	*out = '\0';
}
