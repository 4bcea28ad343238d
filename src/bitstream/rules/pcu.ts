/** Design rules of a PCU: what the fields can hold but the hardware gives no meaning to. */
import { INIT, INPUT, OPERAND, type PcuConfig } from '../../fabric/config.ts';
import { OPS, opOfCode, TREE_OPS } from '../../ops/table.ts';
import type { Arch } from '../format.ts';
import { checkChain } from './chain.ts';
import { Claims, type Report } from './report.ts';

type Stage = PcuConfig['stages'][number];

export function checkPcu(report: Report, arch: Arch, config: PcuConfig): void {
  if (config.enable === 0) return;
  const { pcu } = arch;
  const claims = new Claims();
  config.scalarIn.forEach((port, p) => {
    if (port.used) claims.claim(report.at(`scalarIn[${p}]`), `scalar input ${p}`, `scalarIn[${p}]`);
  });
  config.vectorIn.forEach((port, p) => {
    if (port.used) claims.claim(report.at(`vectorIn[${p}]`), `vector input ${p}`, `vectorIn[${p}]`);
  });
  checkChain(report.at('chain'), config.chain, { lanes: pcu.lanes, scalarIn: pcu.scalarIn, claims, owner: 'chain.' });
  if (config.tapIn.used) {
    const here = report.at('tapIn');
    here.require(
      config.tapIn.port < pcu.vectorIn,
      'E0845',
      () => `\`port\` is ${config.tapIn.port}, but there are ${pcu.vectorIn} vector inputs`,
    );
    claims.claim(here, `vector input ${config.tapIn.port}`, 'tapIn');
  }
  checkInputs(report, config, pcu);
  checkTree(report, arch, config);
  config.stages.forEach((stage, s) => {
    checkStage(report.at(`stages[${s}]`), arch, config, stage, config.tree.used === 1 && s === pcu.stages - 1);
  });
  report
    .at('hold')
    .expect(
      !config.hold.used || config.stages.some((stage) => stage.tapOut),
      'W0840',
      'holds sums, but no stage has `tapOut` to send them',
    );
  checkOutputs(report, config, pcu);
}

function checkInputs(report: Report, config: PcuConfig, pcu: Arch['pcu']): void {
  config.inputs.forEach(({ kind, index }, r) => {
    const here = report.at(`inputs[${r}]`);
    if (kind === INPUT.vector) {
      here.require(index < pcu.vectorIn, 'E0845', () => `vector input ${index} of ${pcu.vectorIn}`);
      here.require(
        index >= pcu.vectorIn || config.vectorIn[index].used === 1,
        'E0846',
        `reads vector input ${index}, which no issue waits for`,
        `set \`vectorIn[${index}].used\``,
      );
    } else if (kind === INPUT.scalar) {
      here.require(index < pcu.scalarIn, 'E0845', () => `scalar input ${index} of ${pcu.scalarIn}`);
      here.require(
        index >= pcu.scalarIn || config.scalarIn[index].used === 1,
        'E0846',
        `reads scalar input ${index}, which no issue waits for`,
        `set \`scalarIn[${index}].used\``,
      );
    } else if (kind === INPUT.counter) {
      here.require(index < config.chain.count, 'E0845', () => `counter ${index}, but \`chain.count\` is ${config.chain.count}`);
    }
  });
}

function checkTree(report: Report, arch: Arch, config: PcuConfig): void {
  if (config.tree.used === 0) return;
  const last = arch.pcu.stages - 1;
  const here = report.at('tree');
  here.require(
    config.tree.source < last,
    'E0847',
    () => `\`source\` is stage ${config.tree.source}; the tree is stage ${last}, its source lies before it`,
  );
  const op = opOfCode(config.stages[last].op);
  here.require(
    op !== undefined && TREE_OPS.includes(op),
    'E0847',
    () => `\`${op ?? config.stages[last].op}\` cannot reduce lanes`,
    `one of ${TREE_OPS.join(', ')}`,
  );
}

function checkStage(report: Report, arch: Arch, config: PcuConfig, stage: Stage, isTree: boolean): void {
  const { pcu } = arch;
  const op = opOfCode(stage.op);
  report.require(op !== undefined, 'E0848', `opcode ${stage.op} is not assigned`);
  if (op === undefined) return;
  report.require(
    !OPS[op].float || pcu.float,
    'E0849',
    `\`${op}\` needs binary32, which \`${arch.name}\` does not build`,
    'set `pcu.float` in the architecture',
  );
  report.require(!stage.write || stage.dst < pcu.registers, 'E0845', () => `\`dst\` is register ${stage.dst} of ${pcu.registers}`);
  if (!isTree) {
    for (const name of ['a', 'b', 'c'] as const) checkOperand(report.at(name), stage[name], stage, pcu);
  }
  report.require(!stage.tapOut || stage.acc.used === 1, 'E0850', '`tapOut` without an accumulation: nothing is ever complete');
  if (stage.acc.used) checkAccumulator(report.at('acc'), arch, config, stage, isTree);
}

function checkOperand(report: Report, operand: Stage['a'], stage: Stage, pcu: Arch['pcu']): void {
  const { kind, index } = operand;
  report.require(kind <= OPERAND.acc, 'E0851', `operand kind ${kind} is not assigned`);
  const register = kind === OPERAND.reg || kind === OPERAND.lane;
  report.require(!register || index < pcu.registers, 'E0845', () => `register ${index} of ${pcu.registers}`);
  report.require(kind !== OPERAND.lane || stage.lane < pcu.lanes, 'E0845', () => `broadcasts lane ${stage.lane} of ${pcu.lanes}`);
  report.require(kind !== OPERAND.acc || stage.acc.used === 1, 'E0850', 'reads the accumulator of a stage that has none', 'set `acc.used`');
}

function checkAccumulator(report: Report, arch: Arch, config: PcuConfig, stage: Stage, isTree: boolean): void {
  const { pcu } = arch;
  const { length, init, initReg } = stage.acc;
  const op = opOfCode(stage.op);
  const latency = op === undefined ? 1 : arch.latency[OPS[op].latency];
  report.require(
    length >= latency && length <= pcu.ring,
    'E0852',
    `\`length\` is ${length}, not in ${latency}..${pcu.ring}`,
    `\`${op}\` takes ${latency} cycles and the ring has ${pcu.ring} entries`,
  );
  report.require(init !== INIT.reg || !isTree, 'E0853', 'the tree has no registers to start from', 'use `imm`, `tap` or `none`');
  report.require(init !== INIT.reg || initReg < pcu.registers, 'E0845', () => `\`initReg\` is register ${initReg} of ${pcu.registers}`);
  report.require(
    init !== INIT.tap || config.tapIn.used === 1,
    'E0853',
    'starts from the tap-in FIFO, which is not used',
    'set `tapIn.used`',
  );
}

function checkOutputs(report: Report, config: PcuConfig, pcu: Arch['pcu']): void {
  const straight = pcu.stages - config.tree.used;
  report
    .at('compact')
    .expect(
      !config.compact.used || (config.vectorOut[0].used === 1 && config.vectorOut[0].source < straight),
      'W0844',
      'has no effect: vector output 0 sends nothing that lanes could be packed of',
    );
  for (const name of ['vectorOut', 'scalarOut', 'tokenOut'] as const) {
    config[name].forEach((output, p) => {
      if (!output.used) return;
      const here = report.at(`${name}[${p}]`);
      here.require(
        output.source <= pcu.stages,
        'E0854',
        () => `\`source\` is ${output.source}; there are stages 0..${pcu.stages - 1} and the tap-out bus ${pcu.stages}`,
      );
      here.expect(
        output.source !== pcu.stages || config.stages.some((stage) => stage.tapOut),
        'W0840',
        'sends the tap-out bus, which no stage drives',
      );
      here.expect(
        !output.when || config.stages.slice(0, output.source < straight ? output.source + 1 : 0).some((stage) => stage.predicate),
        'W0844',
        '`when` without a predicate: no stage up to its source sets one',
      );
    });
  }
}
