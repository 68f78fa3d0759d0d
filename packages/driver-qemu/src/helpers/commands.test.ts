import { parseDomain } from "@libvirt-ts/conf/domain";
import { expect, test } from "vitest";
import { banksArgs, setupArgs, swtpmArgs } from "./swtpm.ts";
import { emulatedTpm, tpmState } from "./tpm-state.ts";
import { servedFilesystems, virtiofsdArgs } from "./virtiofsd.ts";

const uuid = "c7a5fdbd-edaf-9455-926a-d65c16db1809";
const definition = (devices: string) =>
  parseDomain(
    `<domain type='kvm'><name>vm</name><uuid>${uuid}</uuid><memory>65536</memory><os><type>hvm</type></os>
     <devices>${devices}</devices></domain>`,
    {},
  );
const dirs = { tpmState: "/var/lib/libvirt/swtpm" };

function tpmOf(backend: string) {
  const tpm = emulatedTpm(definition(`<tpm model='tpm-tis'>${backend}</tpm>`));
  if (!tpm) throw new Error("no TPM that is played");
  return { tpm, state: tpmState(dirs, uuid, tpm), log: "/log/vm-swtpm.log" };
}

test.each([
  [
    "of version 2",
    "<backend type='emulator' version='2.0'/>",
    `socket --ctrl type=unixio,fd=9 --tpmstate dir=/var/lib/libvirt/swtpm/${uuid}/tpm2,mode=0600 --log file=/log/vm-swtpm.log --terminate --tpm2`,
  ],
  [
    "of version 1.2, talkative",
    "<backend type='emulator' version='1.2' debug='3'/>",
    `socket --ctrl type=unixio,fd=9 --tpmstate dir=/var/lib/libvirt/swtpm/${uuid}/tpm1.2,mode=0600 --log file=/log/vm-swtpm.log,level=3,prefix=[id=vm]  --terminate`,
  ],
  [
    "kept in a file",
    "<backend type='emulator' version='2.0'><source type='file' path='/t/state'/></backend>",
    "socket --ctrl type=unixio,fd=9 --tpmstate backend-uri=file:///t/state,mode=0600 --log file=/log/vm-swtpm.log --terminate --tpm2",
  ],
])("TPM %s", (_name, backend, line) => {
  expect(swtpmArgs({ ...tpmOf(backend), fd: 9, name: "vm" }).join(" ")).toBe(line);
});

test("making a TPM", () => {
  const own = tpmOf("<backend type='emulator' version='2.0'><source type='dir' path='/t'/></backend>");
  expect(setupArgs({ ...own, vmid: `vm:${uuid}` }).join(" ")).toBe(
    `--tpm2 --tpm-state /t --vmid vm:${uuid} --logfile /log/vm-swtpm.log --createek --create-ek-cert --create-platform-cert --lock-nvram --not-overwrite`,
  );
  expect(banksArgs(own, "sha1,sha256").join(" ")).toBe(
    "--tpm2 --tpm-state /t --logfile /log/vm-swtpm.log --pcr-banks sha1,sha256 --reconfigure",
  );
});

const shared = (inside: string) =>
  `<filesystem type='mount'><driver type='virtiofs'/><target dir='tag'/>${inside}</filesystem>`;

test.each([
  ["plain", "<source dir='/a,b'/>", ["--fd=7", "-o", "source=/a,,b"]],
  [
    "with everything",
    `<source dir='/a'/><binary path='/bin/v' xattr='on'><cache mode='always'/><sandbox mode='chroot'/>
     <lock posix='off' flock='on'/><thread_pool size='16'/><openfiles max='123'/></binary>
     <idmap><uid start='0' target='1000' count='1'/><gid start='0' target='100' count='2'/></idmap><readonly/>`,
    [
      "--fd=7",
      ...["-o", "source=/a,cache=always,sandbox=chroot,xattr,flock,no_posix_lock"],
      ...["--thread-pool-size=16", "--rlimit-nofile=123"],
      ...["--uid-map", ":0:1000:1:", "--gid-map", ":0:100:2:", "--readonly"],
    ],
  ],
])("shared folder: %s", (_name, inside, args) => {
  const [fs] = servedFilesystems(definition(shared(inside)));
  expect(fs && virtiofsdArgs(fs, 7, false)).toEqual(args);
});

test("what somebody else serves needs no program", () => {
  expect(servedFilesystems(definition(shared("<source socket='/run/v.sock'/>")))).toEqual([]);
});
