/* The layers of train_ops.h that are plain loops, once for each type of activation: this file is included by
 * train_plain.c with T, LOAD, STORE and NAME set, and by nothing else. Channels are innermost, so that the compiler
 * turns the inner loops into vectors. */

CLONES static void NAME(column_sums)(const T *x, unsigned rows, unsigned channels, const float *centre, double *sums)
{
	float part[BLOCK];

	for (unsigned c0 = 0; c0 < channels; c0 += BLOCK) {
		unsigned nc = channels - c0 < BLOCK ? channels - c0 : BLOCK;

		VECTOR
		for (unsigned c = 0; c < nc; c++)
			sums[c0 + c] = 0;
		for (unsigned r0 = 0; r0 < rows; r0 += BLOCK_ROWS) {
			unsigned r1 = r0 + BLOCK_ROWS < rows ? r0 + BLOCK_ROWS : rows;

			memset(part, 0, sizeof part);
			for (unsigned r = r0; r < r1; r++) {
				const T *p = x + (size_t)r * channels + c0;

				if (centre) {
					VECTOR
					for (unsigned c = 0; c < nc; c++) {
						float d = LOAD(p[c]) - centre[c0 + c];

						part[c] += d * d;
					}
				} else {
					VECTOR
					for (unsigned c = 0; c < nc; c++)
						part[c] += LOAD(p[c]);
				}
			}
			VECTOR
			for (unsigned c = 0; c < nc; c++)
				sums[c0 + c] += (double)part[c];
		}
	}
}

CLONES static void NAME(bn_apply)(const struct tt_bn *b, const T *x, T *y)
{
	float scale[BLOCK], shift[BLOCK];

	for (unsigned c0 = 0; c0 < b->channels; c0 += BLOCK) {
		unsigned nc = b->channels - c0 < BLOCK ? b->channels - c0 : BLOCK;
		float floor_ = b->relu ? 0.0f : -INFINITY;

		VECTOR
		for (unsigned c = 0; c < nc; c++) {
			scale[c] = b->gamma[c0 + c] / sqrtf(b->var[c0 + c] + b->epsilon);
			shift[c] = b->beta[c0 + c] - b->mean[c0 + c] * scale[c];
		}
		for (unsigned r = 0; r < b->rows; r++) {
			const T *p = x + (size_t)r * b->channels + c0;
			T *q = y + (size_t)r * b->channels + c0;

			VECTOR
			for (unsigned c = 0; c < nc; c++) {
				float v = LOAD(p[c]) * scale[c] + shift[c];

				q[c] = STORE(v > floor_ ? v : floor_);
			}
		}
	}
}

static void NAME(bn_forward)(const struct tt_bn *b, const T *x, T *y)
{
	NAME(column_sums)(x, b->rows, b->channels, NULL, b->scratch);
	for (unsigned c = 0; c < b->channels; c++)
		b->mean[c] = (float)(b->scratch[c] / b->rows);
	NAME(column_sums)(x, b->rows, b->channels, b->mean, b->scratch);
	for (unsigned c = 0; c < b->channels; c++)
		b->var[c] = (float)(b->scratch[c] / b->rows);
	NAME(bn_apply)(b, x, y);
}

/* Sums of dy and of dy × (x − mean), dy masked by ReLU. */
CLONES static void NAME(bn_grad_sums)(const struct tt_bn *b, const T *x, const T *y, const T *dy, double *sums)
{
	float one[BLOCK], two[BLOCK];
	float at = b->relu ? 0.0f : -INFINITY;

	for (unsigned c0 = 0; c0 < b->channels; c0 += BLOCK) {
		unsigned nc = b->channels - c0 < BLOCK ? b->channels - c0 : BLOCK;
		double *s = sums + c0, *t = sums + b->channels + c0;

		VECTOR
		for (unsigned c = 0; c < nc; c++)
			s[c] = t[c] = 0;
		for (unsigned r0 = 0; r0 < b->rows; r0 += BLOCK_ROWS) {
			unsigned r1 = r0 + BLOCK_ROWS < b->rows ? r0 + BLOCK_ROWS : b->rows;

			memset(one, 0, sizeof one);
			memset(two, 0, sizeof two);
			for (unsigned r = r0; r < r1; r++) {
				size_t o = (size_t)r * b->channels + c0;

				VECTOR
				for (unsigned c = 0; c < nc; c++) {
					float d = LOAD(dy[o + c]), g = LOAD(y[o + c]) > at ? d : 0.0f;

					one[c] += g;
					two[c] += g * (LOAD(x[o + c]) - b->mean[c0 + c]);
				}
			}
			VECTOR
			for (unsigned c = 0; c < nc; c++) {
				s[c] += (double)one[c];
				t[c] += (double)two[c];
			}
		}
	}
}

CLONES static void NAME(bn_grad_apply)(const struct tt_bn *b, const T *x, const T *y, const T *dy, T *dx,
				       const float *dgamma, const float *dbeta)
{
	float k[BLOCK], m[BLOCK], q[BLOCK];
	float at = b->relu ? 0.0f : -INFINITY;

	for (unsigned c0 = 0; c0 < b->channels; c0 += BLOCK) {
		unsigned nc = b->channels - c0 < BLOCK ? b->channels - c0 : BLOCK;

		VECTOR
		for (unsigned c = 0; c < nc; c++) {
			float is = 1.0f / sqrtf(b->var[c0 + c] + b->epsilon);

			k[c] = b->gamma[c0 + c] * is;
			q[c] = is * dgamma[c0 + c] / (float)b->rows;
			m[c] = dbeta[c0 + c] / (float)b->rows - q[c] * b->mean[c0 + c];
		}
		for (unsigned r = 0; r < b->rows; r++) {
			size_t o = (size_t)r * b->channels + c0;

			VECTOR
			for (unsigned c = 0; c < nc; c++) {
				float d = LOAD(dy[o + c]), g = LOAD(y[o + c]) > at ? d : 0.0f;

				dx[o + c] = STORE(k[c] * (g - m[c] - q[c] * LOAD(x[o + c])));
			}
		}
	}
}

static void NAME(bn_backward)(const struct tt_bn *b, const T *x, const T *y, const T *dy, T *dx, float *dgamma,
			      float *dbeta)
{
	NAME(bn_grad_sums)(b, x, y, dy, b->scratch);
	for (unsigned c = 0; c < b->channels; c++) {
		dbeta[c] = (float)b->scratch[c];
		dgamma[c] = (float)(b->scratch[b->channels + c] / sqrt((double)b->var[c] + (double)b->epsilon));
	}
	NAME(bn_grad_apply)(b, x, y, dy, dx, dgamma, dbeta);
}

CLONES static void NAME(mean_forward)(unsigned n, unsigned pixels, unsigned channels, const T *x, float *y)
{
	for (unsigned i = 0; i < n; i++) {
		float *q = y + (size_t)i * channels;

		memset(q, 0, channels * sizeof *q);
		for (unsigned p = 0; p < pixels; p++) {
			const T *a = x + ((size_t)i * pixels + p) * channels;

			VECTOR
			for (unsigned c = 0; c < channels; c++)
				q[c] += LOAD(a[c]);
		}
		VECTOR
		for (unsigned c = 0; c < channels; c++)
			q[c] /= (float)pixels;
	}
}

CLONES static void NAME(mean_backward)(unsigned n, unsigned pixels, unsigned channels, const float *dy, T *dx)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned p = 0; p < pixels; p++) {
			T *a = dx + ((size_t)i * pixels + p) * channels;

			VECTOR
			for (unsigned c = 0; c < channels; c++)
				a[c] = STORE(dy[(size_t)i * channels + c] / (float)pixels);
		}
}

CLONES static void NAME(se_apply)(const struct tt_se *s, const T *branch, const T *shortcut, T *out)
{
	for (unsigned i = 0; i < s->n; i++) {
		const float *g = s->gate + (size_t)i * s->channels;

		for (unsigned p = 0; p < s->pixels; p++) {
			size_t o = ((size_t)i * s->pixels + p) * s->channels;

			VECTOR
			for (unsigned c = 0; c < s->channels; c++) {
				float v = LOAD(branch[o + c]) * g[c] + LOAD(shortcut[o + c]);

				out[o + c] = STORE(v > 0.0f ? v : 0.0f);
			}
		}
	}
}

/* Masks d by ReLU in place and writes the gradient of the gate's argument. */
CLONES static void NAME(se_mask)(const struct tt_se *s, const T *branch, const T *out, T *d)
{
	for (unsigned i = 0; i < s->n; i++) {
		float *q = s->dgate + (size_t)i * s->channels;
		const float *g = s->gate + (size_t)i * s->channels;

		memset(q, 0, s->channels * sizeof *q);
		for (unsigned p = 0; p < s->pixels; p++) {
			size_t o = ((size_t)i * s->pixels + p) * s->channels;

			VECTOR
			for (unsigned c = 0; c < s->channels; c++) {
				float all = LOAD(d[o + c]), v = LOAD(out[o + c]) > 0.0f ? all : 0.0f;

				d[o + c] = STORE(v);
				q[c] += v * LOAD(branch[o + c]);
			}
		}
		VECTOR
		for (unsigned c = 0; c < s->channels; c++)
			q[c] *= g[c] * (1.0f - g[c]);
	}
}

CLONES static void NAME(se_spread)(const struct tt_se *s, const T *d, T *dbranch)
{
	for (unsigned i = 0; i < s->n; i++) {
		const float *g = s->gate + (size_t)i * s->channels, *m = s->dmean + (size_t)i * s->channels;
		float share = 1.0f / (float)s->pixels;

		for (unsigned p = 0; p < s->pixels; p++) {
			size_t o = ((size_t)i * s->pixels + p) * s->channels;

			VECTOR
			for (unsigned c = 0; c < s->channels; c++)
				dbranch[o + c] = STORE(LOAD(d[o + c]) * g[c] + m[c] * share);
		}
	}
}

CLONES static void NAME(maxpool_forward)(const struct tt_pool_shape *s, const T *x, T *y, uint8_t *which)
{
	unsigned oh = tt_train_conv_out(s->h, 3, 2, 1), ow = tt_train_conv_out(s->w, 3, 2, 1);

	for (unsigned i = 0; i < s->n * oh * ow; i++) {
		unsigned py = i / ow % oh, px = i % ow, photo = i / (oh * ow);
		T *q = y + (size_t)i * s->channels;
		uint8_t *k = which + (size_t)i * s->channels;
		bool first = true;

		for (unsigned tap = 0; tap < 9; tap++) {
			unsigned iy = 2 * py + tap / 3 - 1,
				 ix = 2 * px + tap % 3 - 1; /* wraps to a huge value outside */
			const T *a;

			if (iy >= s->h || ix >= s->w)
				continue;
			a = x + (((size_t)photo * s->h + iy) * s->w + ix) * s->channels;
			VECTOR
			for (unsigned c = 0; c < s->channels; c++)
				if (first || LOAD(a[c]) > LOAD(q[c])) {
					q[c] = a[c];
					k[c] = (uint8_t)tap;
				}
			first = false;
		}
	}
}

static void NAME(maxpool_backward)(const struct tt_pool_shape *s, const T *dy, const uint8_t *which, T *dx)
{
	unsigned oh = tt_train_conv_out(s->h, 3, 2, 1), ow = tt_train_conv_out(s->w, 3, 2, 1);

	memset(dx, 0, (size_t)s->n * s->h * s->w * s->channels * sizeof *dx);
	for (unsigned i = 0; i < s->n * oh * ow; i++) {
		unsigned py = i / ow % oh, px = i % ow, photo = i / (oh * ow);

		VECTOR
		for (unsigned c = 0; c < s->channels; c++) {
			size_t o = (size_t)i * s->channels + c;
			unsigned iy = 2 * py + which[o] / 3 - 1, ix = 2 * px + which[o] % 3 - 1;
			T *q = dx + (((size_t)photo * s->h + iy) * s->w + ix) * s->channels + c;

			*q = STORE(LOAD(*q) + LOAD(dy[o]));
		}
	}
}

CLONES static void NAME(add_into)(size_t count, T *a, const T *b)
{
	for (size_t i = 0; i < count; i++)
		a[i] = STORE(LOAD(a[i]) + LOAD(b[i]));
}
