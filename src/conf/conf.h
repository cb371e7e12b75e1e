/* Settings: one table of typed rows (conf.c), read in rising priority from defaults, a file, the environment and flags.
 *
 * The file has lines `key = value`, '#' begins a comment. The environment spells a key TINTYPE_HTTP_THREADS for
 * http.threads. Every row has bounds; an error says key, value, bounds and where the value came from. Set up by one
 * thread before others start, read-only afterwards. */
#ifndef TT_CONF_CONF_H
#define TT_CONF_CONF_H

#include "base/err.h"
#include "base/str.h"

#include <stdio.h>

#define TT_CONF_TEXT 512

struct tt_conf {
	char listen[TT_CONF_TEXT];
	char log_level[16];
	int64_t workers;
	struct {
		char web_root[TT_CONF_TEXT], trusted_proxy[TT_CONF_TEXT];
		int64_t threads, max_connections, max_header_bytes, idle_timeout_s, shutdown_s, max_json_bytes,
			max_upload_bytes, max_upload_parts, max_streams, max_slow, access_log;
	} http;
	struct {
		int64_t session_days, throttle_tries, throttle_s;
	} accounts;
	struct {
		int64_t max_file_bytes;
	} ingest;
	struct {
		int64_t timeout_ms, max_memory;
	} worker;
	struct {
		int64_t max_pixels, max_side;
	} media;
	struct {
		int64_t batch, tries, retry_delay_ms;
	} jobs;
	struct {
		int64_t automatic, min_corrections, every, max_corrections, rehearsal, classes, class_examples;
	} learn;
	struct {
		char path[TT_CONF_TEXT], precision[16];
	} model;
	struct {
		int64_t enabled, plane_side, min_px, max_per_photo, turns, threads;
		double min_confidence;
		char detector_path[TT_CONF_TEXT], embedder_path[TT_CONF_TEXT];
	} faces;
	struct {
		double confidence, min_quality;
		int64_t recur, neighbours, max_gallery, max_facts, max_at_once, max_merge, max_questions;
	} people;
	struct {
		int64_t readers, busy_ms;
	} store;
};

void tt_conf_defaults(struct tt_conf *c);
/* One setting by its dotted key; `where` ("--set", a file and line) goes into the message. */
int tt_conf_set(struct tt_conf *c, struct tt_str key, struct tt_str value, const char *where,
		struct tt_err *err) TT_CHECKED;
/* "key=value" as a flag has it. */
int tt_conf_flag(struct tt_conf *c, const char *assignment, struct tt_err *err) TT_CHECKED;
/* TT_ENOTFOUND when the file does not exist. */
int tt_conf_file(struct tt_conf *c, const char *path, struct tt_err *err) TT_CHECKED;
/* Every TINTYPE_… of the environment that names a setting; others are left alone. */
int tt_conf_environment(struct tt_conf *c, char *const *environment, struct tt_err *err) TT_CHECKED;
/* The table as text for --help and the manual, one line for each setting: key, default, bounds, help. */
void tt_conf_describe(FILE *out);

#endif
