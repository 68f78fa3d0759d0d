/* What the processor says of itself. */
#include "addon.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

/* What KVM offers guests in a register that describes features. */
static napi_value js_kvm_msr(napi_env env, napi_callback_info info) {
  struct args a = args_read(env, info);
  int64_t index = arg_int64(&a, 0);
  struct {
    struct kvm_msrs head;
    struct kvm_msr_entry entry;
  } request = {.head = {.nmsrs = 1}, .entry = {.index = (uint32_t)index}};
  napi_value value;
  if (a.bad) return NULL;
  int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
  if (fd == -1) return reply(env, -errno);
  int rc = ioctl(fd, KVM_GET_MSRS, &request);
  int error = rc == -1 ? errno : ENOENT;
  close(fd);
  if (rc < 1) return reply(env, -error);
  return napi_create_bigint_uint64(env, request.entry.data, &value) == napi_ok ? value : NULL;
}
/* How fast the time stamp counter of a guest runs: a machine that never runs is asked. */
static napi_value js_kvm_tsc(napi_env env, napi_callback_info info) {
  (void)info;
  int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm = -1, cpu = -1;
  int khz = -1, scaling = -1, error = 0;
  if (kvm == -1 || (vm = ioctl(kvm, KVM_CREATE_VM, 0)) == -1 || (cpu = ioctl(vm, KVM_CREATE_VCPU, 0)) == -1 ||
      (khz = ioctl(cpu, KVM_GET_TSC_KHZ, 0)) == -1 || (scaling = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_TSC_CONTROL)) == -1)
    error = errno;
  if (cpu != -1) close(cpu);
  if (vm != -1) close(vm);
  if (kvm != -1) close(kvm);
  if (error != 0) return reply(env, -error);
  napi_value object = object_new(env);
  object_number(env, object, "khz", khz);
  object_number(env, object, "scaling", scaling);
  return object;
}
#else
static napi_value js_kvm_tsc(napi_env env, napi_callback_info info) {
  (void)info;
  return reply(env, -ENOSYS);
}

static napi_value js_kvm_msr(napi_env env, napi_callback_info info) {
  (void)info;
  return reply(env, -ENOSYS);
}

static napi_value js_cpuid(napi_env env, napi_callback_info info) {
  (void)info;
  return reply(env, -ENOSYS);
}
#endif

const struct function cpuid_functions[] = {{"cpuid", js_cpuid}, {"kvmMsr", js_kvm_msr}, {"kvmTsc", js_kvm_tsc}, {NULL, NULL}};
