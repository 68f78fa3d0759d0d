/*
 * What the files of the addon share. Every function is one system call (or the few that belong
 * together): it returns a value >= 0 or a negative errno, and throws only a TypeError when an
 * argument has the wrong type. Nothing here blocks the event loop unless its name says so.
 */
#ifndef LIBVIRT_TS_ADDON_H
#define LIBVIRT_TS_ADDON_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define NAPI_VERSION 8

#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
  MAX_ARGS = 8,
  MAX_FDS = 253, /* SCM_MAX_FD: most descriptors in one message */
  MAX_IOV = 64,
};

/* The arguments of one call. The first wrong one throws and sets `bad`; later reads return zeroes. */
struct args {
  napi_env env;
  napi_value self;
  napi_value v[MAX_ARGS];
  size_t count;
  bool bad;
};

struct bytes {
  uint8_t *data;
  size_t len;
};

struct args args_read(napi_env env, napi_callback_info info);
void args_fail(struct args *a, size_t i, const char *wanted);
bool arg_absent(const struct args *a, size_t i); /* missing, undefined or null */
int arg_int(struct args *a, size_t i);
int64_t arg_int64(struct args *a, size_t i); /* number or bigint */
bool arg_bool(struct args *a, size_t i, bool fallback);
int arg_choice(struct args *a, size_t i, const char *const names[]); /* index in the NULL-ended list */
struct bytes arg_bytes(struct args *a, size_t i);
int arg_text(struct args *a, size_t i, char *buf, size_t cap); /* 0 or -ENAMETOOLONG */
int arg_fds(struct args *a, size_t i, int fds[MAX_FDS]); /* count, or -EINVAL if there are too many */
char *arg_string(struct args *a, size_t i); /* to be freed; NULL if bad */

/* A unix address; a leading '@' means the abstract namespace. 0 or -ENAMETOOLONG. */
int arg_unix_address(struct args *a, size_t i, struct sockaddr_un *addr, socklen_t *len);
int unix_address(const char *path, struct sockaddr_un *addr, socklen_t *len);

/* The same readers for properties of objects and elements of arrays, see values.c. */
bool value_int64(napi_env env, napi_value value, int64_t *out);
bool value_uint64(napi_env env, napi_value value, uint64_t *out);
bool value_bytes(napi_env env, napi_value value, struct bytes *out);
char *value_string(napi_env env, napi_value value);   /* to be freed; NULL if not a string without NUL */
char **value_strings(napi_env env, napi_value value); /* NULL-ended, for strings_free; NULL if not such a list */
void strings_free(char **list);
napi_value property(napi_env env, napi_value object, const char *name); /* undefined if absent */

napi_value reply(napi_env env, int64_t value);  /* the value itself, a negative errno included */
napi_value result(napi_env env, int64_t rc);    /* of a libc call: -1 becomes -errno */
napi_value object_new(napi_env env);
void object_number(napi_env env, napi_value object, const char *name, int64_t value);
void object_text(napi_env env, napi_value object, const char *name, const char *text, size_t len);
napi_value reply_pair(napi_env env, const int pair[2]);

/* RLIMIT_* by libvirt-ts name, NULL-ended, and the numbers in the same order. */
extern const char *const rlimit_names[];
extern const int rlimit_numbers[];

struct function {
  const char *name;
  napi_callback call;
};

/* Each file lists what it offers; the list ends with a NULL name. */
extern const struct function descriptor_functions[];
extern const struct function socket_functions[];
extern const struct function message_functions[];
extern const struct function lock_functions[];
extern const struct function pipe_functions[];
extern const struct function process_functions[];
extern const struct function launch_functions[];
extern const struct function tap_functions[];
extern const struct function interface_functions[];
extern const struct function cpuid_functions[];
extern const struct function file_functions[];
extern const struct function linger_functions[];
napi_status poll_init(napi_env env, napi_value exports);

#endif
