/* JS values to C values and back. */
#include "addon.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct args args_read(napi_env env, napi_callback_info info) {
  struct args a = {.env = env, .count = MAX_ARGS};
  if (napi_get_cb_info(env, info, &a.count, a.v, &a.self, NULL) != napi_ok) a.bad = true;
  return a;
}

void args_fail(struct args *a, size_t i, const char *wanted) {
  if (a->bad) return;
  a->bad = true;
  char text[128];
  snprintf(text, sizeof text, "argument %zu: expected %s", i + 1, wanted);
  napi_throw_type_error(a->env, "ERR_INVALID_ARG_TYPE", text);
}

bool arg_absent(const struct args *a, size_t i) {
  napi_valuetype type = napi_undefined;
  if (i < a->count) napi_typeof(a->env, a->v[i], &type);
  return type == napi_undefined || type == napi_null;
}

bool value_int64(napi_env env, napi_value value, int64_t *out) {
  double d;
  bool lossless = false;
  if (napi_get_value_double(env, value, &d) == napi_ok) {
    if (d != trunc(d) || fabs(d) > 9007199254740991.0) return false;
    *out = (int64_t)d;
    return true;
  }
  return napi_get_value_bigint_int64(env, value, out, &lossless) == napi_ok && lossless;
}

bool value_uint64(napi_env env, napi_value value, uint64_t *out) {
  int64_t i;
  bool lossless = false;
  if (napi_get_value_bigint_uint64(env, value, out, &lossless) == napi_ok) return lossless;
  if (!value_int64(env, value, &i) || i < 0) return false;
  *out = (uint64_t)i;
  return true;
}

bool value_bytes(napi_env env, napi_value value, struct bytes *out) {
  napi_typedarray_type type;
  bool is = false;
  void *data = NULL;
  if (napi_is_typedarray(env, value, &is) != napi_ok || !is ||
      napi_get_typedarray_info(env, value, &type, &out->len, &data, NULL, NULL) != napi_ok)
    return false;
  out->data = data;
  return type == napi_uint8_array;
}

char *value_string(napi_env env, napi_value value) {
  size_t len;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &len) != napi_ok) return NULL;
  char *text = malloc(len + 1);
  if (text && (napi_get_value_string_utf8(env, value, text, len + 1, NULL) != napi_ok || strlen(text) != len)) {
    free(text);
    return NULL;
  }
  return text;
}

char **value_strings(napi_env env, napi_value value) {
  uint32_t count;
  if (napi_get_array_length(env, value, &count) != napi_ok) return NULL;
  char **list = calloc((size_t)count + 1, sizeof *list);
  for (uint32_t i = 0; list && i < count; i++) {
    napi_value element;
    if (napi_get_element(env, value, i, &element) == napi_ok) list[i] = value_string(env, element);
    if (!list[i]) {
      strings_free(list);
      return NULL;
    }
  }
  return list;
}

void strings_free(char **list) {
  for (char **text = list; text && *text; text++) free(*text);
  free(list);
}

napi_value property(napi_env env, napi_value object, const char *name) {
  napi_value value;
  if (napi_get_named_property(env, object, name, &value) != napi_ok) napi_get_undefined(env, &value);
  return value;
}

int64_t arg_int64(struct args *a, size_t i) {
  int64_t value = 0;
  if (!a->bad && (i >= a->count || !value_int64(a->env, a->v[i], &value))) args_fail(a, i, "an integer");
  return value;
}

int arg_int(struct args *a, size_t i) {
  int64_t value = arg_int64(a, i);
  if (value < INT_MIN || value > INT_MAX) {
    args_fail(a, i, "a 32-bit integer");
    return 0;
  }
  return (int)value;
}

bool arg_bool(struct args *a, size_t i, bool fallback) {
  bool value = fallback;
  if (!a->bad && !arg_absent(a, i) && napi_get_value_bool(a->env, a->v[i], &value) != napi_ok)
    args_fail(a, i, "a boolean");
  return value;
}

char *arg_string(struct args *a, size_t i) {
  if (a->bad) return NULL;
  char *text = i < a->count ? value_string(a->env, a->v[i]) : NULL;
  if (!text) args_fail(a, i, "a string without NUL");
  return text;
}

int arg_text(struct args *a, size_t i, char *buf, size_t cap) {
  int rc = 0;
  char *text = arg_string(a, i);
  buf[0] = '\0';
  if (text && strlen(text) < cap) strcpy(buf, text);
  else if (text) rc = -ENAMETOOLONG;
  free(text);
  return rc;
}

int arg_choice(struct args *a, size_t i, const char *const names[]) {
  char *text = arg_string(a, i);
  int found = -1;
  for (int n = 0; text && names[n] && found < 0; n++)
    if (strcmp(text, names[n]) == 0) found = n;
  free(text);
  if (found >= 0) return found;
  args_fail(a, i, "one of the known words");
  return 0;
}

struct bytes arg_bytes(struct args *a, size_t i) {
  struct bytes value = {NULL, 0};
  if (!a->bad && (i >= a->count || !value_bytes(a->env, a->v[i], &value))) args_fail(a, i, "a Uint8Array");
  return value;
}

int arg_fds(struct args *a, size_t i, int fds[MAX_FDS]) {
  uint32_t count;
  if (a->bad || arg_absent(a, i)) return 0;
  if (napi_get_array_length(a->env, a->v[i], &count) != napi_ok) {
    args_fail(a, i, "an array of descriptors");
    return 0;
  }
  if (count > MAX_FDS) return -EINVAL;
  for (uint32_t n = 0; n < count; n++) {
    napi_value element;
    int64_t fd;
    if (napi_get_element(a->env, a->v[i], n, &element) != napi_ok || !value_int64(a->env, element, &fd) ||
        fd < INT_MIN || fd > INT_MAX) {
      args_fail(a, i, "an array of descriptors");
      return 0;
    }
    fds[n] = (int)fd;
  }
  return (int)count;
}

int unix_address(const char *path, struct sockaddr_un *addr, socklen_t *len) {
  size_t n = strlen(path);
  *addr = (struct sockaddr_un){.sun_family = AF_UNIX};
  if (n >= sizeof addr->sun_path) return -ENAMETOOLONG;
  memcpy(addr->sun_path, path, n);
  *len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
  if (path[0] == '@') addr->sun_path[0] = '\0';
  else *len += 1;
  return 0;
}

int arg_unix_address(struct args *a, size_t i, struct sockaddr_un *addr, socklen_t *len) {
  char *path = arg_string(a, i);
  int rc = path ? unix_address(path, addr, len) : 0;
  free(path);
  return rc;
}

napi_value reply(napi_env env, int64_t value) {
  napi_value number;
  return napi_create_int64(env, value, &number) == napi_ok ? number : NULL;
}

napi_value result(napi_env env, int64_t rc) { return reply(env, rc == -1 ? -errno : rc); }

napi_value object_new(napi_env env) {
  napi_value object;
  return napi_create_object(env, &object) == napi_ok ? object : NULL;
}

void object_number(napi_env env, napi_value object, const char *name, int64_t value) {
  napi_set_named_property(env, object, name, reply(env, value));
}

void object_text(napi_env env, napi_value object, const char *name, const char *text, size_t len) {
  napi_value string;
  if (napi_create_string_utf8(env, text, len, &string) == napi_ok)
    napi_set_named_property(env, object, name, string);
}

napi_value reply_pair(napi_env env, const int pair[2]) {
  napi_value array;
  if (napi_create_array_with_length(env, 2, &array) != napi_ok) return NULL;
  napi_set_element(env, array, 0, reply(env, pair[0]));
  napi_set_element(env, array, 1, reply(env, pair[1]));
  return array;
}
