/** What a guest without an operating system does. */
export interface BootSectorOptions {
  /** Printed on COM1 at boot, followed by a line end. */
  banner?: string;
  /** Prints `tick NNNN` (hexadecimal) every this many timer ticks of 55 ms: a power of two up to 128; 0 = never. */
  ticks?: 0 | 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128;
}

type Item = number | { label: string } | { near: string } | { far: string } | { at: string };

const LOAD_ADDRESS = 0x7c00;
const SECTOR = 512;
const COM1 = 0x3f8;
const COM1_STATUS = 0x3fd;
/** ACPI power management block, where SeaBIOS puts it on both i440fx and q35. */
const PM_STATUS = 0x600;
const PM_ENABLE = 0x602;
const PM_CONTROL = 0x604;
const POWER_BUTTON = 0x100;
const SOFT_OFF = 0x2000;

const word = (value: number): [number, number] => [value & 0xff, value >> 8];
const movDx = (port: number): Item[] => [0xba, ...word(port)];
const movAx = (value: number): Item[] => [0xb8, ...word(value)];
const label = (name: string): Item => ({ label: name });
const call = (name: string): Item[] => [0xe8, { far: name }];
const jump = (name: string): Item[] => [0xe9, { far: name }];
const text = (value: string): number[] => [...Buffer.from(value, "latin1"), 0];

/**
 * The first sector of a disk that is a whole guest (SeaBIOS wants virtio disks of more than one sector: 64 KiB do): prints a banner on COM1, echoes what it reads there, goes off when
 * the ACPI power button is pressed or `Q` arrives, and resets itself on `R`. Idle, it waits in `hlt`.
 */
export function bootSector({ banner = "ready", ticks = 0 }: BootSectorOptions = {}): Uint8Array {
  const count: Item[] =
    ticks === 0
      ? []
      : [
          ...[0xff, 0x06, { at: "counter" }], // inc word [counter]
          ...[0xa1, { at: "counter" }, 0xa8, ticks - 1], // mov ax,[counter]; test al,mask
          ...[0x75, { near: "main" }], // jnz main
          ...[0xbe, { at: "tick" }, ...call("puts")],
          ...[0x8b, 0x1e, { at: "counter" }, 0xb9, 4, 0], // mov bx,[counter]; mov cx,4
          ...[label("digit"), 0xc1, 0xc3, 4, 0x88, 0xd8, 0x24, 0x0f], // rol bx,4; al = bl & 15
          ...[0x04, 0x30, 0x3c, 0x39, 0x76, 2, 0x04, 7], // to a hexadecimal digit
          ...[...call("putc"), 0xe2, { near: "digit" }], // loop digit
          ...[0xbe, { at: "newline" }, ...call("puts")],
        ];
  return assemble([
    ...[0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc, ...word(LOAD_ADDRESS), 0xfb, 0xfc], // ds = ss = 0, sp
    ...[...movDx(PM_ENABLE), ...movAx(POWER_BUTTON), 0xef], // out dx,ax
    ...[0xbe, { at: "banner" }, ...call("puts")],
    ...[label("main"), 0xf4], // hlt: until the next timer tick
    ...[label("poll"), ...movDx(COM1_STATUS), 0xec, 0xa8, 1, 0x74, { near: "nothing" }], // anything to read?
    ...[...movDx(COM1), 0xec, 0x3c, 0x51, 0x74, { near: "off" }, 0x3c, 0x52, 0x74, { near: "reset" }],
    ...[...call("putc"), 0xeb, { near: "poll" }],
    ...[label("nothing"), ...movDx(PM_STATUS), 0xed, 0xf6, 0xc4, 1, 0x75, { near: "off" }], // button pressed?
    ...[...count, ...jump("main")],
    ...[label("off"), ...movDx(PM_CONTROL), ...movAx(SOFT_OFF), 0xef, 0xf4, 0xeb, { near: "off" }],
    ...[label("reset"), 0xb0, 0xfe, 0xe6, 0x64, 0xeb, { near: "reset" }], // keyboard controller, pulse reset
    ...[label("putc"), 0x88, 0xc4, ...movDx(COM1_STATUS)], // ah = al
    ...[label("full"), 0xec, 0xa8, 0x20, 0x74, { near: "full" }, ...movDx(COM1), 0x88, 0xe0, 0xee, 0xc3],
    ...[label("puts"), 0xac, 0x84, 0xc0, 0x74, { near: "done" }, ...call("putc"), 0xeb, { near: "puts" }],
    ...[label("done"), 0xc3],
    ...[label("banner"), ...text(`${banner}\r\n`)],
    ...[label("tick"), ...text("tick "), label("newline"), ...text("\r\n"), label("counter"), 0, 0],
  ]);
}

/** Lays out the items from the load address and fills in the distances. */
function assemble(program: readonly Item[]): Uint8Array {
  const labels = new Map<string, number>();
  let length = 0;
  for (const item of program) {
    if (typeof item === "object" && "label" in item) labels.set(item.label, length);
    else length += typeof item === "number" || "near" in item ? 1 : 2;
  }
  if (length > SECTOR - 2) throw new Error(`boot sector: ${length} bytes do not fit`);
  const sector = Buffer.alloc(SECTOR);
  let at = 0;
  const target = (name: string) => labels.get(name) ?? Number.NaN;
  for (const item of program) {
    if (typeof item === "number") at = sector.writeUInt8(item, at);
    else if ("near" in item) at = sector.writeInt8(target(item.near) - at - 1, at);
    else if ("far" in item) at = sector.writeInt16LE(target(item.far) - at - 2, at);
    else if ("at" in item) at = sector.writeUInt16LE(LOAD_ADDRESS + target(item.at), at);
  }
  sector.writeUInt16LE(0xaa55, SECTOR - 2);
  return sector;
}
