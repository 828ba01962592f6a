import { marked } from 'marked';
import type { AsyncApiDocument, Message, Operation } from '../ws/async-api.ts';
import { plain } from './html-text.ts';
import { schemaTable } from './schema-table.ts';

type Channel = AsyncApiDocument['channels'][string];

type SecurityScheme =
  AsyncApiDocument['components']['securitySchemes'][keyof AsyncApiDocument['components']['securitySchemes']];

const markdown = (text: string) => marked.parse(text, { async: false });

const last = ({ $ref }: { readonly $ref: string }) => $ref.slice($ref.lastIndexOf('/') + 1);

const HEADINGS = { receive: 'Clients send', send: 'Clients get' } as const;

/** The AsyncAPI document as a page that needs no script. */
export function asyncApiPage(document: AsyncApiDocument): string {
  const { info, channels, components } = document;
  const frames = new Set(payloadNames(document).values());
  const shared = Object.keys(components.schemas).filter(name => !frames.has(name));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Atrium over WebSocket</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/assets/async-api.css"></head>
<body>
<nav>
<strong>Atrium ${plain(info.version)}</strong>
<ul><li><a href="/docs">REST API</a></li><li><a href="/redoc">REST API, to read</a></li>
<li><a href="/asyncapi.json">AsyncAPI document</a></li></ul>
${Object.entries(channels)
  .map(([key, channel]) => contentsOf(document, key, channel))
  .join('\n')}
${shared.length > 0 ? `<h2>Shared parts</h2>\n<ul>${shared.map(name => `<li><a href="#${name}">${name}</a></li>`).join('')}</ul>` : ''}
</nav>
<main>
<h1>Atrium over WebSocket</h1>
${markdown(info.description)}
${Object.entries(channels)
  .map(([key, channel]) => channelSection(document, key, channel))
  .join('\n')}
${shared.map(name => schemaSection(name, components.schemas[name])).join('\n')}
</main>
</body>
</html>
`;
}

/** Message → the name of the schema that is all of its payload; of several with the same one, the first. */
function payloadNames({ components }: AsyncApiDocument): Map<string, string> {
  const names = new Map<string, string>();
  for (const [id, { payload }] of Object.entries(components.messages)) {
    const { $ref } = payload as { readonly $ref?: string };
    if ($ref && ![...names.values()].includes(last({ $ref }))) names.set(id, last({ $ref }));
  }
  return names;
}

function operationsOf(document: AsyncApiDocument, key: string, action: Operation['action']) {
  return Object.entries(document.operations).filter(
    ([, operation]) => operation.action === action && last(operation.channel) === key,
  );
}

function contentsOf(document: AsyncApiDocument, key: string, { title }: Channel): string {
  const lists = (['receive', 'send'] as const).map(action => {
    const items = operationsOf(document, key, action).map(
      ([id, operation]) => `<li><a href="#${id}"><code>${plain(operation.title)}</code></a></li>`,
    );
    return `<h3>${HEADINGS[action]}</h3>\n<ul>${items.join('')}</ul>`;
  });
  return `<h2><a href="#${key}">${plain(title)}</a></h2>\n${lists.join('\n')}`;
}

function channelSection(document: AsyncApiDocument, key: string, channel: Channel): string {
  const { atrium } = document.servers;
  const address = `${atrium.protocol}://${atrium.host}${atrium.pathname ?? ''}${channel.address}`;
  const subprotocol = channel.bindings.ws.headers.properties['Sec-WebSocket-Protocol'].const;
  const schemes = Object.values(document.components.securitySchemes).map(
    scheme => `<dt>${credentialOf(scheme)}</dt><dd>${markdown(scheme.description)}</dd>`,
  );
  const frames = (['receive', 'send'] as const).map(
    action =>
      `<h3>${HEADINGS[action]}</h3>\n${operationsOf(document, key, action)
        .map(([id, operation]) => frameArticle(document, id, operation))
        .join('\n')}`,
  );
  return `<section id="${key}">
<h2>${plain(channel.title)}</h2>
${markdown(channel.description)}
<dl><dt>address</dt><dd><code>${plain(address)}</code></dd>
<dt>subprotocol</dt><dd><code>${plain(subprotocol)}</code></dd>
${schemes.join('\n')}</dl>
${frames.join('\n')}
</section>`;
}

function credentialOf(scheme: SecurityScheme): string {
  return 'in' in scheme
    ? `${scheme.in} <code>${plain(scheme.name)}</code>`
    : 'header <code>Authorization</code>';
}

function frameArticle(document: AsyncApiDocument, id: string, { summary, reply }: Operation): string {
  const { messages, schemas } = document.components;
  const message = messages[id] as Message;
  const answers = (reply?.messages ?? []).map(
    reference =>
      `<a href="#${last(reference)}"><code>${plain(messages[last(reference)]?.name ?? '')}</code></a>`,
  );
  const { $ref } = message.payload as { readonly $ref?: string };
  const payload = $ref ? schemas[last({ $ref })] : message.payload;
  const schemaName = payloadNames(document).get(id);
  return `<article id="${id}">
<h4${schemaName ? ` id="${schemaName}"` : ''}><code>${plain(message.name)}</code> ${plain(summary)}</h4>
${schemaTable(payload)}
<pre>${plain(JSON.stringify(message.examples[0]?.payload, undefined, 2))}</pre>
${answers.length > 0 ? `<p>Answered by ${answers.join(', ')}.</p>` : ''}
</article>`;
}

function schemaSection(name: string, schema: unknown): string {
  return `<section id="${name}"><h2>${name}</h2>\n${schemaTable(schema)}\n</section>`;
}
