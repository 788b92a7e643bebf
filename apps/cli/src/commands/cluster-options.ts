/** What every command that speaks with the nodes takes. */
export const CLUSTER_OPTIONS = {
  nodes: { type: 'string', value: 'LIST', help: 'the nodes, as node-1=host:port,node-2=…,node-3=…' },
  'key-file': { type: 'string', value: 'FILE', help: 'the cluster key' },
  'data-dir': { type: 'string', value: 'DIR', help: 'the data directory of "npm start", where nodes and key are looked up (./data)' },
  json: { type: 'boolean', help: 'prints the answer as JSON' },
} as const;

/** What all of them do with a node's name. */
export const NODE_ARGUMENT = { NODE: 'name of the node, such as node-2' } as const;
