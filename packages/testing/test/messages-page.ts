import { parseSync } from '@swc/core';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const SOURCES =
  'apps/api/src apps/inbox/src apps/local/src apps/worker/src packages/contracts/src packages/core/src packages/executors/src packages/sdk/src tools';
const NOT_PROSE = /^generated|recorded\.ts$|statements\.ts$|(^|\/)sql\//;

const TWO_WORDS = /[\p{L}’'}`][,:;)]? +\(?[\p{L}{`]/u;
const SQL =
  /^(with|select|insert|update|delete|create|drop|union|case|when|and|api_keys) [^]*?([_=*]|\bfrom\b|\d as)|::|\$\d|\bis null\b|_at <=|^[\w{…}]+(\.\w+|_id)\b|^, (\(?select|{…} as )|^\(select |^concat_ws\(|^\(\{…\}/;
const CODE = /^window\.|^[\w-]+, [\w-]+$|^(id|data): |'none'|^\(<|^const |^-c /;
const CLASSES = /^(?=.*(-|\bflex\b|\bgrid\b|\btruncate\b))[a-z0-9:[\]()_.,%#&>!*{…}/ -]+$/;
const TAG = /<style>[^]*?<\/style>|<\/?[a-z!][^>]*>/g;

const DESCRIBES = new Set('describe meta summary description title examples example tag tags'.split(' '));

interface Node {
  [key: string]: unknown;
}
interface Texts {
  messages: Set<string>;
  descriptions: Set<string>;
}

const childOf = (node: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((at, key) => (at as Node | undefined)?.[key], node);

/** The name of a called function or of a property. */
const nameOf = (node: Node): unknown =>
  childOf(node, 'callee', 'property', 'value') ?? childOf(node, 'callee', 'value') ?? childOf(node, 'key', 'value');

/** The text of a literal; `{…}` stands for what is filled in at run time. */
function textOf(node: Node): string | undefined {
  if (node.type === 'StringLiteral' || node.type === 'JSXText') return node.value as string;
  if (node.type === 'TemplateLiteral') return (node.quasis as { cooked: string }[]).map((q) => q.cooked).join('{…}');
  return undefined;
}

const isProse = (text: string): boolean =>
  TWO_WORDS.test(text.replaceAll('{…}', '')) && !SQL.test(text) && !CODE.test(text);

function collect(node: unknown, describes: boolean, texts: Texts): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) return node.forEach((one) => collect(one, describes, texts));
  const { span: _, ...parts } = node as Node;
  if (/^(Import|ExportAll|TsLiteral|Regex)/.test(String(parts.type))) return;
  const text = textOf(parts)?.replaceAll(TAG, ' ').replaceAll(/\s+/g, ' ').trim();
  if (text && isProse(text)) texts[describes ? 'descriptions' : 'messages'].add(text);
  const within = describes || DESCRIBES.has(String(nameOf(parts)));
  Object.values(parts).forEach((part) => collect(part, within, texts));
}

function textsOf(file: string): [file: string, texts: Texts] {
  const texts: Texts = { messages: new Set(), descriptions: new Set() };
  collect(
    parseSync(readFileSync(path.join(ROOT, file), 'utf8'), { syntax: 'typescript', tsx: file.endsWith('x') }).body,
    false,
    texts,
  );
  if (file.startsWith('apps/inbox'))
    for (const text of texts.messages) if (CLASSES.test(text)) texts.messages.delete(text);
  return [file, texts];
}

const filesOf = (source: string): string[] =>
  readdirSync(path.join(ROOT, source), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|mjs)$/.test(file) && !NOT_PROSE.test(file))
    .toSorted()
    .map((file) => path.join(source, file));

/** Every text of the product that people read, by file. */
export function messagesPage(): string {
  const all = SOURCES.split(' ').flatMap(filesOf).map(textsOf);
  const list = (kind: keyof Texts): string =>
    all
      .filter(([, texts]) => texts[kind].size > 0)
      .map(([file, texts]) => [file, ...texts[kind]].join('\n  '))
      .join('\n');
  return `# Messages

Every text of the product that people read, by file. \`{…}\` is filled in at run time.

## Errors, logs, output and previews

\`\`\`text
${list('messages')}
\`\`\`

## Descriptions in the API document

\`\`\`text
${list('descriptions')}
\`\`\`
`;
}
