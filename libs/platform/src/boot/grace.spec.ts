import { Grace, within } from './grace.js';

const never = new Promise<never>(() => undefined);

describe('the time to stop in', () => {
  it('is not spent on what has ended, well or badly', async () => {
    const [grace, started] = [new Grace(), performance.now()];
    await grace.wait(Promise.resolve());
    await grace.wait(Promise.reject(new Error('badly')));
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('is shared by all who wait, however many they are', async () => {
    const [grace, started] = [new Grace(), performance.now()];
    await grace.wait(never);
    await grace.wait(never);
    await Promise.all([grace.wait(never), grace.wait(never)]);
    expect(performance.now() - started).toBeGreaterThan(1_400);
    expect(performance.now() - started).toBeLessThan(2_900);
  });

  it('tells success from failure and from silence', async () => {
    expect(await within(1_000, Promise.resolve())).toBe(true);
    expect(await within(1_000, Promise.reject(new Error('x')))).toBe(false);
    expect(await within(1, never)).toBe(false);
  });
});
