export { bindTcp, type TcpAddress } from "./bind-tcp.ts";
export { connectTcp, connectTls, type RemoteAddress, type TlsClientOptions } from "./connect.ts";
export { distinguishedName } from "./distinguished-name.ts";
export { streamSocket } from "./stream-socket.ts";
export {
  checkOwnCertificate,
  readCredentials,
  type TlsCredentials,
  type TlsFiles,
} from "./tls-credentials.ts";
export { TlsListener, type TlsPolicy } from "./tls-listener.ts";
