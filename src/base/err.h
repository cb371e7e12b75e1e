/* Error object: caller-owned and of fixed size, so that it works out of memory too.
 * Fallible calls return 0 (or a count) or a negative tt_code and then explain it in *err; outputs are set on success
 * only. *err is untouched on success; one context may be put in front at each level. Any thread. */
#ifndef TT_BASE_ERR_H
#define TT_BASE_ERR_H

#define TT_CHECKED __attribute__((warn_unused_result))
#define TT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define TT_LEN(array) (sizeof(array) / sizeof((array)[0]))

enum tt_code {
	TT_EINTERNAL = -1, /* a fault of ours or of a library */
	TT_ENOTFOUND = -2,
	TT_EEXISTS = -3,  /* is there already, or changed meanwhile */
	TT_EINVALID = -4, /* the input is wrong: the message says what */
	TT_ETOOBIG = -5,  /* over a named limit */
	TT_ENOMEM = -6,
	TT_EIO = -7,
	TT_EDENIED = -8, /* signed in, but not allowed */
	TT_EAUTH = -9,   /* not signed in */
	TT_EBUSY = -10,  /* try later: locked, throttled, full */
	TT_ETIMEOUT = -11,
	TT_ECRASH = -12, /* a worker died over it */
};

struct tt_err {
	int code;
	char msg[240];
};

/* Sets code and message, returns code. err may be NULL: the code is still returned. */
int tt_err_set(struct tt_err *err, int code, const char *fmt, ...) TT_PRINTF(3, 4);
/* Puts "context: " before the message, returns err->code. */
int tt_err_ctx(struct tt_err *err, const char *fmt, ...) TT_PRINTF(2, 3);
/* "not_found", "too_big" …: the stable word for a code, in JSON replies. */
const char *tt_code_name(int code);

#endif
