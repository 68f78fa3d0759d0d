/*
 * Before the loop sleeps it may look for a while whether there is news already. A client that asks again as soon as it has its
 * answer is then served without two context switches and, where processors sleep deeply, without waking one.
 *
 * That is done only while it pays: after news that came within that while of what was last done. An idle handle makes libuv
 * look without waiting.
 */
#include "linger.h"
#include "addon.h"

#include <sched.h>

static struct {
  uv_idle_t idle; /* on the only loop that lingers */
  uint64_t while_ns;
  uint64_t done_at; /* when the last news had been dealt with */
} linger;

static void look(uv_idle_t *idle) {
  if (uv_hrtime() - linger.done_at >= linger.while_ns) uv_idle_stop(idle);
  else sched_yield(); /* whoever else wants this processor goes first */
}

bool linger_soon(const uv_loop_t *loop) {
  return linger.while_ns > 0 && linger.idle.loop == loop && uv_hrtime() - linger.done_at < linger.while_ns;
}

void linger_after(const uv_loop_t *loop, bool soon) {
  if (linger.while_ns == 0 || linger.idle.loop != loop) return;
  linger.done_at = uv_hrtime();
  if (soon) uv_idle_start(&linger.idle, look);
}

static napi_value js_linger(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int microseconds = arg_int(&a, 0);
  uv_loop_t *loop;
  if (a.bad) return NULL;
  if (microseconds < 0 || microseconds > 1000) return reply(env, -EINVAL);
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return reply(env, -EIO);
  if (!linger.idle.loop) {
    uv_idle_init(loop, &linger.idle);
    uv_unref((uv_handle_t *)&linger.idle);
  }
  if (linger.idle.loop != loop) return reply(env, -EBUSY);
  linger.while_ns = (uint64_t)microseconds * 1000;
  return reply(env, 0);
}

const struct function linger_functions[] = {
    {"linger", js_linger},
    {NULL, NULL},
};
