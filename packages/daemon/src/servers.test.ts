import { driverDaemonKeys, readConfig } from "@libvirt-ts/config";
import { expect, test } from "vitest";
import { driverSettings, managerSettings } from "./servers.ts";

const settings = (text: string) => driverSettings(readConfig(driverDaemonKeys, text, "f").values);

test("what the configuration sets", () => {
  expect(settings('max_clients = 30\nunix_sock_rw_perms = "0770"\nkeepalive_interval = -1')).toMatchObject({
    main: {
      limits: { maxClients: 30, maxAnonymousClients: 20, keepaliveInterval: -1 },
      workers: { min: 5, max: 20 },
    },
    modes: { main: 0o770, admin: 0o700, readOnly: undefined },
  });
});

test.each([
  ["max_clients = 5", "max_clients must not be smaller"],
  ['unix_sock_rw_perms = "rwx"', "Failed to parse mode 'rwx'"],
  ['auth_unix_rw = "pam"', "auth_unix_rw"],
])("refuses %j", (text, message) => {
  expect(() => settings(text)).toThrow(message);
});

test("who may come in", () => {
  expect(settings("").security).toEqual({ auth: {}, saslAllowedUsers: [], accessDrivers: [] });
  const text = 'auth_unix_rw = "sasl"\nauth_unix_ro = "none"\naccess_drivers = ["polkit"]';
  expect(settings(text).security).toMatchObject({
    auth: { main: "sasl", readOnly: "none" },
    accessDrivers: ["polkit"],
  });
});

test("lock and log daemon", () => {
  const { main, admin } = managerSettings({ max_clients: 7, admin_max_clients: 8 });
  expect(main.limits).toMatchObject({ maxClients: 7, maxAnonymousClients: 7, maxClientRequests: 1 });
  expect(admin.limits.maxClients).toBe(8);
});
