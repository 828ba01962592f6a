import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from '@koa/router';
import type { Context } from 'koa';
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

/** `/openapi.json`, Swagger UI at `/docs`, ReDoc at `/redoc`. */
export function documentationRouter(openApi: () => object): Router {
  let document: string | undefined;
  const router = new Router();
  router.get('/openapi.json', context => {
    document ??= JSON.stringify(openApi());
    context.set('Cache-Control', 'public, no-cache');
    context.type = 'application/json';
    context.body = document;
  });
  router.get('/docs', context => page(context, 'swagger-ui-bundle.js', 'swagger.js', 'swagger-ui.css'));
  router.get('/redoc', context => page(context, 'redoc.standalone.js', 'redoc.js'));
  router.get('/docs/assets/:name', context => asset(context, context.params.name ?? ''));
  router.get('/', context => context.redirect('/docs'));
  return router;
}

function page(context: Context, library: string, script: string, style?: string): void {
  const link = style ? `<link rel="stylesheet" href="/docs/assets/${style}">` : '';
  context.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  context.set('Cache-Control', 'public, no-cache');
  context.type = 'text/html; charset=utf-8';
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
