import { crc32, deflateSync } from "node:zlib";
import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import type { RemoteHandlers } from "@libvirt-ts/hypervisor";

const WIDTH = 640;
const HEIGHT = 480;
/** One byte a pixel. */
const [GREYSCALE, DEPTH] = [0, 8];
const SQUARE = 80;

/** What every guest shows on all its screens, running or not: a chequered picture. */
export const screenshotHandlers: RemoteHandlers = {
  domainScreenshot({ flags }, call) {
    checkFlags(flags, 0, "testDomainScreenshot", ErrorDomain.TEST);
    call.openStream({
      async serve(stream) {
        await stream.write(chequered());
        await stream.end();
      },
    });
    return { mime: "image/png" };
  },
};

let made: Buffer | undefined;

function chequered(): Buffer {
  made ??= png((x, y) => ((Math.floor(x / SQUARE) + Math.floor(y / SQUARE)) % 2 === 0 ? 0x30 : 0xc0));
  return made;
}

/** @param shade of each pixel, 0 to 255 */
function png(shade: (x: number, y: number) => number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.writeUInt8(DEPTH, 8);
  header.writeUInt8(GREYSCALE, 9);
  // Before each line stands how it was prepared: not at all.
  const lines = Array.from({ length: HEIGHT }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: WIDTH }, (_, x) => shade(x, y))]),
  );
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(lines))),
    chunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
