/* Bytes and descriptors over unix sockets. None of these ever waits. */
#include "addon.h"

#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

union control {
  struct cmsghdr align;
  char room[CMSG_SPACE(sizeof(int) * MAX_FDS)];
};

static void attach_fds(struct msghdr *msg, union control *control, const int *fds, int count) {
  if (count == 0) return;
  size_t size = sizeof(int) * (size_t)count;
  msg->msg_control = control;
  msg->msg_controllen = CMSG_SPACE(size);
  struct cmsghdr *c = CMSG_FIRSTHDR(msg);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(c), fds, size);
}

static int64_t send_retrying(int fd, const struct msghdr *msg) {
  ssize_t n;
  do n = sendmsg(fd, msg, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n == -1 && errno == EINTR);
  return n == -1 ? -errno : n;
}

/* Reads up to MAX_IOV parts; empty ones are left out. Returns how many. */
static size_t arg_iov(struct args *a, size_t i, struct iovec iov[MAX_IOV]) {
  uint32_t count = 0;
  size_t used = 0;
  if (a->bad) return 0;
  if (i >= a->count || napi_get_array_length(a->env, a->v[i], &count) != napi_ok)
    args_fail(a, i, "an array of Uint8Array");
  for (uint32_t n = 0; n < count && used < MAX_IOV && !a->bad; n++) {
    napi_value element;
    struct bytes part;
    if (napi_get_element(a->env, a->v[i], n, &element) != napi_ok || !value_bytes(a->env, element, &part))
      args_fail(a, i, "an array of Uint8Array");
    else if (part.len > 0)
      iov[used++] = (struct iovec){part.data, part.len};
  }
  return used;
}

static napi_value js_send(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct iovec iov[MAX_IOV];
  int fds[MAX_FDS];
  union control control = {.room = {0}};
  int fd = arg_int(&a, 0);
  size_t parts = arg_iov(&a, 1, iov);
  int count = arg_fds(&a, 2, fds);
  if (a.bad) return NULL;
  if (count < 0 || parts == 0) return reply(env, -EINVAL);
  struct msghdr msg = {.msg_iov = iov, .msg_iovlen = parts};
  attach_fds(&msg, &control, fds, count);
  return reply(env, send_retrying(fd, &msg));
}

static napi_value js_send_datagram(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct sockaddr_un addr;
  socklen_t len;
  int fds[MAX_FDS];
  union control control = {.room = {0}};
  int rc = arg_unix_address(&a, 0, &addr, &len);
  struct bytes bytes = arg_bytes(&a, 1);
  int count = arg_fds(&a, 2, fds);
  if (a.bad) return NULL;
  if (rc < 0 || count < 0) return reply(env, rc < 0 ? rc : count);
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd == -1) return reply(env, -errno);
  struct iovec iov = {bytes.data, bytes.len};
  struct msghdr msg = {.msg_name = &addr, .msg_namelen = len, .msg_iov = &iov, .msg_iovlen = 1};
  attach_fds(&msg, &control, fds, count);
  int64_t sent = send_retrying(fd, &msg);
  close(fd);
  return reply(env, sent);
}

/* Calls `each` for every descriptor of the message. */
static void for_each_fd(struct msghdr *msg, void (*each)(void *context, int fd), void *context) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
      each(context, fd);
    }
  }
}

static void drop_fd(void *context, int fd) {
  (void)context;
  close(fd);
}

struct list {
  napi_env env;
  napi_value array;
  uint32_t length;
};

static void append_fd(void *context, int fd) {
  struct list *list = context;
  napi_set_element(list->env, list->array, list->length++, reply(list->env, fd));
}

static napi_value js_recv(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  union control control;
  int fd = arg_int(&a, 0);
  struct bytes buf = arg_bytes(&a, 1);
  int64_t off = arg_int64(&a, 2), len = arg_int64(&a, 3);
  struct list list = {.env = env};
  bool wants_fds = !arg_absent(&a, 4);
  if (wants_fds && !a.bad && napi_get_array_length(env, list.array = a.v[4], &list.length) != napi_ok)
    args_fail(&a, 4, "an array");
  if (a.bad) return NULL;
  if (off < 0 || len <= 0 || (uint64_t)off > buf.len || (uint64_t)len > buf.len - (size_t)off)
    return reply(env, -EINVAL);
  struct iovec iov = {buf.data + off, (size_t)len};
  struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
  if (wants_fds) {
    msg.msg_control = &control;
    msg.msg_controllen = sizeof control;
  }
  ssize_t n;
  do n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  while (n == -1 && errno == EINTR);
  if (n == -1) return reply(env, -errno);
  if (wants_fds && (msg.msg_flags & MSG_CTRUNC)) { /* also when the table of open files is full */
    for_each_fd(&msg, drop_fd, NULL);
    return reply(env, -EMSGSIZE);
  }
  if (wants_fds) for_each_fd(&msg, append_fd, &list);
  return reply(env, n);
}

const struct function message_functions[] = {
    {"send", js_send},
    {"sendDatagram", js_send_datagram},
    {"recv", js_recv},
    {NULL, NULL},
};
