/* launch(): the parent's side. All memory the child needs is prepared before the fork. */
#include "launch.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void launch_free(struct launch *l) {
  if (!l) return;
  for (size_t i = 0; i < l->step_count; i++) {
    struct step *s = &l->steps[i];
    free(s->text);
    strings_free(s->paths);
    free(s->gids);
    free(s->mask.data);
  }
  free(l->file);
  strings_free(l->argv);
  strings_free(l->envp);
  free(l);
}

/* Up to `max` numbers of a JS array. */
static int read_fds(napi_env env, napi_value array, int *fds, size_t max, size_t *count) {
  uint32_t length;
  if (napi_get_array_length(env, array, &length) != napi_ok) return WRONG_TYPE;
  if (length > max) return -EINVAL;
  for (*count = 0; *count < length; ++*count) {
    napi_value element;
    int64_t fd;
    if (napi_get_element(env, array, (uint32_t)*count, &element) != napi_ok || !value_int64(env, element, &fd))
      return WRONG_TYPE;
    if (fd < -1 || fd > 0x7fffffff) return -EBADF;
    fds[*count] = (int)fd;
  }
  return 0;
}

static int read_steps(napi_env env, napi_value array, struct launch *l) {
  uint32_t length;
  if (napi_get_array_length(env, array, &length) != napi_ok) return WRONG_TYPE;
  if (length > MAX_STEPS) return -E2BIG;
  for (uint32_t i = 0; i < length; i++) {
    napi_value object;
    struct step *s = &l->steps[i];
    if (napi_get_element(env, array, i, &object) != napi_ok) return WRONG_TYPE;
    char *name = value_string(env, property(env, object, "do"));
    s->kind = name ? step_kind_find(name) : NULL;
    free(name);
    if (!s->kind) return WRONG_TYPE;
    l->step_count++; /* counted before it is read: what a failing read has allocated gets freed */
    int rc = s->kind->read(env, object, s);
    if (rc < 0) return rc;
  }
  return 0;
}

static int read_launch(napi_env env, napi_value object, struct launch *l) {
  size_t stdio_count = 0;
  l->file = value_string(env, property(env, object, "file"));
  l->argv = value_strings(env, property(env, object, "argv"));
  l->envp = value_strings(env, property(env, object, "env"));
  if (!l->file || !l->argv || !l->envp) return WRONG_TYPE;
  int rc = read_fds(env, property(env, object, "stdio"), l->stdio, 3, &stdio_count);
  if (rc < 0 || stdio_count != 3) return rc < 0 ? rc : WRONG_TYPE;
  rc = read_fds(env, property(env, object, "keep"), l->kept, MAX_KEPT, &l->kept_count);
  for (size_t i = 0; rc == 0 && i < l->kept_count; i++)
    if (l->kept[i] < 3) rc = -EBADF;
  return rc < 0 ? rc : read_steps(env, property(env, object, "steps"), l);
}

static int ascending(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void list_survivors(struct launch *l, int status_fd) {
  size_t n = 0;
  for (size_t i = 0; i < l->kept_count; i++) l->survivors[n++] = l->kept[i];
  for (size_t i = 0; i < l->step_count; i++)
    if (l->steps[i].kind->uses_fd) l->survivors[n++] = l->steps[i].fd;
  l->survivors[n++] = status_fd;
  qsort(l->survivors, n, sizeof *l->survivors, ascending);
  l->survivor_count = n;
}

/* No signal may reach the child while it still has Node's handlers: they share a pipe with the parent. */
static pid_t fork_masked(const struct launch *l, int status_fd) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = fork();
  if (pid == 0) launch_child(l, status_fd);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return pid;
}

/* Gives the pid and sets the two descriptors, or a negative errno. */
static int start(struct launch *l, int *pidfd, int *status_fd) {
  int status[2];
  if (pipe2(status, O_CLOEXEC) == -1) return -errno;
  int write_end = fcntl(status[1], F_DUPFD_CLOEXEC, 3); /* clear of the child's stdio */
  int error = errno;
  close(status[1]);
  pid_t pid = -1;
  if (write_end != -1) {
    list_survivors(l, write_end);
    pid = fork_masked(l, write_end);
    error = errno;
    close(write_end);
  }
  if (pid != -1) {
    *pidfd = (int)syscall(SYS_pidfd_open, pid, 0); /* not reaped yet, so the pid is still this child */
    error = errno;
    if (*pidfd == -1) {
      kill(pid, SIGKILL);
      waitpid(pid, NULL, 0);
      pid = -1;
    }
  }
  if (pid == -1) {
    close(status[0]);
    return -error;
  }
  *status_fd = status[0];
  return pid;
}

static napi_value js_launch(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct launch *l = a.bad || a.count < 1 ? NULL : calloc(1, sizeof *l);
  int pidfd = -1, status_fd = -1;
  int rc = l ? read_launch(env, a.v[0], l) : WRONG_TYPE;
  if (rc == 0) rc = start(l, &pidfd, &status_fd);
  launch_free(l);
  if (rc == WRONG_TYPE) args_fail(&a, 0, "launch options");
  if (a.bad) return NULL;
  if (rc < 0) return reply(env, rc);
  napi_value object = object_new(env);
  object_number(env, object, "pid", rc);
  object_number(env, object, "pidfd", pidfd);
  object_number(env, object, "statusFd", status_fd);
  return object;
}

const struct function launch_functions[] = {
    {"launch", js_launch},
    {NULL, NULL},
};
