#include "vision/quality.h"

#include "vision/face_nets.h"

#include <math.h>

#define NOSE .55f /* how far it stands out, in distances of the eyes */
#define DEGREES 57.29578f
#define SMALL 16.f
#define SHARP 60.f

float tt_face_yaw(const float p[TT_FACE_LANDMARKS][2])
{
	float ex = p[1][0] - p[0][0], ey = p[1][1] - p[0][1], eyes = hypotf(ex, ey);
	float mx = (p[0][0] + p[1][0] + p[3][0] + p[4][0]) / 4, my = (p[0][1] + p[1][1] + p[3][1] + p[4][1]) / 4;
	float across = (p[2][0] - mx) * ex + (p[2][1] - my) * ey; /* along the line of the eyes, × its length */

	if (!(eyes > 1e-3f))
		return across < 0 ? -90 : 90;
	return atanf(across / (eyes * eyes * NOSE)) * DEGREES;
}

static float grey(const uint8_t *p)
{
	return .299f * p[0] + .587f * p[1] + .114f * p[2];
}

float tt_face_sharpness(const uint8_t *rgb)
{
	const int side = TT_FACE_SIDE, edge = side / 8; /* the corners show what is behind the face */
	double sum = 0, squares = 0, n = 0;

	for (int y = edge; y < side - edge; y++)
		for (int x = edge; x < side - edge; x++) {
			const uint8_t *p = rgb + 3 * (y * side + x);
			double l = 4 * (double)grey(p) - grey(p - 3) - grey(p + 3) - grey(p - 3L * side) -
				   grey(p + 3L * side);

			sum += l;
			squares += l * l;
			n++;
		}
	return (float)(squares / n - sum / n * (sum / n));
}

static float between(float x, float low, float high)
{
	return x > low ? x < high ? x : high : low;
}

float tt_face_quality(float px, float sharpness, float yaw, float confidence)
{
	float size = between(logf(fmaxf(px, SMALL) / SMALL) / logf(TT_FACE_SIDE / SMALL), .01f, 1);
	float sharp = between(sharpness / (sharpness + SHARP), .01f, 1);
	float pose = between(cosf(yaw / DEGREES), .05f, 1);

	return powf(size, .35f) * powf(sharp, .2f) * powf(pose, .25f) * powf(between(confidence, .01f, 1), .2f);
}
