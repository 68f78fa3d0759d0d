/* Record locks: OFD locks (owned by the open file) and classic ones (owned by the process). */
#include "addon.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const type_names[] = {"read", "write", "unlock", NULL};
static const short type_numbers[] = {F_RDLCK, F_WRLCK, F_UNLCK};

/* Arguments (fd, type, start, length). l_pid stays 0, as OFD locks demand. */
static int arg_lock(struct args *a, struct flock *lock) {
  int fd = arg_int(a, 0);
  *lock = (struct flock){.l_type = type_numbers[arg_choice(a, 1, type_names)], .l_whence = SEEK_SET};
  lock->l_start = arg_int64(a, 2);
  lock->l_len = arg_int64(a, 3);
  return fd;
}

static napi_value set_lock(napi_env env, napi_callback_info info, int command) {
  struct args a = args_read(env, info);
  struct flock lock;
  int fd = arg_lock(&a, &lock);
  if (a.bad) return NULL;
  return result(env, fcntl(fd, command, &lock));
}

static napi_value js_ofd_lock(napi_env env, napi_callback_info info) { return set_lock(env, info, F_OFD_SETLK); }

static napi_value js_set_lock(napi_env env, napi_callback_info info) { return set_lock(env, info, F_SETLK); }

/* What F_OFD_GETLK has found: null, or the lock in the way. */
static napi_value found_lock(napi_env env, const struct flock *lock) {
  napi_value null, object;
  if (lock->l_type == F_UNLCK) return napi_get_null(env, &null) == napi_ok ? null : NULL;
  object = object_new(env);
  object_text(env, object, "type", lock->l_type == F_RDLCK ? "read" : "write", NAPI_AUTO_LENGTH);
  object_number(env, object, "start", lock->l_start);
  object_number(env, object, "length", lock->l_len);
  object_number(env, object, "pid", lock->l_pid);
  return object;
}

static napi_value js_ofd_get_lock(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct flock lock;
  int fd = arg_lock(&a, &lock);
  if (a.bad) return NULL;
  if (fcntl(fd, F_OFD_GETLK, &lock) == -1) return reply(env, -errno);
  return found_lock(env, &lock);
}

struct lock_work {
  napi_async_work work;
  napi_deferred deferred;
  int command;
  int fd; /* our own duplicate: same open file, so the same lock, and its number cannot be used again */
  struct flock lock;
  int result;
};

static void work_in_thread(napi_env env, void *data) {
  (void)env;
  struct lock_work *w = data;
  w->result = fcntl(w->fd, w->command, &w->lock) == -1 ? -errno : 0;
  close(w->fd);
}

static void work_done(napi_env env, napi_status status, void *data) {
  struct lock_work *w = data;
  if (status == napi_cancelled) {
    close(w->fd);
    w->result = -ECANCELED;
  }
  int found = w->command == F_OFD_GETLK && w->result == 0;
  napi_resolve_deferred(env, w->deferred, found ? found_lock(env, &w->lock) : reply(env, w->result));
  napi_delete_async_work(env, w->work);
  free(w);
}

static napi_value queue_lock(napi_env env, napi_callback_info info, int command) {
  struct args a = args_read(env, info);
  struct flock lock;
  napi_value promise, name;
  napi_deferred deferred;
  int fd = arg_lock(&a, &lock);
  if (a.bad || napi_create_promise(env, &deferred, &promise) != napi_ok) return NULL;
  struct lock_work *w = calloc(1, sizeof *w);
  int own = w ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
  if (own == -1) {
    napi_resolve_deferred(env, deferred, reply(env, w ? -errno : -ENOMEM));
    free(w);
    return promise;
  }
  *w = (struct lock_work){.deferred = deferred, .command = command, .fd = own, .lock = lock};
  napi_create_string_utf8(env, "lock", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, NULL, name, work_in_thread, work_done, w, &w->work);
  napi_queue_async_work(env, w->work);
  return promise;
}

static napi_value js_ofd_lock_async(napi_env env, napi_callback_info info) {
  return queue_lock(env, info, F_OFD_SETLK);
}

static napi_value js_ofd_get_lock_async(napi_env env, napi_callback_info info) {
  return queue_lock(env, info, F_OFD_GETLK);
}

const struct function lock_functions[] = {
    {"ofdLock", js_ofd_lock},
    {"ofdLockAsync", js_ofd_lock_async},
    {"ofdGetLock", js_ofd_get_lock},
    {"ofdGetLockAsync", js_ofd_get_lock_async},
    {"setLock", js_set_lock},
    {NULL, NULL},
};
