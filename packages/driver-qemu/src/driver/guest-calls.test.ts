import { KeycodeSet } from "@libvirt-ts/api";
import { typed } from "@libvirt-ts/protocol";
import { expect, test } from "vitest";
import { agentHandlers } from "./agent.ts";
import { blockInfoHandlers } from "./block-info.ts";
import { interfaceHandlers, parseNeighbours } from "./interfaces.ts";
import { ioLimitHandlers } from "./io-limits.ts";
import { limitHandlers } from "./limits.ts";
import { managedSaveHandlers } from "./managed-save.ts";
import { memorySizeHandlers } from "./memory-size.ts";
import { memoryStatsHandlers } from "./memory-stats.ts";
import { metadataHandlers } from "./metadata.ts";
import { compactJson, monitorCommandHandlers } from "./monitor-command.ts";
import { pinningHandlers } from "./pinning.ts";
import { renameHandlers } from "./rename.ts";
import { schedulerHandlers } from "./scheduler.ts";
import { sendKeyHandlers } from "./send-key.ts";
import { openWorld, type TestWorld, type WorldOptions } from "./testing.ts";
import { vcpuCountHandlers } from "./vcpu-count.ts";
import { vcpuHandlers } from "./vcpus.ts";

const LIVE = 1;
const CONFIG = 2;
const MAXIMUM = 4;

/** All calls of these files, by name. */
const handlers = ({ driver }: TestWorld) =>
  ({
    ...agentHandlers(driver),
    ...blockInfoHandlers(driver),
    ...interfaceHandlers(driver),
    ...ioLimitHandlers(driver),
    ...limitHandlers(driver),
    ...managedSaveHandlers(driver),
    ...memorySizeHandlers(driver),
    ...memoryStatsHandlers(driver),
    ...metadataHandlers(driver),
    ...pinningHandlers(driver),
    ...renameHandlers(driver),
    ...schedulerHandlers(driver),
    ...sendKeyHandlers(driver),
    ...vcpuCountHandlers(driver),
    ...vcpuHandlers(driver),
    ...monitorCommandHandlers(driver),
  }) as Record<string, (args: object, call: TestWorld["call"]) => unknown>; // rows pick calls by name

const act = async (world: TestWorld, name: string, args: object = {}): Promise<unknown> =>
  handlers(world)[name]?.({ dom: world.dom, flags: 0, ...args }, world.call);

const balloon = "<memballoon model='virtio'><alias name='balloon0'/></memballoon>";
const disks = `<disk type='file'><source file='/img'/><target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>
  <disk device='cdrom'><target dev='sda' bus='sata'/><alias name='sata0-0-0'/></disk>`;
const agentPort = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";
const on = (options: WorldOptions = {}): WorldOptions => ({ script: {}, ...options });
const off = (options: WorldOptions = {}): WorldOptions => options;
const metadata = { type: 2, metadata: "<a/>", key: "k", uri: "http://x" };

test.each<[string, WorldOptions, object, string]>([
  [
    "domainSetMetadata",
    off(),
    { ...metadata, flags: 8 },
    "unsupported flags (0x8) in function qemuDomainSetMetadata",
  ],
  [
    "domainSetMetadata",
    off(),
    { ...metadata, flags: LIVE },
    "Requested operation is not valid: domain is not running",
  ],
  [
    "domainSetMetadata",
    on({ transient: true }),
    { ...metadata, flags: CONFIG },
    "transient domains do not have any persistent config",
  ],
  ["domainSetMetadata", off(), { ...metadata, metadata: "" }, "at line 1: Document is empty"],
  [
    "domainSetMetadata",
    off(),
    { type: 1, metadata: "a\nb", key: null, uri: null },
    "metadata title can't contain newlines",
  ],
  ["domainSetMetadata", off(), { ...metadata, type: 9 }, "invalid argument: unknown metadata type '9'"],
  [
    "domainGetMetadata",
    off(),
    { type: 2, uri: "http://x" },
    "metadata not found: Requested metadata element is not present",
  ],
  ["domainGetMetadata", on(), { type: 0, uri: null, flags: 3 }, "mutually exclusive"],
  ["domainRename", on(), { newName: "b" }, "Requested operation is not valid: cannot rename active domain"],
  [
    "domainRename",
    off(),
    { newName: "vm" },
    "Requested operation is not valid: Can't rename domain to itself",
  ],
  ["domainRename", off(), { newName: "x/y" }, "XML error: name x/y cannot contain '/'"],
  ["domainRename", off(), { newName: "" }, "string new_name in virDomainRename must not be empty"],
  ["domainSetMemory", off(), { memory: 1n }, "domain is not running"],
  ["domainSetMemory", on(), { memory: 0n }, "memory in virDomainSetMemory must not be zero"],
  ["domainSetMemory", on(), { memory: 65537n }, "invalid argument: cannot set memory higher than max memory"],
  [
    "domainSetMemory",
    on(),
    { memory: 1n },
    "Unable to change memory of active domain without the balloon device",
  ],
  ["domainSetMaxMemory", on(), { memory: 1n }, "cannot resize the maximum memory on an active domain"],
  [
    "domainSetMemoryFlags",
    off(),
    { memory: 65537n, flags: CONFIG },
    "cannot set memory higher than max memory",
  ],
  ["domainSetVcpusFlags", off(), { nvcpus: 0 }, "nvcpus in virDomainSetVcpusFlags must not be zero"],
  [
    "domainSetVcpusFlags",
    off(),
    { nvcpus: 3, flags: CONFIG },
    "max allowable vcpus for the persistent domain: 3 > 2",
  ],
  ["domainSetVcpusFlags", on(), { nvcpus: 3, flags: LIVE }, "max allowable vcpus for the live domain: 3 > 2"],
  [
    "domainSetVcpusFlags",
    on(),
    { nvcpus: 1, flags: LIVE },
    "Operation not supported: cpu hotplug is not supported",
  ],
  [
    "domainSetVcpusFlags",
    on(),
    { nvcpus: 1, flags: LIVE | MAXIMUM },
    "is required by flag 'VIR_DOMAIN_VCPU_MAXIMUM'",
  ],
  [
    "domainPinVcpuFlags",
    off(),
    { vcpu: 9, cpumap: Uint8Array.of(1), flags: CONFIG },
    "vcpu 9 is out of range of persistent cpu count 2",
  ],
  [
    "domainPinVcpuFlags",
    off(),
    { vcpu: 0, cpumap: Uint8Array.of(0), flags: CONFIG },
    "Empty cpu list for pinning",
  ],
  [
    "domainGetVcpus",
    off(),
    { maxinfo: 1, maplen: 1 },
    "cannot retrieve vcpu information for inactive domain",
  ],
  ["domainGetVcpuPinInfo", off(), { ncpumaps: 2, maplen: 2 ** 30 }, "maxinfo * maplen > REMOTE_CPUMAPS_MAX"],
  ["domainGetMaxVcpus", off(), {}, "domain is not running"],
  ["domainBlockStats", on({ devices: disks }), { path: "vdz" }, "invalid argument: invalid path: vdz"],
  ["domainGetBlockInfo", off({ devices: disks }), { path: "vdz" }, "invalid path vdz not assigned to domain"],
  [
    "domainGetBlockInfo",
    off({ devices: disks }),
    { path: "sda" },
    "disk 'sda' does not currently have a source assigned",
  ],
  [
    "domainGetBlockIoTune",
    off({ devices: disks }),
    { disk: "vdz", nparams: 1 },
    "disk 'vdz' was not found in the domain config",
  ],
  ["domainInterfaceStats", on(), { device: "vnet9" }, "invalid argument: 'vnet9' is not a known interface"],
  ["domainInterfaceAddresses", on(), { source: 7 }, "argument unsupported: Unknown IP address data source 7"],
  [
    "domainInterfaceAddresses",
    on(),
    { source: 1 },
    "argument unsupported: QEMU guest agent is not configured",
  ],
  [
    "domainGetTime",
    on({ devices: agentPort }),
    {},
    "Guest agent is not responding: QEMU guest agent is not connected",
  ],
  ["domainGetTime", off(), {}, "domain is not running"],
  ["domainSendKey", on(), { codeset: 99, holdtime: 0, keycodes: [1] }, "Unsupported codeset '99'"],
  [
    "domainSendKey",
    on(),
    { codeset: 0, holdtime: 0, keycodes: [9999] },
    "internal error: cannot translate keycode 9999 of linux codeset to qnum keycode",
  ],
  ["domainSetMemoryStatsPeriod", on(), { period: 5, flags: LIVE }, "No memory balloon device configured"],
  [
    "domainSetSchedulerParametersFlags",
    off(),
    { params: [{ field: "vcpu_period", value: typed.ullong(5n) }], flags: CONFIG },
    "value of 'vcpu_period' is out of range [1000, 1000000]",
  ],
  [
    "domainSetSchedulerParametersFlags",
    on(),
    { params: [], flags: LIVE },
    "cgroup CPU controller is not mounted",
  ],
  [
    "domainSetMemoryParameters",
    off(),
    { params: [{ field: "swap_hard_limit", value: typed.ullong(5n) }], flags: CONFIG },
    "must be lower than or equal to swap_hard_limit",
  ],
  [
    "domainSetNumaParameters",
    off(),
    { params: [{ field: "numa_mode", value: typed.int(9) }], flags: CONFIG },
    "unsupported numatune mode: '9'",
  ],
  [
    "domainSetBlkioParameters",
    off(),
    { params: [{ field: "device_weight", value: typed.string("x") }], flags: CONFIG },
    "unable to parse blkio device 'device_weight' 'x'",
  ],
  ["domainMonitorCommand", on(), { cmd: "{" }, "internal error: cannot parse json {"],
  ["domainMonitorCommand", off(), { cmd: "{}" }, "domain is not running"],
  [
    "domainManagedSaveRemove",
    off(),
    {},
    "Failed to remove managed save file '/no/folder/vm.save': No such file or directory",
  ],
  ["domainAgentCommand", on(), { cmd: "{}", timeout: 0 }, "QEMU guest agent is not configured"],
])("%s refused (%#)", async (name, options, args, text) => {
  await expect(act(openWorld(options), name, args)).rejects.toThrow(text);
});

test.each<[string, WorldOptions, object, [string, unknown][]]>([
  ["domainSetMemory", on({ devices: balloon }), { memory: 1024n }, [["balloon", { value: 1_048_576 }]]],
  [
    "domainSendKey",
    on(),
    { codeset: KeycodeSet.LINUX, holdtime: 9, keycodes: [30] },
    [["send-key", { keys: [{ type: "number", data: 30 }], "hold-time": 9 }]],
  ],
  [
    "domainSetMemoryStatsPeriod",
    on({ devices: balloon }),
    { period: 5, flags: LIVE },
    [
      [
        "qom-set",
        { path: "/machine/peripheral/balloon0", property: "guest-stats-polling-interval", value: 5 },
      ],
    ],
  ],
  [
    "domainMonitorCommand",
    on(),
    { cmd: "info status", flags: 1 },
    [["human-monitor-command", { "command-line": "info status" }]],
  ],
  [
    "domainMonitorCommand",
    on(),
    { cmd: '{"execute":"query-status","id":"x"}' },
    [["query-status", undefined]],
  ],
  [
    "domainStartDirtyRateCalc",
    on(),
    { seconds: 2 },
    [["calc-dirty-rate", { "calc-time": 2, mode: "page-sampling" }]],
  ],
])("%s asks QEMU (%#)", async (name, options, args, commands) => {
  const world = openWorld(options);
  await act(world, name, args);
  expect(world.commands).toEqual(commands);
});

test.each<[string, object, RegExp]>([
  [
    "domainSetMemoryFlags",
    { memory: 1024n, flags: CONFIG },
    /<currentMemory unit='KiB'>1024<\/currentMemory>/,
  ],
  [
    "domainSetMaxMemory",
    { memory: 2048n },
    /<memory unit='KiB'>2048<\/memory>\n {2}<currentMemory unit='KiB'>2048</,
  ],
  ["domainSetVcpusFlags", { nvcpus: 1, flags: CONFIG }, /<vcpu placement='static' current='1'>2<\/vcpu>/],
  [
    "domainSetVcpusFlags",
    { nvcpus: 8, flags: CONFIG | MAXIMUM },
    /<vcpu placement='static' current='2'>8<\/vcpu>/,
  ],
  [
    "domainPinVcpuFlags",
    { vcpu: 1, cpumap: Uint8Array.of(5), flags: CONFIG },
    /<vcpupin vcpu='1' cpuset='0,2'\/>/,
  ],
  ["domainPinEmulator", { cpumap: Uint8Array.of(2), flags: CONFIG }, /<emulatorpin cpuset='1'\/>/],
  [
    "domainSetSchedulerParametersFlags",
    { params: [{ field: "vcpu_quota", value: typed.llong(-1n) }], flags: CONFIG },
    /<quota>-1<\/quota>/,
  ],
  [
    "domainSetMemoryParameters",
    { params: [{ field: "hard_limit", value: typed.ullong(99n) }], flags: CONFIG },
    /<hard_limit unit='KiB'>99</,
  ],
  [
    "domainSetNumaParameters",
    { params: [{ field: "numa_nodeset", value: typed.string("0-1") }], flags: CONFIG },
    /<memory mode='strict' nodeset='0-1'\/>/,
  ],
  [
    "domainSetBlkioParameters",
    { params: [{ field: "device_weight", value: typed.string("/dev/a,300") }], flags: CONFIG },
    /<path>\/dev\/a<\/path>\n {6}<weight>300</,
  ],
  ["domainSetMetadata", { ...metadata, flags: CONFIG }, /<k:a xmlns:k="http:\/\/x"\/>/],
  ["domainSetMetadata", { ...metadata, type: 0, metadata: "words", flags: CONFIG }, /<description>words</],
])("%s changes the definition on disk (%#)", async (name, args, pattern) => {
  const world = openWorld();
  await act(world, name, args);
  expect(world.saved.get("vm")).toMatch(pattern);
});

test.each<[string, WorldOptions, object, unknown]>([
  ["domainGetVcpusFlags", off({ xml: "<vcpu current='2'>4</vcpu>" }), { flags: CONFIG }, { num: 2 }],
  [
    "domainGetVcpusFlags",
    off({ xml: "<vcpu current='2'>4</vcpu>" }),
    { flags: CONFIG | MAXIMUM },
    { num: 4 },
  ],
  ["domainHasManagedSaveImage", off(), {}, { result: 0 }],
  ["domainGetSchedulerType", off(), {}, { type: "posix", nparams: 9 }],
  ["domainGetMemoryParameters", off(), { nparams: 0 }, { params: [], nparams: 3 }],
  [
    "domainGetNumaParameters",
    off(),
    { nparams: 2 },
    { params: [{ field: "numa_mode", value: typed.int(0) }], nparams: 1 },
  ],
  ["domainGetBlockIoTune", off(), { disk: null, nparams: 0, flags: 4 }, { params: [], nparams: 20 }],
  ["domainGetIothreadInfo", off(), {}, { info: [], ret: 0 }],
  [
    "domainGetEmulatorPinInfo",
    off({ xml: "<vcpu cpuset='1'>1</vcpu>" }),
    { maplen: 1 },
    { cpumaps: Uint8Array.of(2), ret: 1 },
  ],
  [
    "domainGetVcpuPinInfo",
    off({ xml: "<cputune><vcpupin vcpu='1' cpuset='3'/></cputune><vcpu cpuset='0'>3</vcpu>" }),
    { ncpumaps: 8, maplen: 1 },
    { cpumaps: Uint8Array.of(1, 8, 1), num: 3 },
  ],
  [
    "domainGetDiskErrors",
    on({
      devices: disks,
      script: {
        "query-block": [{ device: "", qdev: "/x/virtio-disk0/virtio-backend", "io-status": "nospace" }],
      },
    }),
    { maxerrors: 5 },
    { errors: [{ disk: "vda", error: 2 }], nerrors: 1 },
  ],
])("%s answers (%#)", async (name, options, args, result) => {
  expect(await act(openWorld(options), name, args)).toEqual(result);
});

test("rename: both names change together, and both are told", async () => {
  const world = openWorld();
  await act(world, "domainRename", { newName: "other" });
  expect(world.driver.domains.byName("vm")).toBeUndefined();
  expect(world.driver.domains.byName("other")).toBe(world.domain);
  expect([...world.saved.keys()]).toEqual(["other"]);
  expect(world.lifecycle).toEqual([
    { event: "undefined", detail: "renamed" },
    { event: "defined", detail: "renamed" },
  ]);
});

test("metadata of what runs and of what is defined; the event names the namespace", async () => {
  const world = openWorld(on());
  await act(world, "domainSetMetadata", { ...metadata, flags: LIVE });
  expect(await act(world, "domainGetMetadata", { type: 2, uri: "http://x" })).toEqual({ metadata: "<a/>" });
  await expect(act(world, "domainGetMetadata", { type: 2, uri: "http://x", flags: CONFIG })).rejects.toThrow(
    "not found",
  );
  expect(world.saved.size).toBe(0);
  expect(world.emitted).toEqual([["metadataChange", { type: 2, nsuri: "http://x" }]]);
});

test("events of the monitor, as their listeners want them", async () => {
  const world = openWorld(on());
  const { monitorEvents } = world.driver;
  const { client } = world.call;
  const id = monitorEvents.register(client, { uuid: undefined, event: "^st", flags: 3 });
  monitorEvents.register(client, {
    uuid: "00000000-0000-0000-0000-000000000000",
    event: undefined,
    flags: 0,
  });
  monitorEvents.register(client, { uuid: world.domain.uuid, event: "stop", flags: 0 });
  const event = { event: "STOP", data: {}, timestamp: { seconds: 1, microseconds: 2 } };
  monitorEvents.emit(world.domain, event);
  expect(world.emitted.length).toBe(1);
  monitorEvents.deregister(client, id);
  monitorEvents.emit(world.domain, event);
  expect(world.emitted.length).toBe(1);
  expect(() => monitorEvents.register(client, { uuid: undefined, event: "(", flags: 1 })).toThrow(
    "failed to compile regex",
  );
});

test("texts", () => {
  expect(compactJson('{"a": [1, 18446744073709551615], "b c": "x \\" y"}\r\n')).toBe(
    '{"a":[1,18446744073709551615],"b c":"x \\" y"}',
  );
  const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.168.122.9    0x1         0x2         52:54:00:AA:00:01     *        virbr0
192.168.122.8    0x1         0x0         00:00:00:00:00:00     *        virbr0
`;
  expect(parseNeighbours(arp)).toEqual([{ address: "192.168.122.9", mac: "52:54:00:aa:00:01" }]);
});
