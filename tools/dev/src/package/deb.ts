import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** One file of a package. */
export type Entry = { readonly mode?: number; readonly conffile?: boolean } & (
  | { readonly from: string }
  | { readonly text: string }
  | { readonly link: string }
);

export interface Deb {
  readonly name: string;
  readonly version: string;
  /** As dpkg names it: `amd64`, or `all`. */
  readonly architecture: string;
  readonly summary: string;
  readonly description: string;
  /** Further fields of the control file: Depends, Conflicts, … */
  readonly relations: Readonly<Record<string, string>>;
  /** By absolute path on the system it is installed on. */
  readonly files: Readonly<Record<string, Entry>>;
  /** Maintainer scripts by name: postinst, prerm, … */
  readonly scripts: Readonly<Record<string, string>>;
}

/**
 * Builds a package with dpkg-deb. The same content gives the same bytes: all times are that of the source.
 * @param epoch of the source, in seconds since 1970
 * @returns path of the package
 */
export function buildDeb(deb: Deb, out: string, epoch: number): string {
  const stage = mkdtempSync(join(tmpdir(), "deb-"));
  try {
    chmodSync(stage, 0o755);
    for (const [path, entry] of Object.entries(deb.files)) place(join(stage, path), entry);
    mkdirSync(join(stage, "DEBIAN"));
    writeFileSync(join(stage, "DEBIAN/control"), control(deb));
    const conffiles = Object.entries(deb.files).flatMap(([path, { conffile }]) =>
      conffile ? [`${path}\n`] : [],
    );
    if (conffiles.length > 0) writeFileSync(join(stage, "DEBIAN/conffiles"), conffiles.join(""));
    for (const [name, text] of Object.entries(deb.scripts))
      place(join(stage, "DEBIAN", name), { text, mode: 0o755 });
    mkdirSync(out, { recursive: true });
    const file = join(out, `${deb.name}_${deb.version}_${deb.architecture}.deb`);
    execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", "--build", stage, file], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) },
    });
    return file;
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** A man page compressed as packages have them, without name and time of the file. */
export function compressed(path: string): Entry {
  return { text: gzipSync(readFileSync(path), { level: 9 }).toString("latin1") };
}

/** Every file below a folder, as entries below another. */
export function folder(from: string, to: string): Record<string, Entry> {
  const names = readdirSync(from).sort();
  return Object.fromEntries(names.map((name) => [join(to, name), { from: join(from, name) }]));
}

function place(path: string, entry: Entry): void {
  const umask = process.umask(0o022);
  mkdirSync(dirname(path), { recursive: true });
  if ("link" in entry) symlinkSync(entry.link, path);
  else {
    writeFileSync(path, "from" in entry ? readFileSync(entry.from) : Buffer.from(entry.text, "latin1"));
    chmodSync(path, entry.mode ?? 0o644);
  }
  process.umask(umask);
}

function control({ name, version, architecture, summary, description, relations }: Deb): string {
  const fields = {
    Package: name,
    Version: version,
    Architecture: architecture,
    Maintainer: "libvirt-ts developers <libvirt-ts@localhost>",
    Section: "admin",
    Priority: "optional",
    ...relations,
    Description: `${summary}\n ${description}`,
  };
  return Object.entries(fields)
    .map(([field, value]) => `${field}: ${value}\n`)
    .join("");
}
