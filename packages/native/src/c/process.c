/* Processes: pidfds, reaping, limits, scheduling, replacing oneself. */
#include "addon.h"

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
