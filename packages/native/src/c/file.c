/* Whole files, written and removed in libuv's thread pool: one turn of the event loop instead of one for each system call. */
#include "addon.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file_work {
  napi_async_work work;
  napi_deferred deferred;
  int (*run)(const struct file_work *w); /* in the thread; 0 or a negative errno */
  char *path;
  char *temporary;
  char *text;
  mode_t mode;
  bool sync;
  char **paths;
  int result;
};

static void work_free(struct file_work *w) {
  free(w->path);
  free(w->temporary);
  free(w->text);
  strings_free(w->paths);
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

static int replace_file(const struct file_work *w) {
  int fd = open(w->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, w->mode);
  if (fd == -1) return -errno;
  int result = 0;
  if (write_all(fd, w->text, strlen(w->text)) == -1 || (w->sync && fsync(fd) == -1)) result = -errno;
  if (close(fd) == -1 && result == 0) result = -errno;
  if (result == 0 && rename(w->temporary, w->path) == -1) result = -errno;
  if (result != 0) unlink(w->temporary);
  return result;
}

/* Goes on behind a failure; the first one counts. */
static int remove_files(const struct file_work *w) {
  int result = 0;
  for (char **path = w->paths; *path; path++)
    if (unlink(*path) == -1 && errno != ENOENT && result == 0) result = -errno;
  return result;
}

static void work_in_thread(napi_env env, void *data) {
  (void)env;
  struct file_work *w = data;
  w->result = w->run(w);
}

static void work_done(napi_env env, napi_status status, void *data) {
  struct file_work *w = data;
  napi_resolve_deferred(env, w->deferred, reply(env, status == napi_cancelled ? -ECANCELED : w->result));
  napi_delete_async_work(env, w->work);
  work_free(w);
}

/* The promise of the result. Owns the work from here on. */
static napi_value start(napi_env env, struct file_work *w) {
  napi_value promise, name;
  if (napi_create_promise(env, &w->deferred, &promise) != napi_ok ||
      napi_create_string_utf8(env, "file", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, NULL, name, work_in_thread, work_done, w, &w->work) != napi_ok) {
    work_free(w);
    return NULL;
  }
  if (napi_queue_async_work(env, w->work) != napi_ok) work_done(env, napi_cancelled, w);
  return promise;
}

static struct file_work *work_new(napi_env env, int (*run)(const struct file_work *w)) {
  struct file_work *w = calloc(1, sizeof *w);
  if (w) w->run = run;
  else napi_throw_error(env, "ENOMEM", "out of memory");
  return w;
}

static napi_value js_replace_file(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct file_work *w = work_new(env, replace_file);
  if (!w) return NULL;
  w->path = arg_string(&a, 0);
  w->text = arg_string(&a, 1);
  w->mode = (mode_t)arg_int(&a, 2);
  w->sync = arg_bool(&a, 3, true);
  if (!a.bad && asprintf(&w->temporary, "%s.new", w->path) == -1) {
    w->temporary = NULL;
    napi_throw_error(env, "ENOMEM", "out of memory");
    a.bad = true;
  }
  if (!a.bad) return start(env, w);
  work_free(w);
  return NULL;
}

static napi_value js_remove_files(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct file_work *w = work_new(env, remove_files);
  if (!w) return NULL;
  w->paths = a.count > 0 ? value_strings(env, a.v[0]) : NULL;
  if (w->paths) return start(env, w);
  args_fail(&a, 0, "an array of strings without NUL");
  work_free(w);
  return NULL;
}

const struct function file_functions[] = {
    {"replaceFile", js_replace_file},
    {"removeFiles", js_remove_files},
    {NULL, NULL},
};
