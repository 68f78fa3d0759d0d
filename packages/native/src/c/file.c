/* Whole files, written in libuv's thread pool: one turn of the event loop instead of one for each system call. */
#include "addon.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct replace_work {
  napi_async_work work;
  napi_deferred deferred;
  char *path;
  char *temporary;
  char *text;
  mode_t mode;
  bool sync;
  int result;
};

static void work_free(struct replace_work *w) {
  free(w->path);
  free(w->temporary);
  free(w->text);
  free(w);
}

/* 0, or -1 with errno. */
static int write_all(int fd, const char *text, size_t left) {
  while (left > 0) {
    ssize_t n = write(fd, text, left);
    if (n == -1 && errno != EINTR) return -1;
    if (n > 0) {
      text += n;
      left -= (size_t)n;
    }
  }
  return 0;
}

static int replace_file(const struct replace_work *w) {
  int fd = open(w->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, w->mode);
  if (fd == -1) return -errno;
  int result = 0;
  if (write_all(fd, w->text, strlen(w->text)) == -1 || (w->sync && fsync(fd) == -1)) result = -errno;
  if (close(fd) == -1 && result == 0) result = -errno;
  if (result == 0 && rename(w->temporary, w->path) == -1) result = -errno;
  if (result != 0) unlink(w->temporary);
  return result;
}

static void work_in_thread(napi_env env, void *data) {
  (void)env;
  struct replace_work *w = data;
  w->result = replace_file(w);
}

static void work_done(napi_env env, napi_status status, void *data) {
  struct replace_work *w = data;
  napi_resolve_deferred(env, w->deferred, reply(env, status == napi_cancelled ? -ECANCELED : w->result));
  napi_delete_async_work(env, w->work);
  work_free(w);
}

static napi_value js_replace_file(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  napi_value promise, name;
  struct replace_work *w = calloc(1, sizeof *w);
  if (!w) {
    napi_throw_error(env, "ENOMEM", "out of memory");
    return NULL;
  }
  w->path = arg_string(&a, 0);
  w->text = arg_string(&a, 1);
  w->mode = (mode_t)arg_int(&a, 2);
  w->sync = arg_bool(&a, 3, true);
  if (a.bad || napi_create_promise(env, &w->deferred, &promise) != napi_ok) {
    work_free(w);
    return NULL;
  }
  if (asprintf(&w->temporary, "%s.new", w->path) == -1) {
    w->temporary = NULL;
    napi_resolve_deferred(env, w->deferred, reply(env, -ENOMEM));
    work_free(w);
    return promise;
  }
  napi_create_string_utf8(env, "replaceFile", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, NULL, name, work_in_thread, work_done, w, &w->work);
  napi_queue_async_work(env, w->work);
  return promise;
}

const struct function file_functions[] = {
    {"replaceFile", js_replace_file},
    {NULL, NULL},
};
