// Runs graphql-http's server audits, which check the GraphQL-over-HTTP specification, against kemitraan's demo.
//
//   node run.mjs [BINARY]      BINARY defaults to target/debug/kemitraan of this repository
//
// Prints a line for each audit that the server does not meet. Exit code 1 if a MUST or SHOULD is among them, or if
// the server does not come up; a MAY that is not met is the server's choice.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { serverAudits } from 'graphql-http';

const START_MS = 60_000;
const REQUEST_MS = 30_000;
const STOP_MS = 10_000;
const ROLE = 'KEMENBUMN';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const binary = process.argv[2] ? resolve(process.argv[2]) : join(root, 'target/debug/kemitraan');
const data = mkdtempSync(join(tmpdir(), 'kemitraan-graphql-http-'));

let server;
let output = '';
process.on('exit', () => {
  server?.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true, maxRetries: 3 });
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

/** Starts the server; resolves to its GraphQL address once it has printed that. */
function start() {
  return new Promise((resolve, reject) => {
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(why));
    };
    const timer = setTimeout(() => fail(`no address printed within ${START_MS / 1000} s`), START_MS);
    const look = (chunk) => {
      output = (output + stripVTControlCharacters(chunk)).slice(-100_000);
      const url = output.match(/http:\/\/127\.0\.0\.1:\d+\/graphql/);
      if (url) {
        clearTimeout(timer);
        resolve(url[0]);
      }
    };
    server = spawn(binary, ['demo', '--data', data, '--listen', '127.0.0.1:0'], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', look);
    }
    server.on('error', (err) => fail(`could not be started: ${err.message}`));
    server.on('close', (code, signal) => fail(`ended with ${signal ?? `code ${code}`} before it listened`));
  });
}

function failIfEnded() {
  if (server.exitCode !== null || server.signalCode !== null) {
    throw new Error(`ended by itself with ${server.signalCode ?? `code ${server.exitCode}`}`);
  }
}

/** Asks the server to end as Ctrl-C does, and waits for it. */
async function stop() {
  failIfEnded();
  const ended = new Promise((resolve) => server.once('exit', () => resolve(true)));
  server.kill('SIGINT');
  if (!(await Promise.race([ended, sleep(STOP_MS, false, { ref: false })]))) {
    console.log(`kemitraan did not end within ${STOP_MS / 1000} s of SIGINT and was killed`);
    server.kill('SIGKILL');
    await ended;
  }
}

function token() {
  const tokens = JSON.parse(readFileSync(join(data, 'tokens.json'), 'utf8'));
  const entry = Object.values(tokens).find(({ role }) => role === ROLE);
  if (!entry?.token) {
    throw new Error(`tokens.json has no token whose role is ${ROLE}`);
  }
  return entry.token;
}

/** The status, content type and beginning of a response, on one line. */
async function describe(response) {
  const body = await response.clone().text().catch(() => '(body already read)');
  const text = body.replace(/\s+/g, ' ').slice(0, 200);
  return `got ${response.status} ${response.headers.get('content-type') ?? 'without content-type'} ${text}`;
}

let failed = 0;
let optional = 0;
let passed = 0;
try {
  const url = await start();
  const authorization = `Bearer ${token()}`;
  const fetchFn = (target, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', authorization);
    return fetch(target, { ...init, headers, signal: AbortSignal.timeout(REQUEST_MS) });
  };
  const audits = serverAudits({ url, fetchFn });
  for (const audit of audits) {
    let reason;
    try {
      const result = await audit.fn();
      if (result.status === 'ok') {
        passed += 1;
        continue;
      }
      reason = `${result.reason}; ${await describe(result.response)}`;
    } catch (err) {
      failIfEnded();
      reason = `no response: ${err.cause?.message ?? err.message}`;
    }
    const required = /\b(MUST|SHOULD)\b/.test(audit.name);
    if (required) {
      failed += 1;
    } else {
      optional += 1;
    }
    console.log(`${required ? 'FAILED' : 'not met'} ${audit.id} ${audit.name}: ${reason}`);
  }
  await stop();
  if (optional > 0) {
    console.log(`not met, and optional: ${optional}`);
  }
} catch (err) {
  failed += 1;
  console.log(`kemitraan: ${err.message}`);
  console.log(output.split('\n').slice(-20).join('\n').trim() || '(it printed nothing)');
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
