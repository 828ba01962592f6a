import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from '@koa/router';
import type { Context } from 'koa';
import type { AsyncApiDocument } from '../ws/async-api.ts';
import { RequestError } from './problem.ts';

const require = createRequire(import.meta.url);

/** The pages' own parts, served from the packages that bring them: no page asks a foreign host for anything. */
const ASSETS = new Map<string, string>([
  ['swagger-ui.css', join(dirname(require.resolve('swagger-ui-dist')), 'swagger-ui.css')],
  ['swagger-ui-bundle.js', join(dirname(require.resolve('swagger-ui-dist')), 'swagger-ui-bundle.js')],
  [
    'redoc.standalone.js',
    join(dirname(require.resolve('redoc/package.json')), 'bundles', 'redoc.standalone.js'),
  ],
  ['async-api.css', join(import.meta.dirname, 'async-api.css')],
]);

const SCRIPTS = new Map<string, string>([
  [
    'swagger.js',
    `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null });`,
  ],
  [
    'redoc.js',
    `Redoc.init('/openapi.json', { disableGoogleFont: true, hideDownloadButtons: false }, document.getElementById('page'));`,
  ],
]);

/** Inline styles and `data:` pictures are how both pages draw themselves; Redoc searches in a worker. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "connect-src 'self'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'worker-src blob:',
  "frame-ancestors 'none'",
].join('; ');

const HTML = 'text/html; charset=utf-8';

/** A page without any script. */
const SCRIPTLESS_POLICY = "default-src 'none'; img-src data:; style-src 'self'; frame-ancestors 'none'";

export interface Documents {
  readonly openApi: () => object;
  readonly asyncApi: () => AsyncApiDocument;
}

/**
 * `/openapi.json`, with Swagger UI at `/docs` and ReDoc at `/redoc`; `/asyncapi.json`, which `/docs/chat` shows. The
 * documents and that page are made when they are first asked for, and what makes the page is loaded then.
 */
export function documentationRouter({ openApi, asyncApi }: Documents): Router {
  const router = new Router();
  router.get(
    '/openapi.json',
    keptText('application/json', () => JSON.stringify(openApi())),
  );
  router.get(
    '/asyncapi.json',
    keptText('application/json', () => JSON.stringify(asyncApi())),
  );
  router.get('/docs', context => page(context, 'swagger-ui-bundle.js', 'swagger.js', 'swagger-ui.css'));
  router.get('/redoc', context => page(context, 'redoc.standalone.js', 'redoc.js'));
  const chat = keptText(HTML, async () => (await import('./async-api-page.ts')).asyncApiPage(asyncApi()));
  router.get('/docs/chat', context => {
    context.set('Content-Security-Policy', SCRIPTLESS_POLICY);
    return chat(context);
  });
  router.get('/docs/assets/:name', context => asset(context, context.params.name ?? ''));
  router.get('/', context => context.redirect('/docs'));
  return router;
}

/** A text that is the same for everybody until the server is started anew. */
function keptText(type: string, make: () => string | Promise<string>): (context: Context) => Promise<void> {
  let text: string | undefined;
  return async context => {
    text ??= await make();
    context.set('Cache-Control', 'public, no-cache');
    context.type = type;
    context.body = text;
  };
}

function page(context: Context, library: string, script: string, style?: string): void {
  const link = style ? `<link rel="stylesheet" href="/docs/assets/${style}">` : '';
  context.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  context.set('Cache-Control', 'public, no-cache');
  context.type = HTML;
  context.body = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Atrium API</title><link rel="icon" href="data:,">${link}</head>
<body style="margin:0"><div id="page"></div>
<script src="/docs/assets/${library}"></script><script src="/docs/assets/${script}"></script></body>
</html>
`;
}

async function asset(context: Context, name: string): Promise<void> {
  const script = SCRIPTS.get(name);
  const file = ASSETS.get(name);
  if (script === undefined && file === undefined)
    throw new RequestError('request.unknown_route', `The documentation has no part ${name}.`);
  context.set('Cache-Control', 'public, max-age=3600');
  context.type = name.endsWith('.css') ? 'text/css' : 'text/javascript';
  if (file === undefined) {
    context.body = script;
    return;
  }
  context.body = withoutForeignHosts(await readFile(file, 'utf8'));
}

/** ReDoc shows its maker's logo from their host; the policy above would only refuse it. */
function withoutForeignHosts(script: string): string {
  return script.replaceAll('https://cdn.redoc.ly/redoc/logo-mini.svg', 'data:,');
}
