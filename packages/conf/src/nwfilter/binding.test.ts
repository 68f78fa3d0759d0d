import { expect, test } from "vitest";
import { parseNwfilterBinding } from "./binding.ts";

const binding = (body: string) =>
  `<filterbinding><owner><name>g</name><uuid>81ff0d90-c91e-6742-64da-4a736edb9a9b</uuid></owner>${body}</filterbinding>`;
const card = "<portdev name='p'/><mac address='52:54:00:00:00:01'/>";

test.each([
  ["<filterbinding/>", "filter binding has no owner name"],
  [
    binding("<portdev name=''/><mac address='52:54:00:00:00:01'/><filterref filter='f'/>"),
    "filter binding has no port dev name",
  ],
  [
    binding("<portdev name='p'/><mac address=''/><filterref filter='f'/>"),
    "filter binding has no MAC address",
  ],
  [binding("<portdev name='p'/><mac address='x'/>"), "Unable to parse MAC 'x'"],
  [binding(`${card}<filterref filter=''/>`), "filter binding has no filter reference"],
])("refused: %s", (text, message) => {
  expect(() => parseNwfilterBinding(text)).toThrow(message);
});
