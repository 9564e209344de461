// @ts-check
/** What every server of the `http` group answers: a page of 20 harbors. */
export const page = {
  items: Array.from({ length: 20 }, (_, index) => ({
    id: `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`, number: `WZ-HB-${String(index + 1).padStart(4, '0')}`,
    name: `第${index + 1}金融服务港湾`, areaCode: '500101001', registeredAt: '2026-11-21T00:00:00.000Z',
  })),
  nextCursor: null,
};

/** Tells the parent the port, and on demand the CPU time used so far. @param {number} port */
export function report(port) {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system });
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}
