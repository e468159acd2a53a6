// A demo of kemitraan in a throw-away folder, and what is asked of it.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

const START_MS = 60_000;
const REQUEST_MS = 30_000;
const STOP_MS = 10_000;

export const ACCEPT = 'application/graphql-response+json';

/** Starts a demo; resolves once it has printed its address. */
export async function start(binary) {
  const data = mkdtempSync(join(tmpdir(), 'kemitraan-schema-'));
  let output = '';
  const server = spawn(binary, ['demo', '--data', data, '--listen', '127.0.0.1:0'], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.on('exit', () => {
    server.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true, maxRetries: 3 });
  });
  const printed = () => output.split('\n').slice(-20).join('\n').trim() || '(it printed nothing)';

  const url = await new Promise((resolve, reject) => {
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(`kemitraan ${why}\n${printed()}`));
    };
    const timer = setTimeout(() => fail(`printed no address within ${START_MS / 1000} s`), START_MS);
    const look = (chunk) => {
      output = (output + stripVTControlCharacters(chunk)).slice(-100_000);
      const address = output.match(/http:\/\/127\.0\.0\.1:\d+\/graphql/);
      if (address) {
        clearTimeout(timer);
        resolve(address[0]);
      }
    };
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', look);
    }
    server.on('error', (err) => fail(`could not be started: ${err.message}`));
    server.on('close', (code, signal) => fail(`ended with ${signal ?? `code ${code}`} before it listened`));
  });

  const tokens = Object.entries(JSON.parse(readFileSync(join(data, 'tokens.json'), 'utf8')))
    .map(([name, token]) => ({ name, ...token }));

  /** A request with a token, as any client would send it. */
  const fetchAs = ({ token }) => (target, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(target, { ...init, headers, signal: AbortSignal.timeout(REQUEST_MS) });
  };

  /** The status and the body of the answer to a document. */
  async function ask(token, query, variables) {
    const response = await fetchAs(token)(url, {
      method: 'POST',
      headers: { accept: ACCEPT, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...(await response.json()) };
  }

  /** Asks the demo to end as Ctrl-C does, and waits for it. */
  async function stop() {
    if (server.exitCode !== null || server.signalCode !== null) {
      throw new Error(`kemitraan ended by itself with ${server.signalCode ?? `code ${server.exitCode}`}\n${printed()}`);
    }
    const ended = new Promise((resolve) => server.once('exit', () => resolve(true)));
    server.kill('SIGINT');
    if (!(await Promise.race([ended, sleep(STOP_MS, false, { ref: false })]))) {
      throw new Error(`kemitraan did not end within ${STOP_MS / 1000} s of SIGINT`);
    }
  }

  return { url, tokens, fetchAs, ask, stop };
}
