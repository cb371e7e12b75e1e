#include "accounts/throttle.h"

#include "base/hash.h"

#include <string.h>

static void key_of(uint8_t key[32], struct tt_str name, const char *address)
{
	struct tt_sha256 h;

	tt_sha256_init(&h);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 'a' - 'A') : name.p[i];

		tt_sha256_add(&h, &c, 1);
	}
	tt_sha256_add(&h, "", 1);
	tt_sha256_add(&h, address, strlen(address));
	tt_sha256_end(&h, key);
}

static struct tt_throttle_entry *find(const struct tt_throttle *t, const uint8_t key[32])
{
	for (size_t i = 0; i < TT_THROTTLE_ENTRIES; i++)
		if (t->entry[i].last_ms && memcmp(t->entry[i].key, key, 32) == 0)
			return (struct tt_throttle_entry *)(uintptr_t)&t->entry[i];
	return NULL;
}

void tt_throttle_init(struct tt_throttle *t, unsigned tries, int64_t wait_ms)
{
	memset(t, 0, sizeof *t);
	t->tries = tries;
	t->wait_ms = wait_ms;
}

int64_t tt_throttle_wait(const struct tt_throttle *t, struct tt_str name, const char *address, int64_t now)
{
	const struct tt_throttle_entry *e;
	uint8_t key[32];
	unsigned over;
	int64_t until;

	key_of(key, name, address);
	e = find(t, key);
	if (!e || e->failures < t->tries || now - e->last_ms >= TT_THROTTLE_FORGET_MS)
		return 0;
	over = e->failures - t->tries;
	until = e->last_ms + (t->wait_ms << (over < TT_THROTTLE_DOUBLINGS ? over : TT_THROTTLE_DOUBLINGS));
	return until > now ? until - now : 0;
}

void tt_throttle_failed(struct tt_throttle *t, struct tt_str name, const char *address, int64_t now)
{
	struct tt_throttle_entry *e;
	uint8_t key[32];

	key_of(key, name, address);
	e = find(t, key);
	if (!e) {
		e = t->entry;
		for (size_t i = 1; i < TT_THROTTLE_ENTRIES; i++)
			if (t->entry[i].last_ms < e->last_ms)
				e = &t->entry[i];
		*e = (struct tt_throttle_entry){ .failures = 0 };
		memcpy(e->key, key, sizeof key);
	} else if (now - e->last_ms >= TT_THROTTLE_FORGET_MS) {
		e->failures = 0;
	}
	e->failures++;
	e->last_ms = now;
}

void tt_throttle_succeeded(struct tt_throttle *t, struct tt_str name, const char *address)
{
	struct tt_throttle_entry *e;
	uint8_t key[32];

	key_of(key, name, address);
	e = find(t, key);
	if (e)
		*e = (struct tt_throttle_entry){ .failures = 0 };
}
