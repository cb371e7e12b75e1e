#include "vision/face_turn.h"

#include <string.h>

void tt_face_turn_canvas(float *out, const float *in, uint32_t height, uint32_t width, unsigned turn)
{
	size_t plane = (size_t)height * width;

	if (turn == 0)
		memcpy(out, in, 3 * plane * sizeof *out);
	for (unsigned c = 0; turn > 0 && c < 3; c++, out += plane)
		for (uint32_t y = 0; y < height; y++)
			for (uint32_t x = 0; x < width; x++, in++)
				if (turn == 1)
					out[(size_t)x * height + height - 1 - y] = *in;
				else if (turn == 2)
					out[(size_t)(height - 1 - y) * width + width - 1 - x] = *in;
				else
					out[(size_t)(width - 1 - x) * height + y] = *in;
}

static void point_back(float p[2], float height, float width, unsigned turn)
{
	float x = p[0], y = p[1];

	p[0] = turn == 1 ? y : turn == 2 ? width - x : width - y;
	p[1] = turn == 1 ? height - x : turn == 2 ? height - y : x;
}

void tt_face_turn_back(struct tt_face_spot *s, float height, float width, unsigned turn)
{
	float corner[2] = { s->x + (turn == 3 ? 0 : s->w), s->y + (turn == 1 ? 0 : s->h) };

	if (turn == 0)
		return;
	point_back(corner, height, width, turn); /* now the upper left one */
	for (unsigned k = 0; k < TT_FACE_LANDMARKS; k++)
		point_back(s->landmark[k], height, width, turn);
	s->x = corner[0];
	s->y = corner[1];
	if (turn % 2) {
		float w = s->w;

		s->w = s->h;
		s->h = w;
	}
}
