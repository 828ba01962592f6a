import { API_ROOT } from '../http/endpoint.ts';
import { hoisted, type Json } from '../http/open-api-responses.ts';
import { exampleOf } from './example-of.ts';
import { CLOSE, type ReceivedFrame, type SentFrame, type SocketProtocol } from './protocol.ts';

/** What a closed socket says, and what its client does about it. */
const CLOSE_MEANINGS: Readonly<Record<keyof typeof CLOSE, readonly [meaning: string, advice: string]>> = {
  protocolError: ['A frame was not as RFC 6455 wants it.', 'Mend the client.'],
  badText: ['A text was not UTF-8.', 'Mend the client.'],
  policy: ['A rule was broken.', 'Mend the client.'],
  tooBig: ['A frame had more bytes than the limit.', 'Send less at once.'],
  failed: ['The server could not begin.', 'Connect again later.'],
  restart: ['The server stops or is restarted.', 'Connect again, after a random pause.'],
  tryLater: [
    'The server has no place for another connection now.',
    'Connect again later, and less and less often.',
  ],
  sessionEnded: ['The session has ended, or the token has expired.', 'Sign in again, or get a new token.'],
  heartbeatLost: ['Nothing was heard of the client for too long.', 'Connect again; answer pings.'],
  tooSlow: [
    'More than the limit waited for a client that did not read.',
    'Connect again, and ask for what was missed.',
  ],
  tooManyFrames: ['More frames came than the limit allows.', 'Connect again after a pause, and send less.'],
};

const DESCRIPTION = `What goes over WebSocket (RFC 6455) between this server and its clients. The rest of the API is at
[/docs](/docs) and [/redoc](/redoc).

Every frame is a text that holds one JSON object with a \`type\`. What the server *receives* is what clients send, and
what it *sends* is what they get. A client proves who it is when it connects: by the cookie of a browser's session, an
access token, or a ticket.

A socket is closed with one of these codes:

| code | meaning | what to do |
| ---- | ------- | ---------- |
${Object.entries(CLOSE)
  .map(([name, code]) => `| ${code} | ${CLOSE_MEANINGS[name as keyof typeof CLOSE].join(' | ')} |`)
  .join('\n')}`;

const TICKET =
  'A ticket that is good once and for seconds, for clients that can set neither cookie nor header.';

export interface AsyncApiOptions {
  readonly version: string;
  /** How clients reach the server: an absolute URL with http or https. */
  readonly publicUrl: string;
  readonly sessionCookie: string;
}

interface Reference {
  readonly $ref: string;
}

export interface Message {
  /** The frame's type. */
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly payload: unknown;
  readonly examples: readonly { readonly payload: unknown }[];
}

export interface Operation {
  readonly action: Action;
  readonly channel: Reference;
  readonly title: string;
  readonly summary: string;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
}

export type AsyncApiDocument = ReturnType<typeof asyncApiDocument>;

/** What is told of a protocol, whatever its sessions are. */
type Documented = Omit<SocketProtocol<never>, 'open' | 'ended'>;

/** The AsyncAPI 3.0 document of all protocols, made of the declarations that also serve them. */
export function asyncApiDocument(
  protocols: readonly Documented[],
  { version, publicUrl, sessionCookie }: AsyncApiOptions,
) {
  const schemas = new Map<string, Json>();
  const { protocol, host, pathname } = new URL(publicUrl);
  const messages = protocols.flatMap(one => messagesOf(one, schemas));
  return {
    asyncapi: '3.0.0',
    info: { title: 'Atrium', version, description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: {
      atrium: {
        host,
        ...(pathname !== '/' && { pathname }),
        protocol: protocol === 'https:' ? 'wss' : 'ws',
        security: ['cookie', 'bearer', 'ticket'].map(name => ({
          $ref: `#/components/securitySchemes/${name}`,
        })),
      },
    },
    channels: Object.fromEntries(protocols.map(one => [keyOf(one), channelOf(one)])),
    operations: Object.fromEntries(protocols.flatMap(operationsOf)),
    components: {
      messages: Object.fromEntries(messages),
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        cookie: {
          type: 'httpApiKey',
          in: 'cookie',
          name: sessionCookie,
          description: 'What `/auth/login` gives to a browser.',
        },
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token of `/auth/token`.' },
        ticket: { type: 'httpApiKey', in: 'query', name: 'ticket', description: TICKET },
      },
    },
  };
}

type Action = 'receive' | 'send';

const keyOf = ({ name }: Documented) => name.toLowerCase().replace(/\W+/g, '-');

/** As `receiveChatJoin`: of an operation, and of the one message that it is about. */
function idOf(protocol: Documented, action: Action, type: string): string {
  const words = `${protocol.name} ${type}`.split(/[\W_]+/);
  return action + words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function channelOf(protocol: Documented) {
  const { name, description, path, subprotocol, scope, received, sent } = protocol;
  const ids = [
    ...received.map(({ type }) => idOf(protocol, 'receive', type)),
    ...sent.map(({ type }) => idOf(protocol, 'send', type)),
  ];
  return {
    address: API_ROOT + path,
    title: name,
    description: `${description}\n\nNeeds the scope \`${scope}\`.`,
    servers: [{ $ref: '#/servers/atrium' }],
    messages: Object.fromEntries(ids.map(id => [id, { $ref: `#/components/messages/${id}` }])),
    bindings: {
      ws: {
        method: 'GET',
        query: { type: 'object', properties: { ticket: { type: 'string', description: TICKET } } },
        headers: {
          type: 'object',
          properties: { 'Sec-WebSocket-Protocol': { type: 'string', const: subprotocol } },
          required: ['Sec-WebSocket-Protocol'],
        },
        bindingVersion: '0.1.0',
      },
    },
  };
}

function messagesOf(protocol: Documented, schemas: Map<string, Json>): [string, Message][] {
  const messageOf =
    (action: Action) =>
    ({ type, summary, schema }: ReceivedFrame<never> | SentFrame): [string, Message] => [
      idOf(protocol, action, type),
      {
        name: type,
        title: type,
        summary,
        payload: hoisted(schema, schemas),
        examples: [{ payload: exampleOf(schema, `${protocol.name}: ${type}`) }],
      },
    ];
  return [...protocol.received.map(messageOf('receive')), ...protocol.sent.map(messageOf('send'))];
}

function operationsOf(protocol: Documented): [string, Operation][] {
  const { name, received, sent } = protocol;
  const channel = { $ref: `#/channels/${keyOf(protocol)}` };
  const message = (action: Action, type: string) => ({
    $ref: `${channel.$ref}/messages/${idOf(protocol, action, type)}`,
  });
  const sentTypes = new Set(sent.map(({ type }) => type));
  const operationOf = (action: Action, { type, summary }: SentFrame): Operation => ({
    action,
    channel,
    title: type,
    summary,
    messages: [message(action, type)],
  });
  return [
    ...received.map((frame): [string, Operation] => {
      const answers = answersOf(frame, sentTypes);
      const unknown = answers.find(type => !sentTypes.has(type));
      if (unknown !== undefined)
        throw new Error(`${name}: ${frame.type} is answered by ${unknown}, which is not declared as sent.`);
      return [
        idOf(protocol, 'receive', frame.type),
        {
          ...operationOf('receive', frame),
          ...(answers.length > 0 && {
            reply: { channel, messages: answers.map(type => message('send', type)) },
          }),
        },
      ];
    }),
    ...sent.map((frame): [string, Operation] => [
      idOf(protocol, 'send', frame.type),
      operationOf('send', frame),
    ]),
  ];
}

/** What a handler throws is answered by `error`, so any frame may be. */
function answersOf({ answers }: ReceivedFrame<never>, sent: ReadonlySet<string>): string[] {
  return [...new Set([...answers, ...(sent.has('error') ? ['error'] : [])])];
}
