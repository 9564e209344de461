import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { root } from '../../../tools/lib/workspace.mjs';

/**
 * The change from this version to the next, as a developer would make it: a payload that grows, an event that the version
 * before does not know, its handler, and a migration that only adds.
 */
const changes: [file: string, place: string, instead: string][] = [
  ['libs/contracts/src/events/feedback.ts', 'payload: z.object({ issueId: z.uuid(), harborId: z.uuid() })',
    'payload: z.object({ issueId: z.uuid(), harborId: z.uuid(), nature: z.string().optional() })'],
  ['libs/contracts/src/events/feedback.ts', 'export const feedbackEvents = {', `export const feedbackEvents = {
  'issue.replied': defineEvent({
    description: 'The host bank replied to a financing issue.', producer: 'feedback', consumers: ['harbors'],
    payload: z.object({ issueId: z.uuid(), harborId: z.uuid() }),
  }),`],
  ['apps/feedback/src/issues/issues.service.ts', 'payload: { issueId: id, harborId: input.harborId }', 'payload: { issueId: id, harborId: input.harborId, nature: input.nature }'],
  ['apps/feedback/src/issues/issues.service.ts', 'const replyEncrypted = await this.texts.sealReply(tx, issue, text);', `const replyEncrypted = await this.texts.sealReply(tx, issue, text);
      await this.publisher.publish(tx, 'issue.replied', {
        organisationId: issue.bankId, aggregateId: id, version: 2, payload: { issueId: id, harborId: issue.harborId },
      });`],
  ['apps/harbors/src/harbors.consumer.ts', 'export class HarborsConsumer {', `export class HarborsConsumer {
  @On('issue.replied')
  async issueReplied(event: EventOf<'issue.replied'>, tx: Tx): Promise<void> {
    await tx.query(
      \`insert into harbors.harbor_totals as totals (harbor_id, reply_total) values ($1, 1)
       on conflict (harbor_id) do update set reply_total = totals.reply_total + 1\`,
      [event.payload.harborId],
    );
  }
`],
];
const migration = ['apps/harbors/migrations/9999-reply-total.sql', 'alter table harbors.harbor_totals add column reply_total int not null default 0;\n'];

/** Builds the next version in a folder of its own, from the sources of this one, and gives that folder. */
export function buildNextVersion(): string {
  const home = mkdtempSync(join(tmpdir(), 'finharbor-next-'));
  for (const folder of ['apps', 'libs', 'tools']) {
    cpSync(join(root, folder), join(home, folder), { recursive: true, filter: (path) => !['dist', 'node_modules', 'test'].includes(basename(path)) });
  }
  for (const file of ['.swcrc', 'package.json', 'package-lock.json']) cpSync(join(root, file), join(home, file));
  linkDependencies(home);
  for (const [file, place, instead] of changes) {
    const text = readFileSync(join(home, file), 'utf8');
    if (!text.includes(place)) throw new Error(`${file} has changed: the next version cannot be made of it ("${place}" is not there).`);
    writeFileSync(join(home, file), text.replace(place, () => instead));
  }
  writeFileSync(join(home, migration[0]), migration[1]);
  execFileSync(process.execPath, ['--input-type=module', '-e', `const { build } = await import('./tools/build.mjs'); await build();`], { cwd: home, stdio: 'inherit' });
  return home;
}

/** Migrates to the next version, as its own migration job does it. */
export function migrateTo(home: string, databaseUrl: string): void {
  execFileSync(process.execPath, [join(home, 'tools/migrate.mjs')], { cwd: home, env: { PATH: process.env.PATH, MIGRATE_DATABASE_URL: databaseUrl }, stdio: 'pipe' });
}

/** The same packages, but for our own, which are the next version's. */
function linkDependencies(home: string): void {
  const [packages, ours] = [join(home, 'node_modules'), join(home, 'node_modules/@finharbor')];
  mkdirSync(ours, { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@finharbor') symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
  for (const path of ['apps', 'libs'].flatMap((parent) => readdirSync(join(home, parent)).map((name) => join(home, parent, name)))) {
    if (existsSync(join(path, 'package.json'))) symlinkSync(relative(ours, path), join(ours, basename(path)));
  }
}
