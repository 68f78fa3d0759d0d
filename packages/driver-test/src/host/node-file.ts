import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { childNamed, childrenNamed, decodeXml, parseXml, type XmlElement, xmlError } from "@libvirt-ts/xml";
import { broken } from "../errors.ts";
import { defaultHost, hostCpuCount, type TestHost } from "./host.ts";

const MODEL_LENGTH = 32;
/** A bound for what lists and maps of processors are made of. */
const MAX_CPUS = 65_536;

/** Somebody who may open the host. */
export interface NodeUser {
  readonly name: string;
  /** Without one the name is enough. */
  readonly password: string | undefined;
}

/** A host as a file describes it: elements as they are written, each perhaps in a file of its own. */
export interface NodeDescription {
  readonly host: TestHost;
  readonly domains: readonly XmlElement[];
  readonly networks: readonly XmlElement[];
  readonly interfaces: readonly XmlElement[];
  readonly pools: readonly XmlElement[];
  readonly devices: readonly XmlElement[];
  readonly users: readonly NodeUser[];
}

const bad = (detail: string) => new VirError(ErrorDomain.TEST, ErrorCode.XML_ERROR, detail);

/**
 * Reads the description of a host, and the files it names.
 * @throws VirError XML_ERROR, XML_DETAIL, INTERNAL_ERROR
 */
export async function readNodeFile(path: string): Promise<NodeDescription> {
  const node = await readXmlFile(path);
  if (node.name !== "node") throw xmlError(`expecting root element of 'node', not '${node.name}'`);
  const host = readHost(node);
  const all = async (tag: string, part?: string) => {
    const found: XmlElement[] = [];
    for (const each of childrenNamed(node, tag)) {
      const element = await elementOf(each, path);
      found.push(part === undefined ? element : await withParts(element, part, path));
    }
    return found;
  };
  return {
    host,
    domains: await all("domain", "domainsnapshot"),
    networks: await all("network"),
    interfaces: await all("interface"),
    pools: await all("pool", "volume"),
    devices: await all("device"),
    users: readUsers(node),
  };
}

/** What an element stands for: itself, or what is in the file it names. */
async function elementOf(element: XmlElement, from: string): Promise<XmlElement> {
  const { file } = element.attrs;
  if (file === undefined) return element;
  return readXmlFile(isAbsolute(file) ? file : join(dirname(from), file));
}

async function withParts(element: XmlElement, part: string, from: string): Promise<XmlElement> {
  if (!element.children.some(({ name }) => name === part)) return element;
  const children: XmlElement[] = [];
  for (const each of element.children) {
    const { name, prefix, ns } = each;
    // What is read takes the place of the element, its namespace included.
    children.push(name === part ? { ...(await elementOf(each, from)), prefix, ns } : each);
  }
  return { ...element, children };
}

async function readXmlFile(path: string): Promise<XmlElement> {
  let text: string;
  try {
    text = decodeXml(await readFile(path));
  } catch (error) {
    // A folder reads as if it were empty; whatever else is wrong, there is no document.
    if ((error as NodeJS.ErrnoException).code !== "EISDIR")
      throw bad(`failed to parse xml document '${path}'`);
    text = "";
  }
  return parseXml(text, { file: path, errorDomain: ErrorDomain.TEST });
}

const fields = ["nodes", "sockets", "cores", "threads", "mhz", "active"] as const;

/** What is not said is as on the default host, which has cells, too. */
function readHost(node: XmlElement): TestHost {
  const cpu = childNamed(node, "cpu");
  const given: { [K in (typeof fields)[number]]?: number } = {};
  for (const field of fields) {
    const value = readNumber(cpu && childNamed(cpu, field), `cpu ${field}`);
    if (value !== undefined) given[field] = value;
  }
  const memoryKiB = readNumber(childNamed(node, "memory"), "memory");
  const model = (cpu && childNamed(cpu, "model")?.text) || undefined;
  if (model !== undefined && Buffer.byteLength(model) >= MODEL_LENGTH)
    throw broken(`Model ${model} too big for destination`);
  const { active, ...rest } = given;
  const host: TestHost = {
    ...defaultHost,
    cells: [],
    ...rest,
    ...(active !== undefined && { activeCpus: active }),
    ...(memoryKiB !== undefined && { memoryKiB }),
    ...(model !== undefined && { model }),
  };
  // differs: libvirt takes any number
  if (hostCpuCount(host) > MAX_CPUS) throw bad("invalid node cpu nodes value");
  return host;
}

function readNumber(element: XmlElement | undefined, what: string): number | undefined {
  const text = element?.text ?? "";
  if (text === "") return undefined;
  const value = /^\s*\+?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || (what !== "memory" && value > 0x7fff_ffff))
    throw bad(`invalid node ${what} value`);
  return value;
}

const readUsers = (node: XmlElement): NodeUser[] =>
  childrenNamed(node, "auth")
    .flatMap((auth) => childrenNamed(auth, "user"))
    .map(({ text, attrs }) => {
      if (text === "") throw bad("missing username in /node/auth/user field");
      return { name: text, password: attrs.password };
    });
