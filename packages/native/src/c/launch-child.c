/* The forked child, up to exec. Only async-signal-safe calls: another thread may have held any lock at fork. */
#include "launch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Node ignores SIGPIPE and handles others; the new program must see none of that. */
static void reset_signals(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int sig = 1; sig < NSIG; sig++) sigaction(sig, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static int map_stdio(const int stdio[3]) {
  int high[3]; /* out of the way first, so that [1, 0, 2] works too */
  for (int i = 0; i < 3; i++) {
    int source = stdio[i] >= 0 ? stdio[i] : open("/dev/null", O_RDWR | O_CLOEXEC);
    high[i] = fcntl(source, F_DUPFD_CLOEXEC, 3);
    if (high[i] == -1) return -1;
  }
  for (int i = 0; i < 3; i++)
    if (dup2(high[i], i) == -1) return -1;
  return 0;
}

/* At once, not at exec: a child that waits must not hold other clients' sockets open. */
static int close_others(const int *survivors, size_t count) {
  unsigned next = 3;
  for (size_t i = 0; i < count; i++) {
    unsigned fd = (unsigned)survivors[i];
    if (fd > next && syscall(SYS_close_range, next, fd - 1, 0) == -1) return -1;
    if (fd >= next) next = fd + 1;
  }
  return (int)syscall(SYS_close_range, next, ~0U, 0);
}

static int arrange_descriptors(const struct launch *l) {
  for (size_t i = 0; i < l->survivor_count; i++) fcntl(l->survivors[i], F_SETFD, FD_CLOEXEC);
  for (size_t i = 0; i < l->kept_count; i++)
    if (fcntl(l->kept[i], F_SETFD, 0) == -1) return -1;
  if (map_stdio(l->stdio) == -1) return -1;
  return close_others(l->survivors, l->survivor_count);
}

static _Noreturn void fail(int status_fd, int step) {
  struct failure failure = {step, errno};
  ssize_t ignored = write(status_fd, &failure, sizeof failure);
  (void)ignored;
  _exit(127);
}

_Noreturn void launch_child(const struct launch *l, int status_fd) {
  reset_signals();
  if (arrange_descriptors(l) == -1) fail(status_fd, AT_DESCRIPTORS);
  for (size_t i = 0; i < l->step_count; i++)
    if (l->steps[i].kind->run(&l->steps[i]) == -1) fail(status_fd, (int)i);
  execve(l->file, l->argv, l->envp);
  fail(status_fd, AT_EXEC);
}
