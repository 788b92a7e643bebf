export { type ConnectOptions, connectTo } from './connect-to.ts';
export { Connection, type Peer } from './connection.ts';
export { CONNECTIONS_MAX, ConnectionPool, type ConnectionPoolOptions } from './connection-pool.ts';
export { type ReadOptions, WRITE_PROGRESS_TIMEOUT_MS } from './frame-socket.ts';
export {
  type ClientIdentification,
  type Expectation,
  HANDSHAKE_TIMEOUT_MS,
  type Identification,
  type ProvenPeer,
  type ServerIdentification,
} from './handshake.ts';
export { HALF_OPEN_MAX, type Listener, type ListenOptions, listen } from './listener.ts';
export type { FailureContext } from './refuse.ts';
