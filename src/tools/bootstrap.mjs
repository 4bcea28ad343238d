// The entry of `npm start`, `npm test`, `npm run test:full`, `npm run prove`, `npm run mutate`, `npm run bench`, `npm run suite` and `npm run apps`: installs what is missing, then runs.
// Stands alone: plain Node and nothing else, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = (name) => fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));

const tasks = {
  start: { tools: ['verilator', 'compiler', 'make'], args: ['src/cli/bin.js', 'demo'] },
  test: { tools: 'all', args: [bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts'] },
  'test:full': { tools: 'all', args: [bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts'], env: { KILN_FULL: '1' } },
  prove: { tools: ['verilator', 'compiler', 'make'], args: ['--import', 'tsx', 'test/prove/main.ts'] },
  mutate: { tools: ['verilator', 'compiler', 'make'], args: ['--import', 'tsx', 'test/mutation/main.ts'] },
  bench: { tools: ['verilator', 'compiler', 'make'], args: ['--import', 'tsx', 'test/bench/main.ts'] },
  suite: { tools: [], args: ['--import', 'tsx', 'test/bench/suite.ts'] },
  apps: { tools: [], args: ['--import', 'tsx', 'test/bench/apps.ts'] },
  install: { tools: 'all' },
};

// `optional` tools are installed along with a missing one, and their absence alone stops nothing.
const tools = {
  verilator: {
    packages: ['verilator', 'zlib1g-dev'],
    found: () => atLeast(versionOf('verilator', /Verilator (\d+)\.(\d+)/), 5, 6),
    needs: 'verilator >= 5.006',
  },
  compiler: { packages: ['clang'], found: () => versionOf('clang++') || versionOf('g++'), needs: 'a C++ compiler' },
  make: { packages: ['make'], found: () => versionOf('make'), needs: 'make' },
  iverilog: { packages: ['iverilog'], found: () => versionOf('iverilog', /version (\d+)/, '-V'), needs: 'iverilog' },
  yosys: { packages: ['yosys'], found: () => versionOf('yosys', /Yosys (\d+)/, '-V'), needs: 'yosys' },
  ccache: { packages: ['ccache'], found: () => versionOf('ccache'), needs: 'ccache', optional: true },
};

process.exit(main(process.argv.slice(2)));

function main([name, ...rest]) {
  const task = tasks[name];
  if (!task) return stop(`unknown task \`${name ?? ''}\``, `use one of ${Object.keys(tasks).join(', ')}`, 2);
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) return stop(`Node ${process.versions.node} is too old`, 'install Node 20 or newer');
  const status = installPackages() || installTools(task.tools === 'all' ? Object.keys(tools) : [...task.tools, 'ccache']);
  if (status !== 0 || !task.args) return status;
  return run(process.execPath, [...task.args, ...rest], { env: { ...process.env, ...task.env } });
}

/** `npm ci` when node_modules is missing, or older than a lock file whose content has changed since. */
function installPackages() {
  const lock = `${root}package-lock.json`;
  const installed = `${root}node_modules/.package-lock.json`;
  const stamp = `${root}node_modules/.kiln-lock`;
  const hash = createHash('sha256').update(readFileSync(lock)).digest('hex');
  const stamped = existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
  const newer = existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
  if (existsSync(installed) && (stamped || newer)) {
    if (!stamped) writeFileSync(stamp, hash);
    return 0;
  }
  say('installing npm packages: npm ci');
  const windows = process.platform === 'win32';
  const status = run('npm', ['ci', '--no-audit', '--no-fund'], { shell: windows });
  if (status !== 0) return stop('`npm ci` failed', 'run `npm ci` in the repository and read its messages', status);
  writeFileSync(stamp, hash);
  return 0;
}

function installTools(names) {
  const missing = missingOf(names);
  if (missing.every((name) => tools[name].optional)) return 0;
  const packages = missing.flatMap((name) => tools[name].packages);
  const needs = missing.map((name) => tools[name].needs).join(', ');
  const command = `apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const byHand = `sudo sh -c '${command}'`;
  const asRoot = rootShell();
  if (!asRoot) return stop(`missing: ${needs}`, `run  ${byHand}`);
  say(`installing with apt-get: ${packages.join(' ')}`);
  const [shell, ...args] = [...asRoot, 'sh', '-c', command];
  const status = run(shell, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const still = missingOf(names).filter((name) => !tools[name].optional);
  if (still.length === 0) return 0;
  const why = status === 0 ? "the distribution's packages are too old or incomplete" : 'apt-get failed';
  return stop(`missing: ${still.map((name) => tools[name].needs).join(', ')}; ${why}`, `install them by hand, or run  ${byHand}`);
}

/** The words to put before a command that must run as root; undefined when that would need a password. */
function rootShell() {
  if (spawnSync('apt-get', ['--version']).status !== 0) return undefined;
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

function missingOf(names) {
  return names.filter((name) => !tools[name].found());
}

/** The match of `pattern` in what `command --version` prints, or null when it does not run. */
function versionOf(command, pattern = /\d/, flag = '--version') {
  const { status, stdout } = spawnSync(command, [flag], { encoding: 'utf8' });
  return status === 0 ? pattern.exec(stdout) : null;
}

function atLeast(match, major, minor) {
  return match !== null && (Number(match[1]) > major || (Number(match[1]) === major && Number(match[2]) >= minor));
}

function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) return stop(`\`${command}\` did not start: ${error.message}`, 'see that it is installed and on the path');
  return signal ? 130 : status;
}

function say(text) {
  console.error(`kiln: ${text}`);
}

function stop(problem, help, status = 1) {
  console.error(`error: ${problem}\nhelp: ${help}`);
  return status;
}
