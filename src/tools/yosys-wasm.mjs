#!/usr/bin/env node
// Yosys as WebAssembly (npm package @yowasp/yosys) with the command line of the program: `yosys-wasm.mjs -q script.ys`.
// It sees the files of the working directory, and what it writes is written there. Ends with 127 when the package is not installed.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

let yosys;
try {
  yosys = await import('@yowasp/yosys');
} catch {
  process.stderr.write('the npm package @yowasp/yosys is not installed\n');
  process.exit(127);
}

const args = process.argv.slice(2);
// The files are only read when there is a script: a question for the version needs none.
const names = args.some((arg) => arg.endsWith('.ys')) ? readdirSync('.').filter((name) => statSync(name).isFile()) : [];
const files = Object.fromEntries(names.map((name) => [name, readFileSync(name)]));

/** Writes the files of a tree that were not there before, or not like this. */
function keep(tree) {
  for (const [name, content] of Object.entries(tree ?? {})) {
    if (typeof content !== 'string' && !(content instanceof Uint8Array)) continue;
    if (files[name] === undefined || Buffer.compare(Buffer.from(content), files[name]) !== 0) writeFileSync(name, content);
  }
}

const out = (stream) => (bytes) => {
  if (bytes !== null) stream.write(bytes);
};

try {
  keep(await yosys.runYosys(args, files, { stdout: out(process.stdout), stderr: out(process.stderr), decodeASCII: false }));
} catch (error) {
  if (!(error instanceof yosys.Exit)) throw error;
  keep(error.files);
  process.exitCode = error.code;
}
