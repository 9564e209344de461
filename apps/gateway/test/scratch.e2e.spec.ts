import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { WebSocket } from 'undici';

const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));

it('browser', async () => {
  const fleet: TestFleet = await startTestFleet();
  const chrome = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--window-size=1280,800', '--remote-debugging-port=9333', `--user-data-dir=${mkdtempSync('/tmp/chrome-')}`, 'about:blank'], { stdio: 'ignore' });
  try {
    let target: { webSocketDebuggerUrl: string } | undefined;
    while (!target) { await wait(300); try { target = ((await (await fetch('http://127.0.0.1:9333/json')).json()) as { type: string; webSocketDebuggerUrl: string }[]).find((x) => x.type === 'page'); } catch { /* not yet */ } }
    const ws = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((r) => ws.addEventListener('open', r));
    let id = 0; const pending = new Map<number, (v: any) => void>(); const urls = new Set<string>(); const said: string[] = [];
    ws.addEventListener('message', (event) => { const m = JSON.parse(String(event.data)); if (m.id) pending.get(m.id)?.(m.result ?? m.error); if (m.method === 'Network.requestWillBeSent') urls.add(`${m.params.request.method} ${m.params.request.url.slice(0, 100)}`); if (m.method === 'Log.entryAdded') said.push(m.params.entry.text); if (m.method === 'Runtime.exceptionThrown') said.push(JSON.stringify(m.params.exceptionDetails).slice(0, 300)); });
    const cdp = (method: string, params: object = {}): Promise<any> => new Promise((r) => { id += 1; pending.set(id, r); ws.send(JSON.stringify({ id, method, params })); });
    for (const d of ['Network', 'Log', 'Runtime', 'Page']) await cdp(`${d}.enable`);
    const js = async (expression: string) => (await cdp('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result?.value;
    const shot = async (name: string) => writeFileSync(name, Buffer.from((await cdp('Page.captureScreenshot')).data, 'base64'));
    await cdp('Page.navigate', { url: `${fleet.url}/graphiql` });
    await wait(6000);
    const { clientId, clientSecret } = fleet.credentials('supervisor');
    await js(`document.getElementById('client-id').value=${JSON.stringify(clientId)};document.getElementById('client-secret').value=${JSON.stringify(clientSecret)};document.querySelector('#sign-in button').click()`);
    await wait(8000);
    console.log('token kept', await js(`(sessionStorage.getItem('token')||'').length`), await js(`document.getElementById('said').textContent`));
    await js(`document.querySelector('.graphiql-execute-button').click()`);
    await wait(3000);
    await shot('/tmp/graphiql-run.png');
    console.log([...urls].join('\n'), said.join('\n'));
    urls.clear();
    await cdp('Page.navigate', { url: `${fleet.url}/docs` });
    await wait(5000);
    console.log([...urls].join('\n'), said.join('\n'));
    ws.close();
  } finally { chrome.kill(); await fleet.stop(); }
}, 180_000);
