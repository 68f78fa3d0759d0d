/* Processes: pidfds, reaping, limits, scheduling, replacing oneself. */
#include "addon.h"

#include <dirent.h>
#include <dlfcn.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const rlimit_names[] = {"as",    "core",  "cpu", "data",  "fsize", "memlock",
                                    "nofile", "nproc", "rss", "stack", NULL};
const int rlimit_numbers[] = {RLIMIT_AS,     RLIMIT_CORE,  RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_MEMLOCK,
                              RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_RSS, RLIMIT_STACK};

static napi_value js_pidfd_open(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int pid = arg_int(&a, 0);
  if (a.bad) return NULL;
  return result(env, syscall(SYS_pidfd_open, pid, 0));
}

static napi_value js_pidfd_signal(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int pidfd = arg_int(&a, 0), signal = arg_int(&a, 1);
  if (a.bad) return NULL;
  return result(env, syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

static napi_value js_reap(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int pid = arg_int(&a, 0), status;
  napi_value value;
  if (a.bad) return NULL;
  if (pid <= 0) return reply(env, -EINVAL); /* never "any child": libuv has its own */
  pid_t rc = waitpid(pid, &status, WNOHANG);
  if (rc == -1) return reply(env, -errno);
  if (rc == 0) return napi_get_null(env, &value) == napi_ok ? value : NULL;
  value = object_new(env);
  if (WIFSIGNALED(status)) object_number(env, value, "signal", WTERMSIG(status));
  else object_number(env, value, "code", WEXITSTATUS(status));
  return value;
}

static napi_value js_execve(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  char *path = arg_string(&a, 0);
  char **argv = a.bad || a.count < 2 ? NULL : value_strings(env, a.v[1]);
  char **envp = a.bad || a.count < 3 ? NULL : value_strings(env, a.v[2]);
  if (!argv) args_fail(&a, 1, "an array of strings");
  if (!envp) args_fail(&a, 2, "an array of strings");
  int error = 0;
  if (!a.bad) {
    execve(path, argv, envp);
    error = errno;
  }
  free(path);
  strings_free(argv);
  strings_free(envp);
  return a.bad ? NULL : reply(env, -error);
}

/* prlimit(pid, resource, soft, hard) */
static napi_value js_prlimit(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int pid = arg_int(&a, 0), resource = rlimit_numbers[arg_choice(&a, 1, rlimit_names)];
  uint64_t soft = 0, hard = 0;
  if (!a.bad && (a.count < 4 || !value_uint64(env, a.v[2], &soft) || !value_uint64(env, a.v[3], &hard)))
    args_fail(&a, 2, "two limits");
  if (a.bad) return NULL;
  struct rlimit limit = {soft, hard};
  return result(env, prlimit(pid, (enum __rlimit_resource)resource, &limit, NULL));
}

static napi_value js_set_affinity(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int tid = arg_int(&a, 0);
  struct bytes mask = arg_bytes(&a, 1);
  if (a.bad) return NULL;
  return result(env, syscall(SYS_sched_setaffinity, tid, mask.len, mask.data));
}

static napi_value js_get_affinity(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int tid = arg_int(&a, 0);
  struct bytes mask = arg_bytes(&a, 1);
  if (a.bad) return NULL;
  return result(env, syscall(SYS_sched_getaffinity, tid, mask.len, mask.data));
}

static napi_value js_set_scheduler(napi_env env, napi_callback_info info) {
  static const char *const names[] = {"other", "batch", "idle", "fifo", "rr", NULL};
  static const int policies[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, SCHED_RR};
  struct args a = args_read(env, info);
  int tid = arg_int(&a, 0), policy = policies[arg_choice(&a, 1, names)];
  struct sched_param param = {.sched_priority = arg_absent(&a, 2) ? 0 : arg_int(&a, 2)};
  if (a.bad) return NULL;
  return result(env, sched_setscheduler(tid, policy, &param));
}

/* As of Linux 3.14; libc has it from glibc 2.41 on. */
struct scheduling {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime_ns, deadline_ns, period_ns;
};

/*
 * Who is to answer something preempts a thread whose time slice is longer; among equals he would wait for the next
 * tick. Kernels before 6.12 have no slices of their own for threads and go by niceness.
 */
static napi_value js_background_threads(napi_env env, napi_callback_info info) {
  (void)info;
  struct scheduling how = {.size = sizeof how, .policy = SCHED_OTHER, .runtime_ns = 100000000};
  struct dirent *entry;
  pid_t self = (pid_t)syscall(SYS_gettid);
  int error = 0;
  how.nice = getpriority(PRIO_PROCESS, 0) + 5;
  if (how.nice > 19) how.nice = 19;
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return reply(env, -errno);
  while ((entry = readdir(tasks))) {
    pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
    if (tid <= 0 || tid == self) continue;
    if (syscall(SYS_sched_setattr, tid, &how, 0) == -1 && errno != ESRCH) error = -errno;
  }
  closedir(tasks);
  return reply(env, error);
}

/* Node offers this too, by a module that takes 1.5 ms and 1 MB to load. */
static napi_value js_set_engine_flags(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  char *text = arg_string(&a, 0);
  if (!text) return NULL;
  void (*set)(const char *);
  *(void **)&set = dlsym(RTLD_DEFAULT, "_ZN2v82V818SetFlagsFromStringEPKc"); /* v8::V8::SetFlagsFromString */
  if (set) set(text);
  free(text);
  return reply(env, set ? 0 : -ENOSYS);
}

const struct function process_functions[] = {
    {"setEngineFlags", js_set_engine_flags},
    {"backgroundThreads", js_background_threads},
    {"pidfdOpen", js_pidfd_open},
    {"pidfdSignal", js_pidfd_signal},
    {"reap", js_reap},
    {"execve", js_execve},
    {"prlimit", js_prlimit},
    {"setAffinity", js_set_affinity},
    {"getAffinity", js_get_affinity},
    {"setScheduler", js_set_scheduler},
    {NULL, NULL},
};
