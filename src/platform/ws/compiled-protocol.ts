import { RequestError } from '../http/problem.ts';
import { type Validate, validatorOf } from '../http/validation.ts';
import { nestsTooDeep } from '../json-depth.ts';
import { FrameError } from './frame-errors.ts';
import type { ReceivedFrame, SocketProtocol } from './protocol.ts';

/** What a client sent, as far as it is known before its type's schema has been asked. */
export interface Frame {
  readonly type: string;
  readonly client_id?: unknown;
}

/** Of a type that is not known, characters that are told back. */
const SHOWN = 40;

/** A protocol whose frames' schemas are compiled, once for all of its sockets. */
export class CompiledProtocol {
  readonly protocol: SocketProtocol;
  private readonly types = new Map<
    string,
    { readonly check: Validate; readonly received: ReceivedFrame<unknown> }
  >();

  constructor(protocol: SocketProtocol) {
    this.protocol = protocol;
    for (const received of protocol.received) {
      const { type, schema } = received;
      const literal = schema.properties.type as { readonly const?: unknown } | undefined;
      if (literal?.const !== type || this.types.has(type))
        throw new Error(
          `The frame "${type}" of ${protocol.name} has no literal type, or one that another has.`,
        );
      this.types.set(type, { check: validatorOf({ ...schema, additionalProperties: false }), received });
    }
  }

  /** @throws FrameError, RequestError, and what the protocol throws */
  handle(session: unknown, frame: Frame): Promise<void> | void {
    const known = this.types.get(frame.type);
    if (!known) throw unknownType(frame.type, [...this.types.keys()]);
    known.check(frame);
    return known.received.handle(session, frame as never);
  }
}

/** @throws FrameError, RequestError */
export function parseFrame(data: Buffer, isBinary: boolean): Frame {
  if (isBinary) throw new FrameError('frame.binary', 'A frame must be a text; this one was binary.');
  const frame = parseJson(data.toString());
  if (nestsTooDeep(frame))
    throw new RequestError('request.invalid', 'The frame has too many lists and objects in each other.');
  if (typeof frame !== 'object' || frame === null || typeof (frame as Partial<Frame>).type !== 'string')
    throw new FrameError('frame.unknown_type', 'A frame must be an object with a "type".');
  return frame as Frame;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestError('request.malformed_json', `The frame is not JSON: ${(error as Error).message}`);
  }
}

function unknownType(type: string, types: readonly string[]): FrameError {
  const shown = JSON.stringify(type.slice(0, SHOWN));
  return new FrameError('frame.unknown_type', `There is no frame ${shown} to send, but ${types.join(', ')}.`);
}
