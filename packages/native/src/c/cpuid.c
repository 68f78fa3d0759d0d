/* What the processor says of itself. */
#include "addon.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static napi_value js_cpuid(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int64_t leaf = arg_int64(&a, 0), subleaf = arg_int64(&a, 1);
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (a.bad) return NULL;
  __cpuid_count((unsigned)leaf, (unsigned)subleaf, eax, ebx, ecx, edx);
  napi_value object = object_new(env);
  object_number(env, object, "eax", eax);
  object_number(env, object, "ebx", ebx);
  object_number(env, object, "ecx", ecx);
  object_number(env, object, "edx", edx);
  return object;
}
#else
static napi_value js_cpuid(napi_env env, napi_callback_info info) {
  (void)info;
  return reply(env, -ENOSYS);
}
#endif

const struct function cpuid_functions[] = {{"cpuid", js_cpuid}, {NULL, NULL}};
