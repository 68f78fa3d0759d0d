/* Tap devices. */
#include "addon.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool option_flag(napi_env env, napi_value options, const char *name) {
  bool on = false;
  return napi_get_value_bool(env, property(env, options, name), &on) == napi_ok && on;
}

/* tunCreate(nameTemplate, {vnetHdr, multiQueue, device}) */
static napi_value js_tun_create(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr = {0};
  int rc = arg_text(&a, 0, ifr.ifr_name, IFNAMSIZ);
  if (a.bad) return NULL;
  if (rc < 0) return reply(env, rc);
  char *device = NULL;
  ifr.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (!arg_absent(&a, 1)) {
    if (option_flag(env, a.v[1], "vnetHdr")) ifr.ifr_flags |= IFF_VNET_HDR;
    if (option_flag(env, a.v[1], "multiQueue")) ifr.ifr_flags |= IFF_MULTI_QUEUE;
    device = value_string(env, property(env, a.v[1], "device"));
  }
  int fd = open(device ? device : "/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (fd == -1 || ioctl(fd, TUNSETIFF, &ifr) == -1) rc = -errno;
  free(device);
  if (rc < 0) {
    if (fd != -1) close(fd);
    return reply(env, rc);
  }
  napi_value object = object_new(env);
  object_number(env, object, "fd", fd);
  object_text(env, object, "name", ifr.ifr_name, strnlen(ifr.ifr_name, IFNAMSIZ));
  return object;
}

static napi_value js_tun_set_persist(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int fd = arg_int(&a, 0);
  bool on = arg_bool(&a, 1, true);
  if (a.bad) return NULL;
  return result(env, ioctl(fd, TUNSETPERSIST, (unsigned long)on));
}

const struct function tap_functions[] = {
    {"tunCreate", js_tun_create},
    {"tunSetPersist", js_tun_set_persist},
    {NULL, NULL},
};
