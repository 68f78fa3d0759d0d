import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly crlFile?: string | undefined;
}

/** File contents, PEM. */
export interface TlsCredentials {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
  readonly crl?: Buffer;
}

/** @throws VirError SYSTEM_ERROR "Cannot read ... 'PATH'" */
export async function readCredentials({
  certFile,
  keyFile,
  caFile,
  crlFile,
}: TlsFiles): Promise<TlsCredentials> {
  const [cert, key, ca] = await Promise.all([
    read("certificate", certFile),
    read("private key", keyFile),
    read("CA certificate", caFile),
  ]);
  return { cert, key, ca, ...(crlFile && { crl: await read("CRL", crlFile) }) };
}

async function read(what: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw configError(`Cannot read ${what} '${path}'`, cause);
  }
}

/**
 * Finds what would only come out when the first client fails.
 * @param at now, milliseconds since 1970
 * @throws VirError SYSTEM_ERROR
 */
export function checkOwnCertificate({ cert, ca }: TlsCredentials, at: number): void {
  const own = parse(cert, "server certificate");
  const issuers = certificatesIn(ca).map((text) => parse(text, "CA certificate"));
  for (const each of [own, ...issuers]) {
    const name = each === own ? "server certificate" : "CA certificate";
    if (Date.parse(each.validTo) < at) throw configError(`The ${name} has expired`);
    if (Date.parse(each.validFrom) > at) throw configError(`The ${name} is not yet active`);
  }
  const between = certificatesIn(cert)
    .slice(1)
    .map((text) => parse(text, "server certificate"));
  if (![...issuers, ...between].some((issuer) => own.checkIssued(issuer) && own.verify(issuer.publicKey))) {
    throw configError("The server certificate is not issued by the CA");
  }
}

const certificatesIn = (pem: Buffer): string[] =>
  pem.toString("latin1").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

function parse(pem: string | Buffer, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw configError(`Unable to import ${what}`, cause);
  }
}

/** libvirt reports what is wrong with its own files as system errors. */
const configError = (text: string, cause?: unknown): VirError =>
  new VirError(ErrorDomain.RPC, ErrorCode.SYSTEM_ERROR, text, cause === undefined ? {} : { cause });
