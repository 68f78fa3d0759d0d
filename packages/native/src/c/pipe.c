/* Pipes, and moving bytes between descriptors inside the kernel. */
#include "addon.h"

#include <fcntl.h>
#include <unistd.h>

static napi_value js_pipe2(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int flags = arg_absent(&a, 0) ? O_CLOEXEC : arg_int(&a, 0), pair[2];
  if (a.bad) return NULL;
  return pipe2(pair, flags) == -1 ? reply(env, -errno) : reply_pair(env, pair);
}

static napi_value js_set_pipe_size(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0), size = arg_int(&a, 1);
  if (a.bad) return NULL;
  return result(env, fcntl(fd, F_SETPIPE_SZ, size));
}

/* null = the file's own position (or a pipe). */
static loff_t *arg_offset(struct args *a, size_t i, loff_t *room) {
  if (a->bad || arg_absent(a, i)) return NULL;
  *room = arg_int64(a, i);
  return room;
}

/* splice(fdIn, offIn, fdOut, offOut, length, flags) */
static napi_value js_splice(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  loff_t in_room, out_room;
  int in = arg_int(&a, 0);
  loff_t *in_off = arg_offset(&a, 1, &in_room);
  int out = arg_int(&a, 2);
  loff_t *out_off = arg_offset(&a, 3, &out_room);
  int64_t length = arg_int64(&a, 4);
  int flags = arg_absent(&a, 5) ? 0 : arg_int(&a, 5);
  if (a.bad) return NULL;
  if (length < 0) return reply(env, -EINVAL);
  return result(env, splice(in, in_off, out, out_off, (size_t)length, (unsigned)flags));
}

/* tee(fdIn, fdOut, length, flags) */
static napi_value js_tee(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int in = arg_int(&a, 0), out = arg_int(&a, 1);
  int64_t length = arg_int64(&a, 2);
  int flags = arg_absent(&a, 3) ? 0 : arg_int(&a, 3);
  if (a.bad) return NULL;
  if (length < 0) return reply(env, -EINVAL);
  return result(env, tee(in, out, (size_t)length, (unsigned)flags));
}

const struct function pipe_functions[] = {
    {"pipe2", js_pipe2},
    {"setPipeSize", js_set_pipe_size},
    {"splice", js_splice},
    {"tee", js_tee},
    {NULL, NULL},
};
