/* Sockets: making, binding, connecting, and who is at the other end. */
#include "addon.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

static const char *const type_names[] = {"stream", "dgram", "seqpacket", NULL};
static const int type_numbers[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};

static napi_value js_socket_unix(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int type = type_numbers[arg_choice(&a, 0, type_names)];
  bool cloexec = arg_bool(&a, 1, true);
  if (a.bad) return NULL;
  return result(env, socket(AF_UNIX, type | (cloexec ? SOCK_CLOEXEC : 0), 0));
}

static napi_value js_socketpair(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int type = type_numbers[arg_choice(&a, 0, type_names)], pair[2];
  if (a.bad) return NULL;
  return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) == -1 ? reply(env, -errno) : reply_pair(env, pair);
}

static napi_value js_bind(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct sockaddr_un addr;
  socklen_t len;
  int fd = arg_int(&a, 0), rc = arg_unix_address(&a, 1, &addr, &len);
  if (a.bad) return NULL;
  return rc < 0 ? reply(env, rc) : result(env, bind(fd, (struct sockaddr *)&addr, len));
}

static napi_value js_socket_inet(napi_env env, napi_callback_info info) {
  static const char *const names[] = {"inet", "inet6", NULL};
  static const int families[] = {AF_INET, AF_INET6};
  struct args a = args_read(env, info);
  int family = families[arg_choice(&a, 0, names)];
  if (a.bad) return NULL;
  return result(env, socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static napi_value js_set_socket_option(napi_env env, napi_callback_info info) {
  static const char *const names[] = {"reuseAddress", "v6Only", "noDelay", NULL};
  static const int levels[] = {SOL_SOCKET, IPPROTO_IPV6, IPPROTO_TCP};
  static const int options[] = {SO_REUSEADDR, IPV6_V6ONLY, TCP_NODELAY};
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0), which = arg_choice(&a, 1, names), on = arg_bool(&a, 2, true);
  if (a.bad) return NULL;
  return result(env, setsockopt(fd, levels[which], options[which], &on, sizeof on));
}

static napi_value js_bind_inet(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct sockaddr_in in = {.sin_family = AF_INET};
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
  char ip[INET6_ADDRSTRLEN];
  int fd = arg_int(&a, 0), too_long = arg_text(&a, 1, ip, sizeof ip), port = arg_int(&a, 2);
  if (a.bad) return NULL;
  if (too_long < 0) return reply(env, -EINVAL);
  in.sin_port = in6.sin6_port = htons((uint16_t)port);
  if (inet_pton(AF_INET, ip, &in.sin_addr) == 1) return result(env, bind(fd, (struct sockaddr *)&in, sizeof in));
  if (inet_pton(AF_INET6, ip, &in6.sin6_addr) == 1) return result(env, bind(fd, (struct sockaddr *)&in6, sizeof in6));
  return reply(env, -EINVAL);
}

static napi_value js_listen(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0), backlog = arg_int(&a, 1);
  if (a.bad) return NULL;
  return result(env, listen(fd, backlog));
}

static napi_value js_accept4(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0);
  bool non_blocking = arg_bool(&a, 1, true);
  if (a.bad) return NULL;
  return result(env, accept4(fd, NULL, NULL, SOCK_CLOEXEC | (non_blocking ? SOCK_NONBLOCK : 0)));
}

static napi_value js_connect_unix(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct sockaddr_un addr;
  socklen_t len;
  int fd = arg_int(&a, 0), rc = arg_unix_address(&a, 1, &addr, &len);
  if (a.bad) return NULL;
  return rc < 0 ? reply(env, rc) : result(env, connect(fd, (struct sockaddr *)&addr, len));
}

static napi_value js_shutdown(napi_env env, napi_callback_info info) {
  static const char *const names[] = {"read", "write", "both", NULL};
  static const int how[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0), which = how[arg_choice(&a, 1, names)];
  if (a.bad) return NULL;
  return result(env, shutdown(fd, which));
}

static napi_value js_peer_cred(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ucred cred;
  socklen_t len = sizeof cred;
  int fd = arg_int(&a, 0);
  if (a.bad) return NULL;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1) return reply(env, -errno);
  napi_value object = object_new(env);
  object_number(env, object, "pid", cred.pid);
  object_number(env, object, "uid", cred.uid);
  object_number(env, object, "gid", cred.gid);
  return object;
}

static void describe_inet(napi_env env, napi_value object, int family, const void *ip, in_port_t port) {
  char text[INET6_ADDRSTRLEN];
  if (inet_ntop(family, ip, text, sizeof text)) object_text(env, object, "address", text, NAPI_AUTO_LENGTH);
  object_number(env, object, "port", ntohs(port));
}

static const char *describe_address(napi_env env, napi_value object, struct sockaddr_storage *addr, socklen_t len) {
  if (addr->ss_family == AF_UNIX) {
    struct sockaddr_un *un = (struct sockaddr_un *)addr;
    size_t n = len - offsetof(struct sockaddr_un, sun_path);
    if (n > 0 && un->sun_path[0] == '\0') un->sun_path[0] = '@';
    else n = strnlen(un->sun_path, n);
    object_text(env, object, "path", un->sun_path, n);
    return "unix";
  }
  if (addr->ss_family == AF_INET) {
    struct sockaddr_in *in = (struct sockaddr_in *)addr;
    describe_inet(env, object, AF_INET, &in->sin_addr, in->sin_port);
    return "inet";
  }
  if (addr->ss_family == AF_INET6) {
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
    describe_inet(env, object, AF_INET6, &in6->sin6_addr, in6->sin6_port);
    return "inet6";
  }
  return "other";
}

static napi_value js_get_sock_name(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct sockaddr_storage addr = {0};
  socklen_t len = sizeof addr, int_len = sizeof(int);
  int fd = arg_int(&a, 0), type = 0, listening = 0;
  if (a.bad) return NULL;
  if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1 ||
      getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &int_len) == -1 ||
      getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &int_len) == -1)
    return reply(env, -errno);
  napi_value object = object_new(env), flag;
  object_text(env, object, "family", describe_address(env, object, &addr, len), NAPI_AUTO_LENGTH);
  const char *name = "other";
  for (int i = 0; type_names[i]; i++)
    if (type_numbers[i] == type) name = type_names[i];
  object_text(env, object, "type", name, NAPI_AUTO_LENGTH);
  if (napi_get_boolean(env, listening != 0, &flag) == napi_ok)
    napi_set_named_property(env, object, "listening", flag);
  return object;
}

static napi_value js_get_peer_name(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct sockaddr_storage addr = {0};
  socklen_t len = sizeof addr;
  int fd = arg_int(&a, 0);
  if (a.bad) return NULL;
  if (getpeername(fd, (struct sockaddr *)&addr, &len) == -1) return reply(env, -errno);
  napi_value object = object_new(env);
  object_text(env, object, "family", describe_address(env, object, &addr, len), NAPI_AUTO_LENGTH);
  return object;
}

const struct function socket_functions[] = {
    {"socketUnix", js_socket_unix},
    {"socketpair", js_socketpair},
    {"bind", js_bind},
    {"socketInet", js_socket_inet},
    {"setSocketOption", js_set_socket_option},
    {"bindInet", js_bind_inet},
    {"listen", js_listen},
    {"accept4", js_accept4},
    {"connectUnix", js_connect_unix},
    {"shutdown", js_shutdown},
    {"peerCred", js_peer_cred},
    {"getSockName", js_get_sock_name},
    {"getPeerName", js_get_peer_name},
    {NULL, NULL},
};
