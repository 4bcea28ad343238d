/** The register map as the C header and the SystemRDL file print it. */
import { BEAT_BYTES } from '../../arch/schema.ts';
import { fingerprintOf } from '../../fabric/fingerprint.ts';
import type { Fabric } from '../../fabric/graph.ts';
import {
  type Access,
  addressText,
  ERROR_CAUSES,
  HOST_ID,
  HOST_VERSION,
  REGISTER_LIST,
  type Register,
  type RegisterField,
} from '../../fabric/register-map.ts';

interface Macro {
  readonly name: string;
  readonly value: string;
}

export interface HeaderView {
  readonly banner: string;
  readonly arch: string;
  /** Width of the column of names. */
  readonly pad: number;
  readonly facts: readonly Macro[];
  readonly registers: readonly {
    readonly macro: string;
    readonly value: string;
    readonly access: string;
    readonly doc: string;
    readonly fields: readonly { readonly shift: Macro; readonly mask: Macro }[];
  }[];
  readonly causes: readonly { readonly macro: string; readonly code: number; readonly doc: string }[];
}

const ACCESS: Record<Access, string> = { R: 'read', W: 'write', RW: 'read and write' };

const word = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}u`;

/** The view of `kiln_regs.h`, which the driver's files share. */
export function headerView(fabric: Fabric, banner: string): HeaderView {
  const { arch } = fabric;
  const { lo, hi } = fingerprintOf(arch);
  const facts: Macro[] = [
    { name: 'KILN_ID_VALUE', value: word(HOST_ID) },
    { name: 'KILN_VERSION_VALUE', value: `${HOST_VERSION}u` },
    { name: 'KILN_FINGERPRINT_LO_VALUE', value: word(lo) },
    { name: 'KILN_FINGERPRINT_HI_VALUE', value: word(hi) },
    { name: 'KILN_ARGS', value: `${arch.host.args}u` },
    { name: 'KILN_RESULTS', value: `${arch.host.results}u` },
    { name: 'KILN_MEMORY_PORTS', value: `${arch.memory.ports}u` },
    { name: 'KILN_MEMORY_ADDRESS_BITS', value: `${arch.memory.addressBits}u` },
    { name: 'KILN_BEAT_BYTES', value: `${BEAT_BYTES}u` },
  ];
  const registers = REGISTER_LIST.map(({ name, address, access, doc, count, fields }) => ({
    macro: `KILN_${name}${count ? '(i)' : ''}`,
    value: count ? `(${addressText(address)}u + 4u * (i))` : `${addressText(address)}u`,
    access: ACCESS[access],
    doc,
    fields: fields.map((field) => ({
      shift: { name: `KILN_${name}_${field.name}_SHIFT`, value: `${field.lsb}` },
      mask: { name: `KILN_${name}_${field.name}_MASK`, value: word(maskOf(field)) },
    })),
  }));
  const names = [...facts.map(({ name }) => name), ...registers.flatMap(({ fields }) => fields.map(({ shift }) => shift.name))];
  return {
    banner,
    arch: arch.name,
    pad: Math.max(...names.map((name) => name.length)),
    facts,
    registers,
    causes: ERROR_CAUSES.map(({ code, name, doc }) => ({ macro: `KILN_CAUSE_${name}`, code, doc })),
  };
}

function maskOf({ lsb, width }: RegisterField): number {
  return (width === 32 ? -1 : (1 << width) - 1) << lsb;
}

export interface RdlView {
  readonly banner: string;
  readonly arch: string;
  readonly registers: readonly {
    readonly name: string;
    readonly doc: string;
    readonly address: string;
    /** `[4]` and ` += 0x4` where there are several. */
    readonly array: string;
    readonly step: string;
    readonly software: string;
    readonly hardware: string;
    /** Bits that are gone in the next cycle. */
    readonly pulse: boolean;
    readonly fields: readonly {
      readonly name: string;
      readonly doc: string;
      readonly msb: number;
      readonly lsb: number;
      readonly reset: string;
    }[];
  }[];
}

const SOFTWARE: Record<Access, string> = { R: 'r', W: 'w', RW: 'rw' };
const HARDWARE: Record<Access, string> = { R: 'w', W: 'r', RW: 'r' };

/** The view of `kiln.rdl`. */
export function rdlView(fabric: Fabric, banner: string): RdlView {
  const { host } = fabric.arch;
  const fingerprint = fingerprintOf(fabric.arch);
  const constants: Readonly<Record<string, number>> = {
    ID: HOST_ID,
    VERSION: HOST_VERSION,
    FINGERPRINT_LO: fingerprint.lo,
    FINGERPRINT_HI: fingerprint.hi,
  };
  const registers = REGISTER_LIST.map((register) => {
    const { name, address, access, doc, count } = register;
    return {
      name,
      doc,
      address: addressText(address),
      array: count ? `[${host[count]}]` : '',
      step: count ? ' += 0x4' : '',
      software: SOFTWARE[access],
      hardware: name in constants ? 'na' : HARDWARE[access],
      pulse: access === 'W',
      fields: wholeOr(register).map((field) => ({
        name: field.name,
        doc: field.doc,
        msb: field.lsb + field.width - 1,
        lsb: field.lsb,
        reset: name in constants ? `32'h${constants[name].toString(16).padStart(8, '0')}` : `${field.width}'h0`,
      })),
    };
  });
  return { banner, arch: fabric.arch.name, registers };
}

/** The fields, or one that is the whole word. */
function wholeOr({ fields, doc }: Register): readonly RegisterField[] {
  return fields.length > 0 ? fields : [{ name: 'VALUE', lsb: 0, width: 32, doc }];
}
