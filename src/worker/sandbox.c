/* Four layers, each of which alone would keep a taken-over decoder from the photos and the network: resource limits, no
 * new privileges, Landlock (no path of the file system can be reached) and a seccomp filter that knows only the calls a
 * decoder makes on memory and on descriptors that it already has. */
#include "worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	FILES_MAX = 64,
	CPU_MAX_S = 3600,
	FSIZE_MAX = 128 << 20, /* of the memfd that answers */
};

static const int allowed[] = {
	/* descriptors that are there already */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(fcntl),
	SCMP_SYS(dup),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(memfd_create),
	SCMP_SYS(ftruncate),
	/* memory */
	SCMP_SYS(mmap),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(mprotect),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	/* threads of the decoders */
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(membarrier),
	SCMP_SYS(set_tid_address),
	/* time and chance */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(getrusage),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	/* signals and the end */
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(tgkill),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
};

static int fail(struct tt_err *err, const char *what, int code)
{
	return tt_err_set(err, TT_EINTERNAL, "sandbox: %s: %s", what, strerror(code));
}

static uint64_t address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	fclose(f);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int limit(int what, uint64_t value, const char *name, struct tt_err *err)
{
	struct rlimit r = { (rlim_t)value, (rlim_t)value };

	return setrlimit((__rlimit_resource_t)what, &r) < 0 ? fail(err, name, errno) : 0;
}

static int enter_limits(uint64_t max_memory, struct tt_err *err)
{
	int rc = limit(RLIMIT_CORE, 0, "RLIMIT_CORE", err);

	if (rc == 0)
		rc = limit(RLIMIT_FSIZE, FSIZE_MAX, "RLIMIT_FSIZE", err);
	if (rc == 0)
		rc = limit(RLIMIT_NOFILE, FILES_MAX, "RLIMIT_NOFILE", err);
	if (rc == 0)
		rc = limit(RLIMIT_CPU, CPU_MAX_S, "RLIMIT_CPU", err);
	if (rc == 0 && max_memory > 0 && !TT_SANITIZED) /* sanitizers map terabytes */
		rc = limit(RLIMIT_AS, address_space() + max_memory, "RLIMIT_AS", err);
	return rc;
}

/* A kernel without Landlock goes on without: seccomp denies open() as well. */
static int enter_landlock(struct tt_err *err)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int fd;

	if (abi < 1)
		return 0;
	/* Bits 0…12 are ABI 1; 13 (refer) came with 2, 14 (truncate) with 3. */
	attr.handled_access_fs = ((uint64_t)1 << (abi == 1 ? 13 : abi == 2 ? 14 : 15)) - 1;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (fd < 0)
		return fail(err, "Landlock", errno);
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0) {
		close(fd);
		return fail(err, "Landlock", errno);
	}
	close(fd);
	return 0;
}

/* Calls that are fine with some arguments only. */
static int add_conditional(scmp_filter_ctx filter)
{
	int rc;

	/* threads yes, processes no; glibc falls back to clone where clone3, whose flags a filter cannot see, is
	 * missing */
	rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
			      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* fstat() of glibc */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
				      SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
	/* asking for a limit, not setting one */
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0));
	return rc;
}

static int enter_seccomp(struct tt_err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = filter ? 0 : -ENOMEM;

	for (size_t i = 0; rc == 0 && i < TT_LEN(allowed); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (rc == 0)
		rc = add_conditional(filter);
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return rc < 0 ? fail(err, "seccomp", -rc) : 0;
}

int tt_sandbox_enter(uint64_t max_memory, struct tt_err *err)
{
	int rc = enter_limits(max_memory, err);

	if (rc < 0)
		return rc;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(err, "prctl", errno);
	rc = enter_landlock(err);
	return rc < 0 ? rc : enter_seccomp(err);
}
