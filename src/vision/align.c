#include "vision/align.h"

#include <math.h>

#define SAMPLES_MOST 8 /* along one side of a pixel */

const float tt_face_template[TT_FACE_LANDMARKS][2] = { { 38.2946f, 51.6963f },
						       { 73.5318f, 51.5014f },
						       { 56.0252f, 71.7366f },
						       { 41.5493f, 92.3655f },
						       { 70.7299f, 92.2041f } };

static void centre_of(double out[2], const float p[TT_FACE_LANDMARKS][2])
{
	out[0] = out[1] = 0;
	for (int i = 0; i < TT_FACE_LANDMARKS; i++) {
		out[0] += (double)p[i][0] / TT_FACE_LANDMARKS;
		out[1] += (double)p[i][1] / TT_FACE_LANDMARKS;
	}
}

bool tt_align_fit(struct tt_similarity *out, const float landmark[TT_FACE_LANDMARKS][2])
{
	double from[2], to[2], re = 0, im = 0, size = 0, length, a, b;

	centre_of(from, landmark);
	centre_of(to, tt_face_template);
	for (int i = 0; i < TT_FACE_LANDMARKS; i++) {
		double x = landmark[i][0] - from[0], y = landmark[i][1] - from[1];
		double u = tt_face_template[i][0] - to[0], v = tt_face_template[i][1] - to[1];

		re += x * u + y * v;
		im += x * v - y * u;
		size += x * x + y * y;
	}
	length = re * re + im * im;
	if (!(size > 1e-3) || !(length > 1e-9))
		return false;
	a = re * size / length; /* the inverse of (re + i im) / size */
	b = -im * size / length;
	*out = (struct tt_similarity){ (float)a, (float)b, (float)(from[0] - a * to[0] + b * to[1]),
				       (float)(from[1] - b * to[0] - a * to[1]) };
	return true;
}

void tt_align_guess(float landmark[TT_FACE_LANDMARKS][2], float x, float y, float w, float h)
{
	/* The mean face in a box around it, as fractions of the box. */
	static const float mean[TT_FACE_LANDMARKS][2] = {
		{ .31f, .41f }, { .69f, .41f }, { .5f, .62f }, { .35f, .79f }, { .65f, .79f }
	};

	for (int i = 0; i < TT_FACE_LANDMARKS; i++) {
		landmark[i][0] = x + w * mean[i][0];
		landmark[i][1] = y + h * mean[i][1];
	}
}

static void add_pixel(float rgb[3], const struct tt_plane *p, int64_t x, int64_t y, float weight)
{
	const uint8_t *at;

	if (x < 0 || y < 0 || x >= p->width || y >= p->height)
		return;
	at = p->rgb + 3 * ((size_t)y * p->width + (size_t)x);
	for (int c = 0; c < 3; c++)
		rgb[c] += weight * (float)at[c];
}

static void add_sample(float rgb[3], const struct tt_plane *p, float x, float y)
{
	float fx = floorf(x), fy = floorf(y), u = x - fx, v = y - fy;
	int64_t ix, iy;

	if (!(x > -2 && y > -2 && x < (float)p->width + 1 && y < (float)p->height + 1))
		return;
	ix = (int64_t)fx;
	iy = (int64_t)fy;
	add_pixel(rgb, p, ix, iy, (1 - u) * (1 - v));
	add_pixel(rgb, p, ix + 1, iy, u * (1 - v));
	add_pixel(rgb, p, ix, iy + 1, (1 - u) * v);
	add_pixel(rgb, p, ix + 1, iy + 1, u * v);
}

void tt_align_cut(uint8_t *out, const struct tt_plane *plane, const struct tt_similarity *t)
{
	float scale = hypotf(t->a, t->b);
	int k = scale < SAMPLES_MOST ? (int)ceilf(scale) : SAMPLES_MOST;

	k = k < 1 ? 1 : k;
	for (int i = 0; i < TT_FACE_SIDE; i++)
		for (int j = 0; j < TT_FACE_SIDE; j++, out += 3) {
			float rgb[3] = { 0 };

			for (int s = 0; s < k * k; s++) { /* a pixel's centre lies at its whole number */
				float x = (float)j + ((float)(s % k) + .5f) / (float)k - .5f;
				float y = (float)i + ((float)(s / k) + .5f) / (float)k - .5f;

				add_sample(rgb, plane, t->a * x - t->b * y + t->tx, t->b * x + t->a * y + t->ty);
			}
			for (int c = 0; c < 3; c++)
				out[c] = (uint8_t)(rgb[c] / (float)(k * k) + .5f);
		}
}
