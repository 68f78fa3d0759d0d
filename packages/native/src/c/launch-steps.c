/*
 * The kinds of steps between fork and exec. `read_*` runs in the parent and may allocate; `run_*`
 * runs in the child, where only async-signal-safe calls are allowed. Identity changes go straight to
 * the kernel: libc's versions want to talk to threads that the child does not have.
 */
#include "launch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int read_nothing(napi_env env, napi_value object, struct step *s) {
  (void)env, (void)object, (void)s;
  return 0;
}

static int read_value(napi_env env, napi_value object, struct step *s) {
  return value_int64(env, property(env, object, "value"), &s->number) ? 0 : WRONG_TYPE;
}

static int read_path(napi_env env, napi_value object, struct step *s) {
  s->text = value_string(env, property(env, object, "path"));
  return s->text ? 0 : WRONG_TYPE;
}

static int read_paths(napi_env env, napi_value object, struct step *s) {
  s->paths = value_strings(env, property(env, object, "paths"));
  return s->paths ? 0 : WRONG_TYPE;
}

static int read_fd(napi_env env, napi_value object, struct step *s) {
  int64_t fd;
  if (!value_int64(env, property(env, object, "fd"), &fd)) return WRONG_TYPE;
  s->fd = (int)fd;
  return fd < 3 || fd > 0x7fffffff ? -EBADF : 0; /* 0 to 2 belong to stdio */
}

static int read_connect(napi_env env, napi_value object, struct step *s) {
  int rc = read_fd(env, object, s);
  if (rc == 0) rc = read_path(env, object, s);
  return rc == 0 ? unix_address(s->text, &s->addr, &s->addr_len) : rc;
}

static int read_rlimit(napi_env env, napi_value object, struct step *s) {
  uint64_t soft, hard;
  char *name = value_string(env, property(env, object, "resource"));
  int found = -1;
  for (int i = 0; name && rlimit_names[i]; i++)
    if (strcmp(name, rlimit_names[i]) == 0) found = rlimit_numbers[i];
  free(name);
  if (found < 0 || !value_uint64(env, property(env, object, "soft"), &soft) ||
      !value_uint64(env, property(env, object, "hard"), &hard))
    return WRONG_TYPE;
  s->number = found;
  s->limit = (struct rlimit){soft, hard};
  return 0;
}

static int read_gids(napi_env env, napi_value object, struct step *s) {
  napi_value list = property(env, object, "gids"), element;
  uint32_t count;
  int64_t gid;
  if (napi_get_array_length(env, list, &count) != napi_ok) return WRONG_TYPE;
  s->gids = calloc((size_t)count + 1, sizeof *s->gids);
  if (!s->gids) return -ENOMEM;
  for (s->count = 0; s->count < count; s->count++) {
    if (napi_get_element(env, list, (uint32_t)s->count, &element) != napi_ok || !value_int64(env, element, &gid))
      return WRONG_TYPE;
    s->gids[s->count] = (gid_t)gid;
  }
  return 0;
}

static int read_mask(napi_env env, napi_value object, struct step *s) {
  struct bytes mask;
  if (!value_bytes(env, property(env, object, "mask"), &mask)) return WRONG_TYPE;
  s->mask = (struct bytes){malloc(mask.len + 1), mask.len};
  if (!s->mask.data) return -ENOMEM;
  if (mask.len > 0) memcpy(s->mask.data, mask.data, mask.len);
  return 0;
}

static int read_oom_score(napi_env env, napi_value object, struct step *s) {
  char digits[24];
  int rc = read_value(env, object, s);
  snprintf(digits, sizeof digits, "%lld", (long long)s->number);
  s->text = strdup(digits);
  return rc == 0 && !s->text ? -ENOMEM : rc;
}

static int run_setsid(const struct step *s) {
  (void)s;
  return setsid() == -1 ? -1 : 0;
}

/* Straight to the kernel: libc's fork would take locks that other threads may have held. */
static int run_detach(const struct step *s) {
  (void)s;
  long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid > 0) _exit(0);
  return pid == 0 ? 0 : -1;
}

static int run_umask(const struct step *s) {
  umask((mode_t)s->number);
  return 0;
}

static int run_nice(const struct step *s) { return setpriority(PRIO_PROCESS, 0, (int)s->number); }

static int run_chdir(const struct step *s) { return chdir(s->text); }

static int run_rlimit(const struct step *s) {
  return setrlimit((enum __rlimit_resource)s->number, &s->limit);
}

static int run_groups(const struct step *s) { return (int)syscall(SYS_setgroups, s->count, s->gids); }

static int run_gid(const struct step *s) {
  gid_t gid = (gid_t)s->number;
  return (int)syscall(SYS_setresgid, gid, gid, gid);
}

static int run_uid(const struct step *s) {
  uid_t uid = (uid_t)s->number;
  return (int)syscall(SYS_setresuid, uid, uid, uid);
}

static int run_affinity(const struct step *s) {
  return (int)syscall(SYS_sched_setaffinity, 0, s->mask.len, s->mask.data);
}

static int write_file(const char *path, const char *text, size_t len) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd == -1) return -1;
  ssize_t n = write(fd, text, len);
  int error = errno;
  close(fd);
  errno = n == -1 ? error : EIO;
  return n == (ssize_t)len ? 0 : -1;
}

static int run_oom_score(const struct step *s) {
  return write_file("/proc/self/oom_score_adj", s->text, strlen(s->text));
}

static int run_cgroup(const struct step *s) {
  char digits[16];
  size_t at = sizeof digits;
  for (pid_t rest = getpid(); rest > 0; rest /= 10) digits[--at] = (char)('0' + rest % 10);
  for (char **path = s->paths; *path; path++)
    if (write_file(*path, digits + at, sizeof digits - at) == -1) return -1;
  return 0;
}

static int run_connect(const struct step *s) {
  int rc;
  do rc = connect(s->fd, (const struct sockaddr *)&s->addr, s->addr_len);
  while (rc == -1 && errno == EINTR);
  return rc;
}

static int run_notify(const struct step *s) {
  ssize_t n;
  do n = write(s->fd, "", 1);
  while (n == -1 && errno == EINTR);
  return n == 1 ? 0 : -1;
}

static int run_wait(const struct step *s) {
  for (;;) {
    char byte;
    struct pollfd pfd = {.fd = s->fd, .events = POLLIN};
    ssize_t n = read(s->fd, &byte, 1);
    if (n == 1) return 0;
    if (n == 0) errno = EPIPE; /* the parent has gone or given up */
    if (n == -1 && errno == EAGAIN && poll(&pfd, 1, -1) >= 0) continue;
    if (errno != EINTR) return -1;
  }
}

static const struct step_kind kinds[] = {
    {"setsid", read_nothing, run_setsid, false},
    {"detach", read_nothing, run_detach, false},
    {"umask", read_value, run_umask, false},
    {"nice", read_value, run_nice, false},
    {"chdir", read_path, run_chdir, false},
    {"rlimit", read_rlimit, run_rlimit, false},
    {"groups", read_gids, run_groups, false},
    {"gid", read_value, run_gid, false},
    {"uid", read_value, run_uid, false},
    {"affinity", read_mask, run_affinity, false},
    {"oomScoreAdj", read_oom_score, run_oom_score, false},
    {"cgroup", read_paths, run_cgroup, false},
    {"connect", read_connect, run_connect, true},
    {"notify", read_fd, run_notify, true},
    {"waitHandshake", read_fd, run_wait, true},
};

const struct step_kind *step_kind_find(const char *name) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
  return NULL;
}
