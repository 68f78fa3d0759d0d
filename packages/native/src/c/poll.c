/*
 * class Poll: readiness of one descriptor on Node's own loop (uv_poll).
 *
 * Two sides own the C state: the JS object (until it is collected) and the libuv handle (from the
 * first start until its close callback). It is freed when both have let go. While watching, the
 * JS object is held by a strong reference, so a started Poll need not be stored anywhere.
 */
#include "addon.h"
#include "linger.h"

#include <stdlib.h>
#include <uv.h>

enum { PROMPT = 16 }; /* beside the bits of uv_poll_event */

struct poll {
  uv_poll_t handle;
  napi_env env;
  int fd;
  int owners;
  bool open;       /* the libuv handle lives and is not closing */
  bool watching;   /* `self` is held */
  bool closed;     /* close() was called: start() refuses */
  bool background; /* unref() was called */
  bool prompt;     /* its news counts for lingering */
  napi_ref self;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
};

static void release(struct poll *p) {
  if (--p->owners == 0) free(p);
}

static void hold(struct poll *p, bool on) {
  uint32_t count;
  if (p->watching == on) return;
  p->watching = on;
  if (on) napi_reference_ref(p->env, p->self, &count);
  else napi_reference_unref(p->env, p->self, &count);
}

static void on_closed(uv_handle_t *handle) {
  struct poll *p = handle->data;
  if (p->context) napi_async_destroy(p->env, p->context); /* not earlier: its callback may be running */
  if (p->hook) napi_remove_async_cleanup_hook(p->hook);
  release(p);
}

/* Leaves epoll at once: afterwards the descriptor may be closed and its number used again. */
static void shut(struct poll *p) {
  if (p->callback) napi_delete_reference(p->env, p->callback);
  p->callback = NULL;
  hold(p, false);
  if (!p->open) return;
  p->open = false;
  uv_close((uv_handle_t *)&p->handle, on_closed);
}

static void on_env_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  shut(data);
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  struct poll *p = data;
  p->watching = false;
  shut(p);
  napi_delete_reference(p->env, p->self);
  release(p);
}

static void on_event(uv_poll_t *handle, int status, int events) {
  struct poll *p = handle->data;
  napi_env env = p->env;
  napi_handle_scope scope;
  napi_value self, callback, argv[2], ignored, error;
  uv_loop_t *loop = p->prompt ? handle->loop : NULL;
  if (!p->callback || napi_open_handle_scope(env, &scope) != napi_ok) return;
  bool soon = loop && linger_soon(loop);
  napi_get_reference_value(env, p->self, &self);
  napi_get_reference_value(env, p->callback, &callback);
  argv[0] = reply(env, status);
  argv[1] = reply(env, events);
  if (status < 0) { /* libuv has stopped the handle */
    uv_poll_stop(handle);
    hold(p, false);
  }
  /* From here on `p` may be closed by the callback; `self` keeps it allocated until the scope ends. */
  if (napi_make_callback(env, p->context, self, callback, 2, argv, &ignored) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok)
    napi_fatal_exception(env, error);
  napi_close_handle_scope(env, scope);
  if (loop) linger_after(loop, soon);
}

static napi_value js_new(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  napi_value target = NULL;
  int fd = arg_int(&a, 0);
  if (a.bad) return NULL;
  napi_get_new_target(env, info, &target);
  struct poll *p = target ? calloc(1, sizeof *p) : NULL;
  if (!p) return napi_throw_type_error(env, NULL, "Poll must be called with new"), NULL;
  *p = (struct poll){.env = env, .fd = fd, .owners = 1};
  napi_create_reference(env, a.self, 0, &p->self);
  napi_wrap(env, a.self, p, on_collected, NULL, NULL);
  return a.self;
}

static struct poll *self_of(struct args *a) {
  void *data = NULL;
  if (!a->bad && napi_unwrap(a->env, a->self, &data) != napi_ok) {
    a->bad = true;
    napi_throw_type_error(a->env, "ERR_INVALID_THIS", "not a Poll");
  }
  return data;
}

static int open_handle(struct poll *p) {
  uv_loop_t *loop;
  napi_value self, name;
  if (p->open) return 0;
  if (napi_get_uv_event_loop(p->env, &loop) != napi_ok) return -EIO;
  int rc = uv_poll_init(loop, &p->handle, p->fd);
  if (rc < 0) return rc;
  p->handle.data = p;
  p->open = true;
  p->owners++;
  napi_get_reference_value(p->env, p->self, &self);
  napi_create_string_utf8(p->env, "Poll", NAPI_AUTO_LENGTH, &name);
  napi_async_init(p->env, self, name, &p->context);
  napi_add_async_cleanup_hook(p->env, on_env_end, p, &p->hook);
  if (p->background) uv_unref((uv_handle_t *)&p->handle);
  return 0;
}

static napi_value js_start(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct poll *p = self_of(&a);
  int events = arg_int(&a, 0);
  napi_valuetype type = napi_undefined;
  if (!a.bad && !arg_absent(&a, 1)) napi_typeof(env, a.v[1], &type);
  if (!a.bad && type != napi_function && (type != napi_undefined || !p->callback))
    args_fail(&a, 1, "a function");
  if (a.bad) return NULL;
  if (p->closed) return reply(env, -EBADF);
  p->prompt = events & PROMPT;
  events &= ~PROMPT;
  if (events <= 0 || events > (UV_READABLE | UV_WRITABLE | UV_DISCONNECT | UV_PRIORITIZED))
    return reply(env, -EINVAL);
  int rc = open_handle(p);
  if (rc == 0) rc = uv_poll_start(&p->handle, events, on_event);
  if (rc < 0) return reply(env, rc);
  if (type == napi_function) {
    if (p->callback) napi_delete_reference(env, p->callback);
    p->callback = NULL;
    napi_create_reference(env, a.v[1], 1, &p->callback);
  }
  hold(p, true);
  return reply(env, 0);
}

static napi_value js_stop(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct poll *p = self_of(&a);
  if (a.bad) return NULL;
  if (p->open) uv_poll_stop(&p->handle);
  hold(p, false);
  return reply(env, 0);
}

static napi_value js_close(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct poll *p = self_of(&a);
  if (a.bad) return NULL;
  p->closed = true;
  shut(p);
  return reply(env, 0);
}

static napi_value js_ref(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct poll *p = self_of(&a);
  if (a.bad) return NULL;
  p->background = false;
  if (p->open) uv_ref((uv_handle_t *)&p->handle);
  return reply(env, 0);
}

static napi_value js_unref(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct poll *p = self_of(&a);
  if (a.bad) return NULL;
  p->background = true;
  if (p->open) uv_unref((uv_handle_t *)&p->handle);
  return reply(env, 0);
}

napi_status poll_init(napi_env env, napi_value exports) {
  const napi_property_descriptor methods[] = {
      {.utf8name = "start", .method = js_start}, {.utf8name = "stop", .method = js_stop},
      {.utf8name = "close", .method = js_close}, {.utf8name = "ref", .method = js_ref},
      {.utf8name = "unref", .method = js_unref},
  };
  napi_value constructor;
  napi_status status = napi_define_class(env, "Poll", NAPI_AUTO_LENGTH, js_new, NULL,
                                         sizeof methods / sizeof *methods, methods, &constructor);
  return status == napi_ok ? napi_set_named_property(env, exports, "Poll", constructor) : status;
}
