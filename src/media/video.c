/* Videos by FFmpeg's libraries: what the container says, and one frame near the beginning as the poster. Reads through
 * the file descriptor only; no protocol of FFmpeg is ever opened. */
#include "media/video.h"

#include "base/alloc.h"
#include "media/meta_text.h"

#include <libavutil/display.h>
#include <libavutil/mem.h>
#include <libswscale/swscale.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum {
	IO_BYTES = 64 << 10,
	PROBE_BYTES = 5 << 20,
	PACKETS_MAX = 2000, /* looked at before a file is held to have no picture */
	POSTER_MAX_S = 3,
	FRAMES_MAX = 60,
};

static const char formats[] = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,ogg";

static int read_some(void *opaque, uint8_t *to, int n)
{
	struct tt_video *v = opaque;
	ssize_t got = pread(v->fd, to, (size_t)n, v->at);

	if (got < 0)
		return AVERROR(errno);
	if (got == 0)
		return AVERROR_EOF;
	v->at += got;
	return (int)got;
}

static int64_t seek(void *opaque, int64_t offset, int whence)
{
	struct tt_video *v = opaque;

	if (whence == AVSEEK_SIZE)
		return v->size;
	if (whence == SEEK_CUR)
		offset += v->at;
	else if (whence == SEEK_END)
		offset += v->size;
	if (offset < 0)
		return AVERROR(EINVAL);
	v->at = offset;
	return offset;
}

void tt_video_done(struct tt_video *v)
{
	av_frame_free(&v->frame);
	av_packet_free(&v->packet);
	avcodec_free_context(&v->codec);
	avformat_close_input(&v->format);
	if (v->io)
		av_freep(&v->io->buffer);
	avio_context_free(&v->io);
}

int tt_video_fail(struct tt_err *err, int rc)
{
	char why[AV_ERROR_MAX_STRING_SIZE] = "";

	(void)av_strerror(rc, why, sizeof why);
	return tt_err_set(err, rc == AVERROR(ENOMEM) ? TT_ENOMEM : TT_EINVALID, "video cannot be read: %s", why);
}

int tt_video_open(struct tt_video *v, const struct tt_source *src, struct tt_err *err)
{
	AVDictionary *options = NULL;
	uint8_t *buffer = av_malloc(IO_BYTES);
	int rc;

	v->fd = src->fd;
	v->size = (int64_t)src->n;
	v->stream = -1;
	v->io = buffer ? avio_alloc_context(buffer, IO_BYTES, 0, v, read_some, NULL, seek) : NULL;
	v->format = v->io ? avformat_alloc_context() : NULL;
	if (!v->format) {
		if (!v->io)
			av_free(buffer);
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	}
	v->format->pb = v->io;
	v->format->probesize = PROBE_BYTES;
	av_dict_set(&options, "format_whitelist", formats, 0);
	rc = avformat_open_input(&v->format, NULL, NULL, &options);
	av_dict_free(&options);
	if (rc < 0)
		return tt_video_fail(err, rc);
	(void)avformat_find_stream_info(v->format, NULL); /* what it cannot find out stays unknown */
	v->stream = av_find_best_stream(v->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
	return 0;
}

int tt_video_turn(const AVStream *st)
{
	const uint8_t *matrix = av_stream_get_side_data(st, AV_PKT_DATA_DISPLAYMATRIX, NULL);
	double degrees = matrix ? av_display_rotation_get((const int32_t *)matrix) : 0;

	if (isnan(degrees))
		return 1;
	switch ((int)lround(degrees / 90) & 3) { /* counter-clockwise */
	case 1:
		return 8;
	case 2:
		return 3;
	case 3:
		return 6;
	default:
		return 1;
	}
}

/* To the size of the base picture at once, non-square pixels made square. */
static int scale_frame(const struct tt_video *v, struct tt_pixels *out, struct tt_err *err)
{
	const AVFrame *fr = v->frame;
	uint32_t width, height, wide = (uint32_t)fr->width;
	struct SwsContext *sws;
	uint8_t *planes[4];
	int strides[4], rc;

	if (fr->sample_aspect_ratio.num > 0 && fr->sample_aspect_ratio.den > 0) {
		double w = (double)fr->width * fr->sample_aspect_ratio.num / fr->sample_aspect_ratio.den;

		if (w >= 1 && w <= 4.0 * fr->width)
			wide = (uint32_t)lround(w);
	}
	tt_base_size(wide, (uint32_t)fr->height, &width, &height);
	rc = tt_pixels_new(out, width, height, err);
	if (rc < 0)
		return rc;
	sws = sws_getContext(fr->width, fr->height, fr->format, (int)width, (int)height, AV_PIX_FMT_RGB24, SWS_AREA,
			     NULL, NULL, NULL);
	if (!sws)
		return tt_err_set(err, TT_EINVALID, "video has pixels of an unknown kind");
	planes[0] = out->rgb;
	strides[0] = (int)(3 * width);
	planes[1] = planes[2] = planes[3] = NULL;
	strides[1] = strides[2] = strides[3] = 0;
	rc = sws_scale(sws, (const uint8_t *const *)fr->data, fr->linesize, 0, fr->height, planes, strides);
	sws_freeContext(sws);
	return rc > 0 ? 0 : tt_err_set(err, TT_EINVALID, "video frame cannot be converted");
}

static int open_codec(struct tt_video *v, struct tt_err *err)
{
	const AVCodecParameters *par = v->format->streams[v->stream]->codecpar;
	const AVCodec *codec = avcodec_find_decoder(par->codec_id);
	int rc;

	if (!codec)
		return tt_err_set(err, TT_EINVALID, "video is packed in a way that is not known here (%s)",
				  avcodec_get_name(par->codec_id));
	v->codec = avcodec_alloc_context3(codec);
	v->packet = av_packet_alloc();
	v->frame = av_frame_alloc();
	if (!v->codec || !v->packet || !v->frame)
		return tt_err_set(err, TT_ENOMEM, "out of memory");
	v->codec->thread_count = 1;
	rc = avcodec_parameters_to_context(v->codec, par);
	if (rc >= 0)
		rc = avcodec_open2(v->codec, codec, NULL);
	return rc < 0 ? tt_video_fail(err, rc) : 0;
}

/* Goes to the key frame before the poster's place; that place in the stream's time, AV_NOPTS_VALUE: the beginning. */
static int64_t seek_to_poster(struct tt_video *v)
{
	const AVStream *st = v->format->streams[v->stream];
	int64_t duration = v->format->duration > 0 ? v->format->duration : 0, at = duration / 10;
	int64_t start = st->start_time == AV_NOPTS_VALUE ? 0 : st->start_time;

	if (at > (int64_t)POSTER_MAX_S * AV_TIME_BASE)
		at = (int64_t)POSTER_MAX_S * AV_TIME_BASE;
	if (at <= 0)
		return AV_NOPTS_VALUE;
	at = start + av_rescale_q(at, AV_TIME_BASE_Q, st->time_base);
	(void)av_seek_frame(v->format, v->stream, at, AVSEEK_FLAG_BACKWARD);
	return at;
}

/* One whole frame into v->frame; damaged packets are passed over. */
static bool next_frame(struct tt_video *v)
{
	if (avcodec_receive_frame(v->codec, v->frame) == 0)
		return true;
	for (int i = 0; i < PACKETS_MAX; i++) {
		int rc = av_read_frame(v->format, v->packet);

		if (rc < 0) {
			(void)avcodec_send_packet(v->codec, NULL);
			return avcodec_receive_frame(v->codec, v->frame) == 0;
		}
		if (v->packet->stream_index == v->stream)
			(void)avcodec_send_packet(v->codec, v->packet);
		av_packet_unref(v->packet);
		if (avcodec_receive_frame(v->codec, v->frame) == 0)
			return true;
	}
	return false;
}

/* The frame at `at`, or as near as FRAMES_MAX frames behind the key frame lead: films begin with black. */
static bool poster_frame(struct tt_video *v, int64_t at)
{
	if (!next_frame(v))
		return false;
	for (int i = 0; i < FRAMES_MAX && at != AV_NOPTS_VALUE && v->frame->best_effort_timestamp < at; i++) {
		AVFrame *before = av_frame_clone(v->frame);

		if (!before)
			return true;
		if (!next_frame(v)) { /* the last one that there was */
			av_frame_free(&v->frame);
			v->frame = before;
			return true;
		}
		av_frame_free(&before);
	}
	return true;
}

int tt_video_pixels(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *out, struct tt_err *err)
{
	TT_SCOPED(tt_video_done) struct tt_video v = { .fd = -1 };
	int rc = tt_video_open(&v, src, err);

	(void)h;
	if (rc == 0 && v.stream < 0)
		rc = tt_err_set(err, TT_EINVALID, "video has no pictures");
	if (rc == 0)
		rc = open_codec(&v, err);
	if (rc < 0)
		return rc;
	if (!poster_frame(&v, seek_to_poster(&v))) { /* nothing decodable there: from the beginning */
		avcodec_flush_buffers(v.codec);
		(void)av_seek_frame(v.format, v.stream, 0, AVSEEK_FLAG_BACKWARD);
		if (!next_frame(&v))
			return tt_err_set(err, TT_EINVALID, "video has no picture that can be decoded");
	}
	rc = tt_check_size(src->limits, (uint64_t)v.frame->width, (uint64_t)v.frame->height, err);
	if (rc == 0)
		rc = scale_frame(&v, out, err);
	if (rc == 0)
		rc = tt_pixels_turn(out, (unsigned)tt_video_turn(v.format->streams[v.stream]), err);
	return rc;
}
