/* Inner header of media: a video opened through its descriptor. */
#ifndef TT_MEDIA_VIDEO_H
#define TT_MEDIA_VIDEO_H

#include "media/format.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

struct tt_video {
	int fd;
	int64_t at, size;
	AVIOContext *io;
	AVFormatContext *format;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	int stream; /* of the pictures; negative: none */
};

int tt_video_open(struct tt_video *v, const struct tt_source *src, struct tt_err *err) TT_CHECKED;
void tt_video_done(struct tt_video *v); /* for TT_SCOPED; half open is fine */
int tt_video_fail(struct tt_err *err, int rc);
/* The display matrix as an EXIF orientation. */
int tt_video_turn(const AVStream *st);

int tt_video_facts(const struct tt_source *src, struct tt_header *h, struct tt_facts *f, struct tt_err *err);
int tt_video_pixels(const struct tt_source *src, const struct tt_header *h, struct tt_pixels *out, struct tt_err *err);

#endif
