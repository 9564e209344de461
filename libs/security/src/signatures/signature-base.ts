import { type InnerList, serializeInnerList } from 'structured-headers';

/** A message as its signature sees it. */
export interface SignedMessage {
  readonly method?: string;
  /** Absolute, as the client addressed it. */
  readonly targetUri?: string;
  readonly status?: number;
  /** Values of fields by their lower-case names; several lines of one name are joined with a comma. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A component that is covered and cannot be had: the message lacks it, or it is of a kind that we do not know. */
export class ComponentError extends Error {
  constructor(readonly component: string, reason: string) {
    super(`"${component}" ${reason}`);
  }
}

/** RFC 9421, 2.2: what is derived from the message and is no field. */
const derived: Record<string, (message: SignedMessage, uri: () => URL) => string | undefined> = {
  '@method': ({ method }) => method,
  '@target-uri': ({ targetUri }) => targetUri,
  '@scheme': (_message, uri) => uri().protocol.slice(0, -1),
  '@authority': (_message, uri) => uri().host,
  '@path': (_message, uri) => uri().pathname,
  '@query': (_message, uri) => uri().search || '?',
  '@request-target': (_message, uri) => uri().pathname + uri().search,
  '@status': ({ status }) => status?.toString(),
};

/** What a component says. Throws ComponentError. */
function valueOf(name: string, message: SignedMessage): string {
  if (name.startsWith('@')) {
    if (!Object.hasOwn(derived, name)) throw new ComponentError(name, 'is no component that is understood here');
    const value = derived[name](message, () => {
      if (message.targetUri === undefined) throw new ComponentError(name, 'is of requests alone');
      return new URL(message.targetUri);
    });
    if (value === undefined) throw new ComponentError(name, 'is nothing that this message has');
    return value;
  }
  if (name !== name.toLowerCase()) throw new ComponentError(name, 'is not written in lower case');
  const value = Object.hasOwn(message.headers, name) ? message.headers[name] : undefined;
  if (value === undefined) throw new ComponentError(name, 'is no field of this message');
  return [value].flat().map((line) => line.trim().replaceAll(/\s*\r?\n\s+/g, ' ')).join(', ');
}

/** The text that is signed (RFC 9421, 2.5). Throws ComponentError where a covered component cannot be had, or is covered twice. */
export function signatureBase(message: SignedMessage, covered: InnerList): Buffer {
  const seen = new Set<string>();
  const lines = covered[0].map(([name, parameters]) => {
    if (typeof name !== 'string') throw new ComponentError(String(name), 'is not written as a string');
    if (parameters.size > 0) throw new ComponentError(name, `has the parameter ${[...parameters.keys()].join(', ')}, which is not understood here`);
    if (seen.has(name)) throw new ComponentError(name, 'is covered twice');
    seen.add(name);
    const value = valueOf(name, message);
    // RFC 9421, 2.5: anything else could be written as the same bytes as another text, or pass for a line of its own.
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw new ComponentError(name, 'has characters that are not ASCII');
    return `"${name}": ${value}`;
  });
  return Buffer.from([...lines, `"@signature-params": ${serializeInnerList(covered)}`].join('\n'));
}
