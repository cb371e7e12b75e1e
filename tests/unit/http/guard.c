#include "http/guard.h"

#include "test.h"

#include <string.h>

struct line {
	const char *name, *value;
};

/* Up to four header lines, ended by a NULL name. */
static void fill(struct tt_req *rq, const char *method, const struct line *lines)
{
	*rq = (struct tt_req){ .method = tt_str_of(method), .arena = { .max = 4096 } };
	for (; lines->name; lines++) {
		rq->header[rq->headers].name = tt_str_of(lines->name);
		rq->header[rq->headers++].value = tt_str_of(lines->value);
	}
}

#define HOST                                                                                                           \
	{                                                                                                              \
		"Host", "photos.home:2342"                                                                             \
	}

static void test_framing(void **state)
{
	static const struct {
		const char *name;
		int rc;
		struct line lines[5];
	} rows[] = {
		{ "plain", 0, { HOST } },
		{ "length", 0, { HOST, { "Content-Length", "5" } } },
		{ "twice the same length", 0, { HOST, { "Content-Length", "5" }, { "content-length", "5" } } },
		{ "chunked", 0, { HOST, { "Transfer-Encoding", "Chunked" } } },
		{ "two lengths", TT_EINVALID, { HOST, { "Content-Length", "5" }, { "Content-Length", "6" } } },
		{ "list of lengths", TT_EINVALID, { HOST, { "Content-Length", "5, 5" } } },
		{ "signed length", TT_EINVALID, { HOST, { "Content-Length", "+5" } } },
		{ "negative length", TT_EINVALID, { HOST, { "Content-Length", "-5" } } },
		{ "huge length", TT_EINVALID, { HOST, { "Content-Length", "99999999999999999999" } } },
		{ "length and chunked",
		  TT_EINVALID,
		  { HOST, { "Content-Length", "5" }, { "Transfer-Encoding", "chunked" } } },
		{ "gzip", TT_EINVALID, { HOST, { "Transfer-Encoding", "gzip, chunked" } } },
		{ "no host", TT_EINVALID, { { "X", "y" } } },
		{ "two hosts", TT_EINVALID, { HOST, { "host", "other" } } },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_err err = { 0 };
		static struct tt_req rq;
		int rc;

		fill(&rq, "POST", rows[i].lines);
		rc = tt_guard_framing(&rq, &err);
		CHECK_ROW(rc == rows[i].rc && (err.msg[0] != 0) == (rc < 0), rows[i].name);
	}
}

static void test_same_site(void **state)
{
	static const struct {
		const char *name, *method;
		int rc;
		struct line lines[5];
	} rows[] = {
		{ "no browser", "POST", 0, { HOST } },
		{ "own page", "POST", 0, { HOST, { "Origin", "http://photos.home:2342" } } },
		{ "own page behind TLS", "DELETE", 0, { HOST, { "Origin", "https://Photos.home:2342" } } },
		{ "fetch from the own page", "PUT", 0, { HOST, { "Sec-Fetch-Site", "same-origin" } } },
		{ "typed by the user", "POST", 0, { HOST, { "Sec-Fetch-Site", "none" } } },
		{ "reading is free",
		  "GET",
		  0,
		  { HOST, { "Origin", "http://evil" }, { "Sec-Fetch-Site", "cross-site" } } },
		{ "other site", "POST", TT_EDENIED, { HOST, { "Origin", "http://evil" } } },
		{ "other port", "POST", TT_EDENIED, { HOST, { "Origin", "http://photos.home:80" } } },
		{ "no port", "POST", TT_EDENIED, { HOST, { "Origin", "http://photos.home" } } },
		{ "longer name", "POST", TT_EDENIED, { HOST, { "Origin", "http://photos.home:23420" } } },
		{ "null origin", "POST", TT_EDENIED, { HOST, { "Origin", "null" } } },
		{ "empty origin", "POST", TT_EDENIED, { HOST, { "Origin", "" } } },
		{ "other scheme", "POST", TT_EDENIED, { HOST, { "Origin", "file://photos.home:2342" } } },
		{ "cross-site fetch", "PATCH", TT_EDENIED, { HOST, { "Sec-Fetch-Site", "cross-site" } } },
		{ "same site is not enough", "POST", TT_EDENIED, { HOST, { "Sec-Fetch-Site", "same-site" } } },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		struct tt_err err = { 0 };
		static struct tt_req rq;
		int rc;

		fill(&rq, rows[i].method, rows[i].lines);
		rc = tt_guard_same_site(&rq, &err);
		CHECK_ROW(rc == rows[i].rc && (err.msg[0] != 0) == (rc < 0), rows[i].name);
	}
}

static void test_types(void **state)
{
	static const struct {
		const char *value;
		bool want;
	} rows[] = {
		{ "application/json", true },
		{ "Application/JSON; charset=utf-8", true },
		{ "application/json ; a=b", true },
		{ "application/jsonp", false },
		{ "text/plain", false },
		{ "", false },
		{ "text/plain; application/json", false },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const struct line lines[] = { { "Content-Type", rows[i].value }, { NULL, NULL } };
		static struct tt_req rq;

		fill(&rq, "POST", lines);
		CHECK_ROW(tt_guard_is_type(&rq, "application/json") == rows[i].want, rows[i].value);
	}
}

static void test_client(void **state)
{
	static const struct {
		const char *name, *peer, *trusted, *forwarded, *proto;
		const char *address;
		bool secure;
	} rows[] = {
		{ "straight", "10.0.0.9", NULL, "1.2.3.4", "https", "10.0.0.9", false },
		{ "by the proxy", "127.0.0.1", "127.0.0.1", "1.2.3.4", "https", "1.2.3.4", true },
		{ "the proxy's word counts, not the client's", "127.0.0.1", "::1, 127.0.0.1", "6.6.6.6, 1.2.3.4",
		  "http", "1.2.3.4", false },
		{ "the proxy says nothing", "127.0.0.1", "127.0.0.1", "", "", "127.0.0.1", false },
		{ "another proxy", "127.0.0.2", "127.0.0.1", "1.2.3.4", "https", "127.0.0.2", false },
	};

	(void)state;
	for (size_t i = 0; i < TT_LEN(rows); i++) {
		const struct line lines[] = { { "X-Forwarded-For", rows[i].forwarded },
					      { "X-Forwarded-Proto", rows[i].proto },
					      { NULL, NULL } };
		static struct tt_req rq;

		fill(&rq, "GET", lines);
		tt_guard_client(&rq, rows[i].peer, rows[i].trusted);
		CHECK_ROW(strcmp(rq.address, rows[i].address) == 0, rows[i].name);
		CHECK_ROW(rq.secure == rows[i].secure, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_framing),
		cmocka_unit_test(test_same_site),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
