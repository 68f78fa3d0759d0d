/* What the parent prepares and the forked child carries out. */
#ifndef LIBVIRT_TS_LAUNCH_H
#define LIBVIRT_TS_LAUNCH_H

#include "addon.h"

#include <sys/resource.h>
#include <sys/types.h>

enum {
  MAX_STEPS = 64,
  MAX_KEPT = 1024,
  WRONG_TYPE = -EDOM, /* from readers of JS values: becomes a TypeError */
  /* Places of failure that are not a step, in the field `step` of struct failure. */
  AT_DESCRIPTORS = -1,
  AT_EXEC = -2,
};

/* One step; which fields are used depends on its kind. */
struct step {
  const struct step_kind *kind;
  int fd;
  int64_t number;
  struct rlimit limit;
  char *text;
  char **paths;
  gid_t *gids;
  size_t count;
  struct bytes mask; /* own copy */
  struct sockaddr_un addr;
  socklen_t addr_len;
};

struct step_kind {
  const char *name;
  /* In the parent: fills the step from its JS object; 0, a negative errno, or WRONG_TYPE. */
  int (*read)(napi_env env, napi_value object, struct step *step);
  /* In the child: only async-signal-safe calls. 0, or -1 with errno. */
  int (*run)(const struct step *step);
  bool uses_fd;
};

struct launch {
  char *file;
  char **argv;
  char **envp;
  int stdio[3]; /* -1 = /dev/null */
  int kept[MAX_KEPT];
  size_t kept_count;
  struct step steps[MAX_STEPS];
  size_t step_count;
  int survivors[MAX_KEPT + MAX_STEPS + 1]; /* ascending: kept, those of steps, the status pipe */
  size_t survivor_count;
};

/* What a failing child writes into the status pipe; nothing is written on success. */
struct failure {
  int32_t step;
  int32_t error;
};

const struct step_kind *step_kind_find(const char *name);
_Noreturn void launch_child(const struct launch *launch, int status_fd);

#endif
