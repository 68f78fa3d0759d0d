import { connect } from "node:net";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { localSocket, planOf } from "@libvirt-ts/client";

/** Called by clients over ssh: `virt-ssh-helper [-r] URI`, with the arguments of C libvirt's own. */
const usage = "Usage: virt-ssh-helper [-r|--readonly] URI\n       virt-ssh-helper -h|-V\n";
const version = "virt-ssh-helper (libvirt) 11.3.0";

interface Wish {
  readonly uri: string;
  readonly readOnly: boolean;
}

/** @returns undefined if all was said already */
function wishOf(argv: readonly string[]): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      readonly: { type: "boolean", short: "r", default: false },
      version: { type: "boolean", short: "V" },
      help: { type: "boolean", short: "h" },
    },
  });
  const [uri, ...more] = positionals;
  if (values.help || values.version) {
    process.stdout.write(values.help ? usage : `${version}\n`);
    return undefined;
  }
  if (uri === undefined || more.length > 0) throw new Error(`expected one URI\n${usage}`);
  return { uri, readOnly: values.readonly };
}

/** Until either side has ended: what the other one sends then would reach nobody. */
async function join(path: string): Promise<void> {
  const socket = connect({ path, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const fromClient = pipeline(process.stdin, socket);
  const fromDaemon = pipeline(socket, process.stdout);
  await Promise.race([fromDaemon, fromClient.then(() => fromDaemon)]);
}

try {
  const wish = wishOf(process.argv.slice(2));
  if (wish !== undefined) {
    const { path } = await localSocket(planOf(wish.uri), { readOnly: wish.readOnly });
    await join(path);
  }
  process.exit(0);
} catch (error) {
  process.stderr.write(`virt-ssh-helper: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
