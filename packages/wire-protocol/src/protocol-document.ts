/**
 * The parts of `docs/wire-protocol.md` that follow from the code: the tables of messages and the diagrams of
 * conversations. A test keeps the document equal to what this file writes.
 */
import type { TSchema } from 'typebox';
import { CONVERSATIONS, type Conversation, type Step } from './conversation-table.ts';
import { MESSAGES } from './message.ts';
import { KIB, type MessageDefinition, MIB } from './message-definition.ts';
import { shapeOf } from './schema-shape.ts';

const definitions = Object.entries(MESSAGES) as [string, MessageDefinition][];

/** Number, name, from whom to whom, longest payload, purpose. */
export function messageTable(): string {
  const rows = definitions.map(([name, { type, source, target, payloadBytesMax, purpose }]) =>
    tableRow([
      `\`0x${type.toString(16).padStart(2, '0')}\``,
      `\`${name}\``,
      `${source.join(', ')} → ${target.join(', ')}`,
      formatBytes(payloadBytesMax),
      purpose,
    ]),
  );
  return [
    tableRow(['type', 'name', 'source → target', 'payload at most', 'purpose']),
    tableRow(['---', '---', '---', '---:', '---']),
    ...rows,
  ].join('\n');
}

/** The fields of every message. */
export function fieldTables(): string {
  return definitions.flatMap(([name, { schema }]) => (schema === null ? [] : [fieldList(name, schema)])).join('\n\n');
}

function fieldList(name: string, schema: TSchema): string {
  const shape = shapeOf(schema);
  const fields = shape.kind === 'map' ? [...shape.fields] : [];
  if (fields.length === 0) return `**\`${name}\`**: no fields.`;
  return [`**\`${name}\`**`, '', ...fields.map(([field, fieldSchema]) => `- \`${field}\`: ${describeSchema(fieldSchema)}`)].join('\n');
}

/** A kind of value in a few words: "text, at most 64 bytes", "node id or null", "list of at most 9 × node id". */
function describeSchema(schema: TSchema): string {
  const { title } = schema as { readonly title?: string };
  if (title !== undefined) return title;
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case 'map':
      return `{ ${[...shape.fields].map(([name, field]) => `\`${name}\`: ${describeSchema(field)}`).join('; ')} }`;
    case 'array':
      return `list of ${shape.itemsMin > 0 ? `${shape.itemsMin} to ` : 'at most '}${shape.itemsMax} × ${describeSchema(shape.item)}`;
    case 'union':
      return shape.options.map(describeSchema).join(' or ');
    case 'literal':
      return `\`${JSON.stringify(shape.value)}\``;
    case 'bytes':
      return shape.bytesMin === shape.bytesMax ? `${shape.bytesMax} bytes` : `${shape.bytesMin} to ${formatBytes(shape.bytesMax)}`;
    case 'text':
      return `text, ${shape.lengthMin > 0 ? `${shape.lengthMin} to ` : 'at most '}${formatBytes(shape.lengthMax)}`;
    case 'choice':
      return shape.values.map((value) => `\`"${value}"\``).join(' or ');
    case 'integer':
      return shape.maximum === Number.MAX_SAFE_INTEGER ? 'integer' : `integer, ${shape.minimum} to ${shape.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
  }
}

/** One numbered diagram for each conversation. */
export function conversationDiagrams(): string {
  const sections = (Object.entries(CONVERSATIONS) as [string, Conversation][]).map(([name, conversation]) => {
    const { channel, roles } = conversation;
    return [
      `### ${name[0]?.toUpperCase()}${name.slice(1)}`,
      '',
      `Channel \`${channel}\`, begun by a ${roles.join(' or a ')}.`,
      '',
      '```',
      ...diagram(conversation),
      '```',
    ].join('\n');
  });
  return sections.join('\n\n');
}

const ARROW_WIDTH = 40;

function diagram(conversation: Conversation): string[] {
  const { opening, isEpochNull, states } = conversation;
  const epoch = isEpochNull === undefined ? '' : isEpochNull ? ' (epoch null)' : ' (with epoch)';
  const lines = [diagramLine('1', { from: 'client', message: opening, next: null }, '', epoch)];
  for (const [index, [state, steps]] of Object.entries(states).entries()) {
    for (const [alternative, step] of steps.entries()) {
      const letter = steps.length === 1 ? '' : String.fromCharCode(97 + alternative);
      lines.push(diagramLine(`${index + 2}${letter}`, step, noteOf(step, state)));
    }
  }
  return ['      client                                      server', ...lines];
}

function noteOf(step: Step, state: string): string {
  if (step.next === null) return 'the end';
  return step.next === state ? 'any number of times' : '';
}

function diagramLine(number: string, { from, message }: Step, note: string, remark = ''): string {
  const label = ` ${message}${remark} `;
  const line = '─'.repeat(Math.max(0, ARROW_WIDTH - label.length - 3));
  const arrow = from === 'client' ? `──${label}${line}▶` : `◀${line}${label}──`;
  return `${number.padStart(4)}   │${arrow}│   ${note}`.trimEnd();
}

function formatBytes(bytes: number): string {
  if (bytes >= MIB && bytes % MIB === 0) return `${bytes / MIB} MiB`;
  if (bytes >= KIB && bytes % KIB === 0) return `${bytes / KIB} KiB`;
  return `${bytes.toLocaleString('en-US')} bytes`;
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
