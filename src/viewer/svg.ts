/** Prints a scene as one self-contained SVG file: no scripts, no fonts to load, colours for light and for dark pages. */
import type { Fabric } from '../fabric/graph.ts';
import { fabricScene, type Group, type Scene, type SceneInput, type Shape } from './scene.ts';

const STYLE = `
text { font-family: ui-sans-serif, system-ui, "Helvetica Neue", Arial, sans-serif; fill: #1c2430; }
.page { fill: #ffffff; }
.title { font-size: 17px; font-weight: 600; }
.channel { fill: #eef1f5; }
.switch { fill: #f7f8fa; stroke: #c3cad4; stroke-width: 1; }
.switch.used { fill: #ffffff; stroke: #8b97a8; }
.unit { stroke-width: 1.2; }
.pcu { fill: #f3ecfb; stroke: #b79fd6; } .pcu.placed { fill: #d9c4f2; stroke: #6a3fa0; }
.pmu { fill: #eaf4ea; stroke: #a5c8a7; } .pmu.placed { fill: #bfe3c2; stroke: #2f7d3b; }
.ag { fill: #fdf3e3; stroke: #dbc08f; } .ag.placed { fill: #f8dca5; stroke: #9a6a0a; }
.host { fill: #f0f0f0; stroke: #a9a9a9; } .host.placed { fill: #d6d9de; stroke: #3f4a59; }
.kind { font-size: 12px; text-anchor: middle; } .kind.idle { fill: #6b7686; }
.name { font-size: 12px; font-weight: 600; text-anchor: middle; }
.legend { font-size: 13px; }
.stream, .key { fill: none; stroke-linecap: round; }
.stream .way { stroke-width: 1.8; } .key { stroke-width: 3; }
.stream:hover .way { stroke-width: 3.4; }
.vector { stroke: #0060a8; } .scalar { stroke: #c84a00; } .control { stroke: #00805c; }
.port { stroke: none; } .vector .port { fill: #0060a8; } .scalar .port { fill: #c84a00; } .control .port { fill: #00805c; }
@media (prefers-color-scheme: dark) {
text { fill: #e6eaf0; }
.page { fill: #12161c; }
.channel { fill: #1b2129; }
.switch { fill: #161b22; stroke: #3a4553; } .switch.used { fill: #0e1217; stroke: #66758a; }
.pcu { fill: #231a30; stroke: #5b4678; } .pcu.placed { fill: #4a3169; stroke: #b48ae8; }
.pmu { fill: #17251a; stroke: #3d5c42; } .pmu.placed { fill: #24532d; stroke: #7cc98a; }
.ag { fill: #2a2214; stroke: #6b5732; } .ag.placed { fill: #5e4513; stroke: #e0b45a; }
.host { fill: #20242a; stroke: #59626f; } .host.placed { fill: #3a424d; stroke: #aab4c2; }
.kind.idle { fill: #8b97a8; }
.vector { stroke: #5db4f5; } .scalar { stroke: #ff9a57; } .control { stroke: #45d3a6; }
.vector .port { fill: #5db4f5; } .scalar .port { fill: #ff9a57; } .control .port { fill: #45d3a6; }
}`;

/** The fabric, and what stands and runs on it if it is given. The same input gives the same bytes. */
export function renderFabricSvg(fabric: Fabric, input: SceneInput = {}): string {
  return renderScene(fabricScene(fabric, input));
}

export function renderScene(scene: Scene): string {
  const { width, height } = scene;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="page" width="${number(width)}" height="${number(height)}"/>`,
    ...scene.groups.filter((group) => group.shapes.length > 0).flatMap(renderGroup),
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function renderGroup(group: Group): string[] {
  const title = group.title === undefined ? [] : [`<title>${escapeXml(group.title)}</title>`];
  return [`<g class="${group.style}">`, ...title, ...group.shapes.map(renderShape), '</g>'];
}

function renderShape(shape: Shape): string {
  switch (shape.kind) {
    case 'box': {
      const { x, y, width, height, style } = shape;
      const round = style.startsWith('channel') ? 0 : 5;
      return `<rect class="${style}" x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}" rx="${round}"/>`;
    }
    case 'text':
      return `<text class="${shape.style}" x="${number(shape.at.x)}" y="${number(shape.at.y)}">${escapeXml(shorten(shape.text, shape.room))}</text>`;
    case 'line':
      return `<path class="${shape.style}" d="M${point(shape.from)}L${point(shape.to)}"/>`;
    case 'bend':
      return `<path class="${shape.style}" d="M${point(shape.from)}Q${point(shape.by)} ${point(shape.to)}"/>`;
    case 'dot':
      return `<circle class="${shape.style}" cx="${number(shape.at.x)}" cy="${number(shape.at.y)}" r="${shape.style.includes('source') ? 2.6 : 1.8}"/>`;
  }
}

/** Shortens a text to the room it has; a letter of the small size takes 7 at most. */
function shorten(text: string, room: number | undefined): string {
  const letters = room === undefined ? text.length : Math.floor(room / 7);
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

const number = (value: number): string => String(Math.round(value * 10) / 10);
const point = ({ x, y }: { x: number; y: number }): string => `${number(x)} ${number(y)}`;
const escapeXml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
