// Usage: PROGRAMS=FOLDER node --test gaffer.test.mjs: against a gafferd of its own.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { Gaffer, GafferError } from './gaffer.mjs';

const programs = process.env.PROGRAMS;
const puppet = join(programs, 'puppet');
let directory;
let gafferd;
let ready;
let gaffer;

async function start() {
  gafferd = spawn(join(programs, 'gafferd'), ['-c', join(directory, 'gaffer.ini')], {
    env: { ...process.env, GAFFER_DIR: directory }, stdio: ['ignore', 'ignore', 'pipe'] });
  ready = '';
  for await (const chunk of gafferd.stderr.iterator({ destroyOnReturn: false })) {
    ready += chunk;
    if (ready.includes('ready')) return;
  }
  assert.fail(`gafferd has ended: ${ready}`);
}

async function end() {
  const ended = new Promise((resolve) => { gafferd.on('exit', resolve); });
  gafferd.kill();
  assert.equal(await ended, 0);
}

async function take(count, generator) {
  const taken = [];
  while (taken.length < count) taken.push((await generator.next()).value);
  return taken;
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gaffer-js-'));
  writeFileSync(join(directory, 'gaffer.ini'),
    `[process:cat]\ncmd = ${puppet} echo-stdin\nredirect_input = true\n[endpoint:tcp]\nbind = 127.0.0.1:0\n`);
  await start();
  gaffer = new Gaffer({ socketPath: join(directory, 'gaffer.sock') });
});
afterEach(async () => {
  await end();
  rmSync(directory, { recursive: true });
});

test('controls', async () => {
  assert.equal(await gaffer.request('GET', '/ping'), 'OK');
  assert.deepEqual((await gaffer.status()).map((one) => one.name), ['cat']);
  await gaffer.add({ name: 'a', cmd: `${puppet} sleep` });
  assert.equal((await gaffer.restart('a')).running, 1);
  assert.equal((await gaffer.scale('a', '+1')).running, 2);
  assert.equal((await gaffer.stop('a')).running, 0);
  assert.equal((await gaffer.start('a')).running, 2);
  assert.ok(await gaffer.runOnce('a') > 1);
  await gaffer.remove('a');
  await assert.rejects(gaffer.status('a'), (error) => error instanceof GafferError && error.status === 404);
});

test('hears events', async () => {
  const events = gaffer.events({ topic: 'proc.cat', since: 0 });
  assert.deepEqual((await take(3, events)).map((one) => one.event), ['create', 'start', 'spawn']);
  await gaffer.stop('cat');
  assert.ok((await take(3, events)).some((one) => one.event === 'exit'));
  await events.return();
});

test('reads what is written', async () => {
  await gaffer.write('cat', new Uint8Array([0x6f, 0x6e, 0x65, 10, 255, 10]));
  const lines = gaffer.output('cat', { lines: 'all' });
  const [first, second] = await take(2, lines);
  assert.deepEqual([first.text, first.offset, first.end, first.source], ['one', 0, 4, 'cat.1']);
  assert.deepEqual([...second.data], [255]);
  await lines.return();
  const past = [];
  for await (const line of gaffer.output('cat', { offset: 4, follow: false })) past.push(...line.data);
  assert.deepEqual(past, [255]);
  await assert.rejects(gaffer.output('cat', { label: 'nothing' }).next(), GafferError);
});

test('goes on after a disconnect', async () => {
  await gaffer.write('cat', 'one\n');
  const lines = gaffer.output('cat', { lines: 'all' });
  assert.equal((await take(1, lines))[0].text, 'one');
  await end();
  await start();
  await gaffer.write('cat', 'two\n');
  const [line] = await take(1, lines);
  assert.deepEqual([line.text, line.offset], ['two', 4]);
  await lines.return();
});

test('speaks TCP with a token, as a page does', async () => {
  const url = `http://${ready.trim().split(' ').at(-1)}`;
  await assert.rejects(new Gaffer({ url }).status(), (error) => error.status === 401);
  const { token } = await gaffer.request('POST', '/tokens', { body: { name: 't', scopes: ['read', 'logs'] } });
  const reader = new Gaffer({ url, token });
  assert.equal((await reader.status()).length, 1);
  await assert.rejects(reader.stop('cat'), (error) => error.status === 403);
  const lines = reader.output('cat');
  const next = lines.next();
  const writing = setInterval(() => gaffer.write('cat', 'hello\n'), 100);
  assert.equal((await next).value.text, 'hello');
  clearInterval(writing);
  await lines.return();
});

test('is a terminal', { skip: globalThis.WebSocket === undefined && 'this Node has no WebSocket' }, async () => {
  const url = `http://${ready.trim().split(' ').at(-1)}`;
  const { token } = await gaffer.request('POST', '/tokens', { body: { name: 't', scopes: ['logs', 'write'] } });
  const terminal = new Gaffer({ url, token }).terminal('cat');
  await new Promise((resolve) => { terminal.socket.onopen = resolve; });
  const said = new Promise((resolve) => { terminal.socket.onmessage = (message) => resolve(message.data); });
  terminal.write('typed\n');
  assert.equal(await said, 'typed\n');
  terminal.close();
});
