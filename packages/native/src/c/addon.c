/* Entry point: joins the function tables of all files into the exports object. */
#include "addon.h"

static const struct function *const tables[] = {
    descriptor_functions,
    socket_functions,
    message_functions,
    lock_functions,
    pipe_functions,
    process_functions,
    launch_functions,
    tap_functions,
    interface_functions,
    cpuid_functions,
    file_functions,
    linger_functions,
};

NAPI_MODULE_INIT() {
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
    for (const struct function *f = tables[t]; f->name; f++) {
      napi_value fn;
      if (napi_create_function(env, f->name, NAPI_AUTO_LENGTH, f->call, NULL, &fn) != napi_ok ||
          napi_set_named_property(env, exports, f->name, fn) != napi_ok)
        return NULL;
    }
  }
  return poll_init(env, exports) == napi_ok ? exports : NULL;
}
