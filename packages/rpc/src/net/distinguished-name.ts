/** Attribute names where GnuTLS, whose spelling administrators have in their lists, differs from OpenSSL. */
const spelling: Readonly<Record<string, string>> = {
  emailAddress: "EMAIL",
  GN: "givenName",
  SN: "surName",
};

/**
 * A subject as libvirt shows and compares it: "C=GB,L=London,O=Example,CN=alice", in the certificate's own order.
 * @param subject as Node gives it: a part a line, special characters escaped
 */
export function distinguishedName(subject: string): string {
  return subject
    .split("\n")
    .map((part) =>
      part
        .split(/ \+ (?=[\w.]+=)/) // a plus sign inside a value is escaped
        .map(respell)
        .join("+"),
    )
    .join(",");
}

function respell(attribute: string): string {
  const [, name = "", rest = ""] = /^([^=]*)(.*)$/s.exec(attribute) ?? [];
  return (spelling[name] ?? name) + rest;
}
