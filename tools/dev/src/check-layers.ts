import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** From the ground up. A package imports only from lower lines, or from further left on its own line. */
const layers = [
  ["errors", "util", "xdr", "xml", "api", "native"],
  ["protocol", "conf", "cpu", "config"],
  ["logging", "host", "netdev", "firewall", "access"],
  ["rpc", "qmp"],
  ["keeper", "daemon", "objects", "lock-manager", "log-manager"],
  ["hypervisor"],
];
/** Drivers are peers: none imports another. */
const drivers = ["driver-qemu", "driver-network", "driver-test"];
/** What programs outside use; above the drivers, below daemons and tools. */
const outside = ["client", "cli"];
/** What may import anything, and be imported by tests alone. */
const testing = ["testing", "suites"];

const scope = "@libvirt-ts/";
const root = fileURLToPath(new URL("../../..", import.meta.url));

interface Package {
  name: string;
  folder: string;
  /** Entry points other packages may name: "@libvirt-ts/rpc/server". */
  entries: string[];
}

function packagesBelow(folder: string): Package[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && readdirSync(join(root, folder, entry.name)).includes("package.json"),
    )
    .map((entry) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, entry.name, "package.json"), "utf8")) as {
        exports?: Record<string, string>;
      };
      return {
        name: entry.name,
        folder: join(folder, entry.name),
        entries: Object.keys(manifest.exports ?? {}).map((key) => scope + join(entry.name, key)),
      };
    });
}

const rank = (name: string): number => {
  const line = layers.findIndex((names) => names.includes(name));
  if (line >= 0) return line * 100 + (layers[line]?.indexOf(name) ?? 0);
  if (drivers.includes(name)) return layers.length * 100;
  return outside.includes(name) ? (layers.length + 1) * 100 : Number.POSITIVE_INFINITY;
};

/** Why `from` must not import `specifier`, or undefined when it may. */
export function refuse(from: string, specifier: string, entries: readonly string[]): string | undefined {
  const target = specifier.slice(scope.length).split("/")[0] ?? "";
  if (target === from) return "a package imports its own files by path";
  const isEntry = entries.some((entry) =>
    entry.endsWith("/*") ? specifier.startsWith(entry.slice(0, -1)) : entry === specifier,
  );
  if (!isEntry) return "deep import: not an entry point of that package";
  if (target === "api-suites" || testing.includes(target)) return "only tests import the testing package";
  if (rank(target) >= rank(from)) return `${target} is not below ${from}`;
  return undefined;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function main(): void {
  const packages = [...packagesBelow("packages"), ...packagesBelow("packages/api")];
  const entries = packages.flatMap((pkg) => pkg.entries);
  const unknown = packages.filter(
    (pkg) => rank(pkg.name) === Number.POSITIVE_INFINITY && !testing.includes(pkg.name),
  );
  const complaints = unknown.map((pkg) => `${pkg.folder}: not on any layer`);
  for (const pkg of [...packages, ...packagesBelow("daemons")]) {
    for (const file of sources(join(root, pkg.folder, "src"))) {
      const isTest = file.endsWith(".test.ts") || testing.includes(pkg.name);
      const text = readFileSync(file, "utf8");
      for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*"(@libvirt-ts\/[^"]+)"/g)) {
        if (specifier === undefined) continue;
        const reason = refuse(pkg.name, specifier, entries);
        if (reason === undefined || (isTest && !reason.startsWith("deep"))) continue;
        complaints.push(`${relative(root, file)}: ${specifier}: ${reason}`);
      }
    }
  }
  for (const complaint of complaints) console.error(complaint);
  if (complaints.length > 0) process.exitCode = 1;
  else console.log(`layers hold: ${packages.length} packages`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
