#include "accounts/password.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

_Static_assert(TT_PASSWORD_HASH_MAX + 1 >= crypto_pwhash_STRBYTES, "a hash fits into its column");

#define MEMORY (64U * 1024 * 1024)
#define PASSES crypto_pwhash_OPSLIMIT_INTERACTIVE

/* Counts the hashes that run: they are what an attacker could make the server spend its memory on. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static unsigned running;

static char nobody[crypto_pwhash_STRBYTES]; /* hash of random bytes: what unknown names are compared with */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool ready;

static void enter(void)
{
	pthread_mutex_lock(&lock);
	while (running == TT_PASSWORD_PARALLEL)
		pthread_cond_wait(&freed, &lock);
	running++;
	pthread_mutex_unlock(&lock);
}

static void leave(void)
{
	pthread_mutex_lock(&lock);
	running--;
	pthread_cond_signal(&freed);
	pthread_mutex_unlock(&lock);
}

static void init(void)
{
	char secret[32];

	if (sodium_init() < 0)
		return;
	randombytes_buf(secret, sizeof secret);
	ready = crypto_pwhash_str(nobody, secret, sizeof secret, PASSES, MEMORY) == 0;
	sodium_memzero(secret, sizeof secret);
}

int tt_password_init(struct tt_err *err)
{
	pthread_once(&once, init);
	return ready ? 0 : tt_err_set(err, TT_EINTERNAL, "passwords: the crypto library does not start");
}

int tt_password_hash(struct tt_str password, char out[TT_PASSWORD_HASH_MAX + 1], struct tt_err *err)
{
	char hash[crypto_pwhash_STRBYTES];
	int rc;

	enter();
	rc = crypto_pwhash_str(hash, password.p, password.len, PASSES, MEMORY);
	leave();
	if (rc != 0)
		return tt_err_set(err, TT_ENOMEM, "there is not enough memory to hash a password");
	memcpy(out, hash, sizeof hash);
	return 0;
}

bool tt_password_matches(struct tt_str password, const char *hash)
{
	bool known = hash[0] != '\0';
	int rc;

	enter();
	rc = crypto_pwhash_str_verify(known ? hash : nobody, password.p, password.len);
	leave();
	return rc == 0 && known;
}

void tt_random_bytes(void *out, size_t n)
{
	randombytes_buf(out, n);
}
