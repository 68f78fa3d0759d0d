import { fileURLToPath } from "node:url";
import { bootDisk, bootDomain, network, World } from "@libvirt-ts/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

let world: World;
let told: Record<string, unknown>;
const nobody = "11111111-2222-3333-4444-555555555555";
const domain = (rest: string) => `<domain type='qemu'><name>x</name>${rest}</domain>`;
const os = "<memory>1024</memory><os><type>hvm</type></os>";

/** What Python evaluates, `c` being a connection; and its value, or the error's code, domain and text. */
const rows: readonly (readonly [name: string, expression: string, expected: unknown])[] = [
  ["type", "c.getType()", "QEMU"],
  ["version", "c.getVersion() > 7000000", true],
  ["library version", "c.getLibVersion() >= 9000000", true],
  ["encrypted", "c.isEncrypted()", 0],
  ["secure", "c.isSecure()", 1],
  ["alive", "c.isAlive()", 1],
  ["free memory", "c.getFreeMemory() > 0", true],
  ["memory statistics", "sorted(c.getMemoryStats(-1))", ["buffers", "cached", "free", "total"]],
  ["processor statistics", "sorted(c.getCPUStats(-1))", ["idle", "iowait", "kernel", "user"]],
  ["processors", "c.getCPUMap()[0] == len(c.getCPUMap()[1]) == c.getInfo()[2]", true],
  ["most vcpus", "c.getMaxVcpus('qemu')", 16],
  ["domains", "c.numOfDomains() + c.numOfDefinedDomains()", 0],
  ["not XML", "c.defineXML('<doma')", /^35\/20 at line 1: Couldn't find end of Start Tag doma/],
  ["another document", "c.defineXML('<foo/>')", /^27\/5 XML error: .*foo/],
  ["no name", "c.defineXML(\"<domain type='qemu'/>\")", /^21\/20 missing name information/],
  [
    "no OS",
    `c.defineXML("${domain("<memory>1024</memory>")}")`,
    /^27\/20 XML error: an os <type> must be specified/,
  ],
  [
    "no number",
    `c.defineXML("${domain(`${os}<vcpu>x</vcpu>`)}")`,
    /^27\/20 XML error: maximum vcpus count must be an integer/,
  ],
  [
    "unknown OS type",
    `c.defineXML("${domain(os.replace("hvm", "foo"))}")`,
    /^67\/20 unsupported configuration: unknown OS type 'foo'/,
  ],
  [
    "unknown kind",
    `c.defineXML("${domain(os).replace("qemu", "foo")}")`,
    /^67\/20 unsupported configuration: invalid domain type foo/,
  ],
  [
    "unknown architecture",
    `c.defineXML("${domain(os.replace("<type>", "<type arch='pdp11'>"))}")`,
    /^67\/20 unsupported configuration: Unknown architecture pdp11/,
  ],
  ["no such id", "c.lookupByID(99)", "42/10 Domain not found: no domain with matching id 99"],
  ["no such name", "c.lookupByName('x')", "42/10 Domain not found: no domain with matching name 'x'"],
  [
    "no such UUID",
    `c.lookupByUUIDString('${nobody}')`,
    `42/10 Domain not found: no domain with matching uuid '${nobody}'`,
  ],
  [
    "flags of define",
    "c.defineXMLFlags('<domain/>', 1 << 20)",
    "8/10 unsupported flags (0x100000) in function qemuDomainDefineXMLFlags",
  ],
  [
    "flags of list",
    "c.listAllDomains(1 << 25)",
    "8/10 unsupported flags (0x2000000) in function qemuConnectListAllDomains",
  ],
  ["kind of max vcpus", "c.getMaxVcpus('foo')", "8/10 invalid argument: unknown type 'foo'"],
  [
    "from QEMU's command line",
    "c.domainXMLFromNative('qemu-argv', 'qemu', 0)",
    /^3\/\d+ this function is not supported by the connection driver: virConnectDomainXMLFromNative/,
  ],
  ["network_", "c.networkDefineXML(NETWORK)", "kept"],
  [
    "network: not XML",
    "c.networkDefineXML('<netw')",
    /^35\/19 at line 1: Couldn't find end of Start Tag netw line 1\n<netw\n-----\^/,
  ],
  ["network: another document", "c.networkDefineXML('<foo/>')", /^27\/5 XML error: .*foo/],
  ["network: no name", "c.networkDefineXML('<network/>')", /^21\/19 missing name information/],
  [
    "network: update, not XML",
    "network_.update(3, 4, -1, '<ho', 0)",
    /^35\/19 at line 1: Couldn't find end of Start Tag ho line 1/,
  ],
  [
    "network: update, another element",
    "network_.update(3, 4, -1, '<foo/>', 0)",
    "27/19 XML error: unexpected element <foo>, expecting <host>, while updating network 'n'",
  ],
  [
    "network: unknown",
    "c.networkLookupByName('x')",
    "43/19 Network not found: no network with matching name 'x'",
  ],
  ["domain_", "c.defineXML(DOMAIN)", "kept"],
  ["not running", "domain_.suspend()", "55/20 Requested operation is not valid: domain is not running"],
  [
    "blocks of unknown disk",
    "domain_.blockInfo('vdz')",
    /^8\/10 invalid argument: invalid path vdz not assigned to domain/,
  ],
  ["start", "domain_.create()", 0],
  ["start again", "domain_.create()", "55/10 Requested operation is not valid: domain is already running"],
  [
    "resume what runs",
    "domain_.resume()",
    /^55\/10 Requested operation is not valid: domain is already running/,
  ],
  ["rename what runs", "domain_.rename('y')", /^55\/10 /],
  [
    "no saved state",
    "domain_.managedSaveRemove()",
    /^38\/10 Failed to remove managed save file '.*d.save': No such file or directory/,
  ],
  ["undefine, destroy", "[domain_.undefine(), domain_.destroy()]", [0, 0]],
  ["gone", "domain_.info()", /^42\/10 Domain not found: no domain with matching uuid '.*' \(d\)/],
  [
    "read-only",
    "libvirt.openReadOnly(URI).networkDefineXML(NETWORK)",
    /^29\/\d+ operation forbidden: read only access prevents virNetworkDefineXML/,
  ],
];

beforeAll(async () => {
  world = await World.create();
  const values = {
    NETWORK: network({ name: "n", subnet: 50 }),
    DOMAIN: bootDomain({ name: "d", disk: world.file("disk.img", bootDisk()) }),
    URI: world.uri,
  };
  const literal = (expression: string) =>
    Object.entries(values).reduce(
      (text, [name, value]) => text.replaceAll(name, JSON.stringify(value)),
      expression,
    );
  const input = JSON.stringify(rows.map(([name, expression]) => [name, literal(expression)]));
  const script = fileURLToPath(new URL("errors.py", import.meta.url));
  told = JSON.parse(await world.output(["/usr/bin/python3", script, world.uri], { input }));
});
afterAll(() => world?.close());

test.each(rows)("%s", (name, _expression, expected) => {
  if (expected instanceof RegExp) expect(told[name]).toMatch(expected);
  else expect(told[name]).toEqual(expected);
});
