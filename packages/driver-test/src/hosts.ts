import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import type { Client, DriverEntrance, Service } from "@libvirt-ts/rpc/server";
import { badArgument } from "./errors.ts";
import { type Login, requireLogin } from "./host/login.ts";
import { readNodeFile } from "./host/node-file.ts";
import { openNode, openTestDriver, type TestDriverOptions } from "./open.ts";
import { DEFAULT_PATH, testServices } from "./service.ts";

/** The hosts of a process, and who may open them. */
export interface TestHosts extends DriverEntrance {
  /** @param login asked where a host wants to know who comes */
  services(uri: string, client: Client, login?: Login): readonly Service[] | Promise<readonly Service[]>;
}

/**
 * The hosts of a process: all clients of `test:///default` share one, for as long as any of them is there;
 * who opens `test:///PATH` has a host of its own, as the file describes it.
 */
export function testHosts(options: TestDriverOptions): TestHosts {
  let shared: { readonly services: readonly Service[]; clients: number } | undefined;
  return {
    scheme: "test",
    services(uri, client, login) {
      const path = pathOf(uri);
      if (path !== DEFAULT_PATH) return ownHost(options, path, login);
      shared ??= { services: testServices(openTestDriver(options)), clients: 0 };
      shared.clients++;
      client.onClose(() => {
        if (shared !== undefined && --shared.clients === 0) shared = undefined;
      });
      return shared.services;
    },
  };
}

/** As written. @throws VirError INVALID_ARG when there is none, NO_CONNECT for a host that is not this one */
function pathOf(uri: string): string {
  if (uri === "") return DEFAULT_PATH;
  const [, host = "", path = ""] = /^[^:]+:(?:\/\/([^/?#]*))?([^?#]*)/.exec(uri) ?? [];
  if (host !== "") throw new VirError(ErrorDomain.NONE, ErrorCode.NO_CONNECT, uri);
  if (path === "" || path === "/") throw badArgument("testOpen: supply a path or use test:///default");
  return path;
}

async function ownHost(
  options: TestDriverOptions,
  path: string,
  login: Login | undefined,
): Promise<readonly Service[]> {
  const node = await readNodeFile(decoded(path));
  const driver = openNode(options, node);
  if (node.users.length > 0) await requireLogin(node.users, login);
  return testServices(driver, path);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a lone % is what it is
  }
}
