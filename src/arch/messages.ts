/** Every wording about architecture files, by code: E01xx refuse one, W01xx are legal and surely not meant. */
import { type Diagnostic, errorDiagnostic, type Span, warningDiagnostic } from '../base/diagnostic.ts';
import type { ArchField } from './fields.ts';

const orNothing = (near: string | undefined) => (near === undefined ? undefined : `did you mean \`${near}\`?`);

export const yamlSyntax = (span: Span, why: string): Diagnostic => errorDiagnostic('E0101', `this is not YAML: ${why}`, { span });

export const notAMapping = (span: Span, found: string): Diagnostic =>
  errorDiagnostic('E0102', `an architecture is a mapping of fields, this is ${found}`, {
    span,
    help: 'begin with `name: my_fabric`; every other field has a default',
  });

export const unknownKey = (span: Span, key: string, section: string, near: string | undefined, known: readonly string[]): Diagnostic =>
  errorDiagnostic('E0103', `\`${key}\` is not a field of ${section === '' ? 'an architecture' : `\`${section}\``}`, {
    span,
    label: 'unknown field',
    help: orNothing(near) ?? `fields are ${known.join(', ')}`,
  });

export const wrongType = (span: Span, path: string, needed: string, found: string): Diagnostic =>
  errorDiagnostic('E0104', `\`${path}\` must be ${needed}`, { span, label: `this is ${found}` });

export const outOfRange = (span: Span, { path, minimum, maximum, doc }: ArchField, value: number): Diagnostic =>
  errorDiagnostic('E0105', `\`${path}\` is ${value}, it must be from ${minimum} to ${maximum}`, {
    span,
    label: doc,
    help: `the nearest legal value is ${value < (minimum as number) ? minimum : maximum}`,
  });

export const notOneOf = (span: Span, path: string, value: string, values: readonly string[], near: string | undefined): Diagnostic =>
  errorDiagnostic('E0106', `\`${path}\` cannot be \`${value}\``, { span, help: orNothing(near) ?? `use one of ${values.join(', ')}` });

export const badName = (span: Span, name: string, suggestion: string): Diagnostic =>
  errorDiagnostic('E0107', `\`${name}\` cannot name an architecture`, {
    span,
    label: 'it becomes the name of a hardware module: lower case letters, digits and `_`, a letter first',
    help: `write \`name: ${suggestion}\``,
  });

export const missingField = (span: Span, { path, doc }: ArchField): Diagnostic =>
  errorDiagnostic('E0108', `the architecture has no \`${path}\``, { span, label: doc, help: `add a line \`${path}: …\`` });

export const badSet = (span: Span): Diagnostic =>
  errorDiagnostic('E0109', 'an override is written `path=value`', { span, help: 'for example `--set pcu.lanes=8`' });

export const unknownSetPath = (span: Span, path: string, near: string | undefined): Diagnostic =>
  errorDiagnostic('E0110', `\`${path}\` is not a field of an architecture`, {
    span,
    help: orNothing(near) ?? 'arch/schema.json lists every field',
  });

export const badGrid = (span: Span, text: string): Diagnostic =>
  errorDiagnostic('E0111', `\`${text}\` is not a grid`, { span, help: 'write columns and rows as in `--grid 4x4`' });

export const emptyList = (span: Span, path: string, values: readonly string[]): Diagnostic =>
  errorDiagnostic('E0112', `\`${path}\` is empty`, { span, help: `list at least one of ${values.join(', ')}` });

export const repeatedEntry = (span: Span, path: string, value: string): Diagnostic =>
  errorDiagnostic('E0113', `\`${path}\` names \`${value}\` twice`, { span, help: 'name each side once' });

export const longList = (span: Span, path: string, most: number): Diagnostic =>
  errorDiagnostic('E0114', `\`${path}\` has more than ${most} entries`, { span });

export const notPowerOfTwo = (span: Span, path: string, value: number, nearest: readonly number[]): Diagnostic =>
  errorDiagnostic('E0120', `\`${path}\` is ${value}, it must be a power of two`, {
    span,
    help: `the nearest ${nearest.length === 1 ? 'legal value is' : 'legal values are'} ${nearest.join(' and ')}`,
  });

export const ringTooShort = (span: Span, ring: number, longest: number, field: string): Diagnostic =>
  errorDiagnostic('E0121', `\`pcu.ring\` is ${ring}, shorter than the longest latency, ${longest} cycles`, {
    span,
    label: `iteration n reads what iteration n - ${ring} wrote, and \`${field}\` is not done by then`,
    help: `the nearest legal value is ${longest}`,
  });

export const burstTooLong = (span: Span, burst: number, field: string, room: number): Diagnostic =>
  errorDiagnostic('E0122', `\`ag.burstBeats\` is ${burst}, \`${field}\` is ${room}`, {
    span,
    label: 'a burst is only asked for when there is room for all of it: this one never would be',
    help: `the nearest legal value of \`ag.burstBeats\` is ${room}`,
  });

export const noUnit = (span: Span, kind: 'PCU' | 'PMU', grid: string, pattern: string): Diagnostic =>
  errorDiagnostic('E0123', `a grid of ${grid} has no ${kind}`, {
    span,
    label: `with \`pattern: ${pattern}\``,
    help: pattern === 'columns' ? 'the nearest legal grid has 2 columns' : 'the nearest legal grids are 2x1 and 1x2',
  });

export const noAddressGenerator = (span: Span): Diagnostic =>
  errorDiagnostic('E0124', 'the fabric has no address generator', {
    span,
    label: 'its only border position is taken by the host tile',
    help: 'add a side to `ag.sides`, or lengthen that border by one',
  });

export const moreTokenPorts = (span: Span, field: string, ports: number, tokens: number): Diagnostic =>
  errorDiagnostic('E0125', `\`${field}\` is ${ports}, \`pmu.tokens\` is ${tokens}`, {
    span,
    label: "each token port of the network belongs to one of the unit's own token counters",
    help: `the nearest legal value is ${tokens}`,
  });

export const fewerTokens = (span: Span, tokens: number, field: string, ports: number): Diagnostic =>
  errorDiagnostic('E0125', `\`pmu.tokens\` is ${tokens}, \`${field}\` is ${ports}`, {
    span,
    label: "each token port of the network belongs to one of the unit's own token counters",
    help: `the nearest legal value is ${ports}`,
  });

export const idlePorts = (span: Span, ports: number, generators: number): Diagnostic =>
  warningDiagnostic('W0101', `${ports} memory ports for ${generators} address generator${generators === 1 ? '' : 's'}`, {
    span,
    label: 'address generator i uses port i mod ports: the last ports have none',
    help: `use \`ports: ${generators}\`, or add sides to \`ag.sides\``,
  });

export const deafInput = (span: Span, field: string, inputs: number, streams: number, tracks: string): Diagnostic =>
  warningDiagnostic('W0102', `\`${field}\` is ${inputs}, but no more than ${streams} streams can arrive`, {
    span,
    label: `a switch has four sides of \`${tracks}\` each`,
    help: `lower \`${field}\` to ${streams}, or raise \`${tracks}\``,
  });

export const hastyWatchdog = (span: Span, cycles: number, roundTrip: number): Diagnostic =>
  warningDiagnostic('W0103', `the watchdog calls ${cycles} quiet cycles a hang`, {
    span,
    label: `a program waiting for memory is quiet for about ${roundTrip}`,
    help: 'use `watchdogLog2: 8` or more',
  });

export const unusedLatency = (span: Span): Diagnostic =>
  warningDiagnostic('W0104', '`latency.float` is given, but no binary32 operations are built', {
    span,
    label: '`pcu.float` is false',
    help: 'remove it, or set `pcu.float: true`',
  });

export const starvedReads = (span: Span, beats: number, needed: number): Diagnostic =>
  warningDiagnostic('W0105', `\`ag.responseBeats\` is ${beats}: one stream cannot read a vector every cycle`, {
    span,
    label: `a memory answers after about 40 cycles, in which ${needed} beats would be under way`,
    help: `use \`responseBeats: ${needed}\``,
  });

export const fewTokens = (span: Span, tokens: number, contexts: number): Diagnostic =>
  warningDiagnostic('W0106', `\`pmu.tokens\` is ${tokens} for ${contexts} contexts`, {
    span,
    label: 'a context without a token counter cannot be ordered after another',
    help: `use \`tokens: ${contexts}\` or more`,
  });
