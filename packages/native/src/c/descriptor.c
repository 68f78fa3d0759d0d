/* Descriptors of any kind. */
#include "addon.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

static napi_value js_close(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0);
  if (a.bad) return NULL;
  return result(env, close(fd)); /* never repeated on EINTR: Linux has freed the number already */
}

static napi_value js_dup(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0);
  if (a.bad) return NULL;
  return result(env, fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

static int set_flag(int fd, int get, int set, int flag, bool on) {
  int flags = fcntl(fd, get);
  return flags == -1 ? -1 : fcntl(fd, set, on ? flags | flag : flags & ~flag);
}

static napi_value js_set_cloexec(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0);
  bool on = arg_bool(&a, 1, true);
  if (a.bad) return NULL;
  return result(env, set_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, on));
}

static napi_value js_set_non_blocking(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0);
  bool on = arg_bool(&a, 1, true);
  if (a.bad) return NULL;
  return result(env, set_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, on));
}

static bool slice(struct args *a, size_t first, struct bytes *out) {
  struct bytes whole = arg_bytes(a, first);
  int64_t off = arg_int64(a, first + 1), len = arg_int64(a, first + 2);
  if (a->bad) return false;
  if (off < 0 || len <= 0 || (uint64_t)off > whole.len || (uint64_t)len > whole.len - (size_t)off) return false;
  *out = (struct bytes){whole.data + off, (size_t)len};
  return true;
}

static napi_value js_read(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct bytes to;
  int fd = arg_int(&a, 0);
  bool fits = slice(&a, 1, &to);
  if (a.bad) return NULL;
  return fits ? result(env, read(fd, to.data, to.len)) : reply(env, -EINVAL);
}

static napi_value js_write(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct bytes from;
  int fd = arg_int(&a, 0);
  bool fits = slice(&a, 1, &from);
  if (a.bad) return NULL;
  return fits ? result(env, write(fd, from.data, from.len)) : reply(env, -EINVAL);
}

static napi_value js_pipe_bytes(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0), waiting = 0;
  if (a.bad) return NULL;
  return ioctl(fd, FIONREAD, &waiting) == -1 ? reply(env, -errno) : reply(env, waiting);
}

const struct function descriptor_functions[] = {
    {"close", js_close},
    {"dup", js_dup},
    {"setCloexec", js_set_cloexec},
    {"setNonBlocking", js_set_non_blocking},
    {"read", js_read},
    {"write", js_write},
    {"pipeBytes", js_pipe_bytes},
    {NULL, NULL},
};
