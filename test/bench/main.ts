/**
 * `npm run bench`: what things take here and now. Nothing is asserted about time. `npm run bench -- rtl suite` runs
 * only the sections named.
 */
import { compileTimes } from './compile.ts';
import { generation } from './generation.ts';
import { kernels } from './kernels.ts';
import { simulators } from './simulators.ts';
import { suiteCycles } from './suite.ts';

const sections: Readonly<Record<string, { readonly title: string; readonly run: () => Promise<string> | string }>> = {
  generation: { title: 'RTL generation', run: generation },
  compile: { title: 'Compilation', run: compileTimes },
  kernels: { title: 'Products and convolutions: share of the functional units in use', run: kernels },
  suite: { title: "The suite on `sara`, memory `pir2020`, against the peer's log of 2020 (ideal network)", run: suiteCycles },
  simulators: { title: 'Golden simulator and Verilated RTL, the same GEMM on plasticine', run: simulators },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0) {
  console.error(`error: unknown section ${unknown.join(', ')}\nhelp: use ${Object.keys(sections).join(', ')}`);
  process.exit(2);
}
for (const [name, { title, run }] of Object.entries(sections)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`${title}\n${'='.repeat(title.length)}`);
  console.log(`${await run()}\n`);
}
