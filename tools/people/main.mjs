// @ts-check
/** The quick start's OpenID Connect provider, on PORT: its people work for the organisations of the demonstration (FINHARBOR_DATA_DIR). */
import { join } from 'node:path';
import { main } from '../lib/main.mjs';
import { dataDir, readJson } from '../lib/workspace.mjs';
import { startPeopleProvider } from './provider.mjs';

/** Who there is, and for which demonstration client's organisation each works. */
const people = [
  { sub: 'zhou-min', name: '周敏（人行审核员）', role: 'supervisor' },
  { sub: 'he-jing', name: '何静（驾驶舱读者）', role: 'dashboard' },
  { sub: 'tan-li', name: '谭丽（港湾工作人员）', role: 'harbor-staff' },
  { sub: 'xiang-wei', name: '向伟（系统管理员）', role: 'system-administrator' },
  { sub: 'mou-fang', name: '牟芳（安全管理员）', role: 'security-administrator' },
  { sub: 'ran-qiang', name: '冉强（审计管理员）', role: 'audit-administrator' },
];

/** Read anew for each who signs in: the demonstration is loaded after this was started. */
function present() {
  /** @type {{ role: string, organisationId: string }[]} */
  const clients = readJson(join(dataDir, 'demo-clients.json')) ?? [];
  return people.flatMap((person) => {
    const client = clients.find(({ role }) => role === person.role);
    return client ? [{ ...person, org: client.organisationId }] : [];
  });
}

await main(() => startPeopleProvider({ port: Number(process.env.PORT), audience: String(process.env.AUDIENCE), people: present }));
