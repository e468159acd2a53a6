// Lets a certified OpenID provider (oidc-provider) issue access tokens, and asks kemitraan by them: while keys are rotated, for bad
// tokens, and once the provider is gone.
//
//   node run.mjs [BINARY]      BINARY defaults to target/debug/kemitraan of this repository
//
// Prints a line for each expectation that is not met. Exit code 1 if there is any.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SignJWT, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK } from 'jose';
import Provider from 'oidc-provider';

const START_MS = 60_000;
const REQUEST_MS = 30_000;
/** Seconds, as kemitraan is told. */
const INTERVAL = 1;
const REFRESH = 3;
const RESOURCE = 'https://kemitraan.example/graphql';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = process.argv[2] ? resolve(process.argv[2]) : join(root, 'target/debug/kemitraan');
const data = mkdtempSync(join(tmpdir(), 'kemitraan-oidc-'));

/** What the provider knows of each client: these are claims of its tokens. */
const CLIENTS = {
  'p-0001': { seat: { role: 'KEMENBUMN', organisation: 'KEMENBUMN', level: 'APPROVER' } },
  'service:erp-pln': { seat: { role: 'BUMN', organisation: 'PLN', level: 'OFFICER' } },
  'a-0001': {
    seat: { role: 'AUDITOR' },
    assignment: { institution: 'Contoh lembaga', number: 'CONTOH/1', organisations: ['PLN'], from: '2021-01-01', until: '2999-12-31' },
  },
  'x-role': { seat: { role: 'BUMN', organisation: 'KEMENBUMN', level: 'OFFICER' } },
  'x-none': {},
};

let server;
let logs = '';
let failed = 0;
let passed = 0;

process.on('exit', () => {
  server?.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true, maxRetries: 3 });
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

function expect(holds, what, detail) {
  if (holds) {
    passed += 1;
  } else {
    failed += 1;
    console.log(`FAILED ${what}: ${JSON.stringify(detail)}`);
  }
}

// The provider.

const http = createServer((request, response) => {
  fetched[request.url] = (fetched[request.url] ?? 0) + 1;
  handle(request, response);
});
/** How often each path was asked for. */
const fetched = {};
let handle;
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const issuer = `http://127.0.0.1:${http.address().port}`;

async function key(kid, alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

/** The provider with these keys, the first of which signs. */
function provide(keys, audience = 'kemitraan') {
  const client = (client_id) => ({
    client_id,
    client_secret: 'secret-of-a-test',
    // None is asked for, but the provider wants one that a key of it can sign.
    id_token_signed_response_alg: keys[0].alg,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  });
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: Object.keys(CLIENTS).map(client),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        getResourceServerInfo: () => ({
          scope: '',
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: keys[0].alg } },
        }),
      },
    },
    ttl: { ClientCredentials: 3600 },
    extraTokenClaims: (ctx, token) => CLIENTS[token.clientId],
  });
  handle = provider.callback();
}

async function token(client) {
  const credentials = `${encodeURIComponent(client)}:${encodeURIComponent('secret-of-a-test')}`;
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: RESOURCE }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const body = await response.json();
  if (!body.access_token) {
    throw new Error(`the provider gave no token: ${JSON.stringify(body)}`);
  }
  return body.access_token;
}

// The program.

function run(...args) {
  const done = spawnSync(binary, args, { env: environment, encoding: 'utf8' });
  if (done.status !== 0) {
    throw new Error(`kemitraan ${args.join(' ')}: ${done.stderr}`);
  }
}

const environment = {
  ...process.env,
  KEMITRAAN_DATABASE: `sqlite://${join(data, 'kemitraan.db')}`,
  KEMITRAAN_KEYS: join(data, 'keys'),
  KEMITRAAN_OIDC_ISSUER: issuer,
  KEMITRAAN_OIDC_CLAIMS: 'role=/seat/role,org=/seat/organisation,level=/seat/level',
  KEMITRAAN_OIDC_INTERVAL: String(INTERVAL),
  KEMITRAAN_OIDC_REFRESH: String(REFRESH),
};

/** Starts the program; resolves to its address. */
function start() {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not listening within ${START_MS / 1000} s`)), START_MS);
    server = spawn(binary, ['serve', '--budget-sign-ins', '0', '--listen', '127.0.0.1:0'], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`ended with ${code} before it listened`)));
    server.stderr.setEncoding('utf8').on('data', (chunk) => {
      logs += chunk;
      const address = logs.match(/"address":"(127\.0\.0\.1:\d+)"/);
      if (address) {
        clearTimeout(timer);
        resolve(`http://${address[1]}/graphql`);
      }
    });
  });
}

let url;

async function ask(bearer, query = '{ viewer { actor role level organisation { code } assignment { organisations } } }') {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const body = await response.json();
  return { status: response.status, viewer: body.data?.viewer, words: body.errors?.[0]?.message };
}

async function accepts(bearer, what) {
  const answer = await ask(bearer);
  expect(answer.status === 200 && answer.viewer, what, answer);
  return answer.viewer;
}

async function refuses(bearer, words, what) {
  const answer = await ask(bearer);
  expect(answer.status === 401 && answer.words?.includes(words), what, answer);
}

const UNKNOWN = 'the key (kid) is not known here';

/** How many times the provider's keys may have been fetched since a moment. */
const most = (since) => 1 + Math.floor((Date.now() - since) / (INTERVAL * 1000));

try {
  const first = await key('first', 'RS256');
  const second = await key('second', 'ES256');
  const third = await key('third', 'EdDSA');
  provide([first]);
  run('migrate');
  run('seed');
  url = await start();

  // Who somebody is, as the provider's claims say.
  const minister = await token('p-0001');
  expect(decodeProtectedHeader(minister).kid === 'first', 'the first key signs', decodeProtectedHeader(minister));
  expect(decodeJwt(minister).aud === 'kemitraan', 'the audience', decodeJwt(minister));
  const viewer = await accepts(minister, 'an approver of KEMENBUMN');
  expect(
    viewer?.role === 'KEMENBUMN' && viewer?.level === 'APPROVER' && viewer?.organisation?.code === 'KEMENBUMN' && viewer?.actor === decodeJwt(minister).sub,
    'the claims of an approver',
    viewer,
  );
  const machine = await accepts(await token('service:erp-pln'), 'a machine of PLN');
  expect(machine?.role === 'BUMN' && machine?.level === 'OFFICER' && machine?.organisation?.code === 'PLN', 'its claims', machine);
  const auditor = await accepts(await token('a-0001'), 'an auditor with a letter');
  expect(auditor?.role === 'AUDITOR' && auditor?.assignment?.organisations?.[0] === 'PLN', 'its letter', auditor);
  await refuses(await token('x-role'), 'does not hold this seat', 'a seat that is not the organisation\'s');
  await refuses(await token('x-none'), 'is missing', 'a token without a role');

  // For another audience; a token that is none of its own.
  provide([first], 'another');
  await refuses(await token('p-0001'), 'another audience', 'a token for another audience');
  provide([first]);
  const claims = decodeJwt(minister);
  const forged = await key('first', 'RS256');
  const sign = async (jwk, kid, alg, more = {}) =>
    new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg, kid, typ: 'at+jwt' }).sign(await importJWK(jwk, alg));
  await refuses(await sign(forged, 'first', 'RS256'), 'signature does not fit', 'a token by another key of the same name');
  const secret = { kty: 'oct', k: Buffer.from(first.n, 'base64url').toString('base64url') };
  await refuses(await sign(secret, 'first', 'HS256'), 'algorithm (alg)', 'a public key taken for a secret');
  const parts = minister.split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', kid: 'first' })).toString('base64url');
  await refuses(`${none}.${parts[1]}.`, 'algorithm (alg)', 'a token without a signature');
  await refuses(await sign(first, 'first', 'RS256', { exp: 1 }), 'has expired', 'an expired token');

  // Another key signs, and the one before still verifies.
  provide([second, first]);
  await sleep(INTERVAL * 1000 + 100);
  const by_second = await token('p-0001');
  expect(decodeProtectedHeader(by_second).kid === 'second', 'the second key signs', decodeProtectedHeader(by_second));
  await accepts(by_second, 'a token by a key that has come');
  await accepts(minister, 'a token by the key before');

  // The first is taken out: it goes with the next look at all keys.
  provide([third, second]);
  await sleep(INTERVAL * 1000 + 100);
  await accepts(await token('p-0001'), 'a token by the third key (EdDSA)');
  await refuses(minister, UNKNOWN, 'a token by a key that was taken out');
  await accepts(by_second, 'a token by the key that stays');
  provide([third]);
  await sleep(REFRESH * 1000 + 100);
  const by_third = await token('p-0001');
  await accepts(by_third, 'a known key when its time is over');
  await sleep(500);
  await refuses(by_second, UNKNOWN, 'a key that was taken out, and nothing else asked for');

  // Nothing is fetched for a bad token.
  await sleep(INTERVAL * 1000 + 100);
  let [since, before] = [Date.now(), fetched['/jwks']];
  const bad = await Promise.all(Array.from({ length: 60 }, (_, at) => sign(forged, `unknown-${at}`, 'RS256')));
  await Promise.all(bad.map((bearer) => refuses(bearer, UNKNOWN, 'a token by an unknown key')));
  expect(fetched['/jwks'] - before <= most(since), 'no fetch for each bad token', fetched['/jwks'] - before);
  for (let at = 0; at < 20; at += 1) {
    await accepts(by_third, 'a known key meanwhile');
  }
  expect(fetched['/jwks'] - before <= most(since), 'no fetch for good ones', fetched['/jwks'] - before);

  // The provider is gone.
  http.close();
  http.closeAllConnections();
  await sleep(REFRESH * 1000 + 100);
  const lines = () => logs.split('\n').filter((line) => line.includes('keys cannot be read')).length;
  [since, before] = [Date.now(), lines()];
  await accepts(by_third, 'a known key while the provider is gone');
  await Promise.all(bad.map((bearer) => refuses(bearer, UNKNOWN, 'an unknown key while the provider is gone')));
  await accepts(by_third, 'a known key still');
  await sleep(200);
  const told = lines() - before;
  expect(told >= 1 && told <= most(since), 'one line in the log', { told, logs: logs.slice(-2000) });
  expect(!logs.includes(parts[2]) && !logs.includes(by_third.split('.')[2]), 'no token in the log', '');
} catch (err) {
  failed += 1;
  console.log(`oidc: ${err.stack}`);
  console.log(logs.split('\n').slice(-20).join('\n').trim());
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
