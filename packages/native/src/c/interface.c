/* Network interfaces and bridges, by ioctl on a short-lived socket. */
#include "addon.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <linux/sockios.h>
#include <unistd.h>

static int64_t interface_ioctl(unsigned long request, void *data) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd == -1) return -errno;
  int rc = ioctl(fd, request, data) == -1 ? -errno : 0;
  close(fd);
  return rc;
}

/* Reads argument 0 as interface name; 0 or -ENAMETOOLONG. */
static int arg_interface(struct args *a, struct ifreq *ifr) {
  *ifr = (struct ifreq){0};
  return arg_text(a, 0, ifr->ifr_name, IFNAMSIZ);
}

static napi_value js_if_index(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  int64_t rc = arg_interface(&a, &ifr);
  if (a.bad) return NULL;
  if (rc == 0) rc = interface_ioctl(SIOCGIFINDEX, &ifr);
  return reply(env, rc < 0 ? rc : ifr.ifr_ifindex);
}

static napi_value js_if_flags(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  int64_t rc = arg_interface(&a, &ifr);
  if (a.bad) return NULL;
  if (rc == 0) rc = interface_ioctl(SIOCGIFFLAGS, &ifr);
  return reply(env, rc < 0 ? rc : (unsigned short)ifr.ifr_flags);
}

static napi_value js_if_set_up(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  int64_t rc = arg_interface(&a, &ifr);
  bool up = arg_bool(&a, 1, true);
  if (a.bad) return NULL;
  if (rc == 0) rc = interface_ioctl(SIOCGIFFLAGS, &ifr);
  if (rc == 0) {
    ifr.ifr_flags = (short)(up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
    rc = interface_ioctl(SIOCSIFFLAGS, &ifr);
  }
  return reply(env, rc);
}

static napi_value js_if_mtu(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  int64_t rc = arg_interface(&a, &ifr);
  if (a.bad) return NULL;
  if (rc == 0) rc = interface_ioctl(SIOCGIFMTU, &ifr);
  return reply(env, rc < 0 ? rc : ifr.ifr_mtu);
}

static napi_value js_if_set_mtu(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  int64_t rc = arg_interface(&a, &ifr);
  int mtu = arg_int(&a, 1);
  if (a.bad) return NULL;
  ifr.ifr_mtu = mtu;
  return reply(env, rc < 0 ? rc : interface_ioctl(SIOCSIFMTU, &ifr));
}

static napi_value js_if_mac(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  napi_value buffer, array;
  void *data;
  int64_t rc = arg_interface(&a, &ifr);
  if (a.bad) return NULL;
  if (rc == 0) rc = interface_ioctl(SIOCGIFHWADDR, &ifr);
  if (rc < 0) return reply(env, rc);
  if (napi_create_arraybuffer(env, 6, &data, &buffer) != napi_ok ||
      napi_create_typedarray(env, napi_uint8_array, 6, buffer, 0, &array) != napi_ok)
    return NULL;
  memcpy(data, ifr.ifr_hwaddr.sa_data, 6);
  return array;
}

static napi_value js_if_set_mac(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  int64_t rc = arg_interface(&a, &ifr);
  struct bytes mac = arg_bytes(&a, 1);
  if (a.bad) return NULL;
  if (rc < 0 || mac.len != 6) return reply(env, rc < 0 ? rc : -EINVAL);
  ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  memcpy(ifr.ifr_hwaddr.sa_data, mac.data, 6);
  return reply(env, interface_ioctl(SIOCSIFHWADDR, &ifr));
}

static napi_value bridge_change(napi_env env, napi_callback_info info, unsigned long request) {
  struct args a = args_read(env, info);
  struct ifreq ifr;
  int64_t rc = arg_interface(&a, &ifr);
  if (a.bad) return NULL;
  return reply(env, rc < 0 ? rc : interface_ioctl(request, ifr.ifr_name));
}

static napi_value js_bridge_create(napi_env env, napi_callback_info info) {
  return bridge_change(env, info, SIOCBRADDBR);
}

static napi_value js_bridge_delete(napi_env env, napi_callback_info info) {
  return bridge_change(env, info, SIOCBRDELBR);
}

/* (bridge, interface) */
static napi_value port_change(napi_env env, napi_callback_info info, unsigned long request) {
  struct args a = args_read(env, info);
  struct ifreq bridge, port = {0};
  int64_t rc = arg_interface(&a, &bridge), port_rc = arg_text(&a, 1, port.ifr_name, IFNAMSIZ);
  if (a.bad) return NULL;
  if (rc == 0) rc = port_rc;
  if (rc == 0) rc = interface_ioctl(SIOCGIFINDEX, &port);
  if (rc < 0) return reply(env, rc);
  bridge.ifr_ifindex = port.ifr_ifindex;
  return reply(env, interface_ioctl(request, &bridge));
}

static napi_value js_bridge_add_if(napi_env env, napi_callback_info info) {
  return port_change(env, info, SIOCBRADDIF);
}

static napi_value js_bridge_del_if(napi_env env, napi_callback_info info) {
  return port_change(env, info, SIOCBRDELIF);
}

const struct function interface_functions[] = {
    {"ifIndex", js_if_index},
    {"ifFlags", js_if_flags},
    {"ifSetUp", js_if_set_up},
    {"ifMtu", js_if_mtu},
    {"ifSetMtu", js_if_set_mtu},
    {"ifMac", js_if_mac},
    {"ifSetMac", js_if_set_mac},
    {"bridgeCreate", js_bridge_create},
    {"bridgeDelete", js_bridge_delete},
    {"bridgeAddIf", js_bridge_add_if},
    {"bridgeDelIf", js_bridge_del_if},
    {NULL, NULL},
};
