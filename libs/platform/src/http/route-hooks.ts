import type { FastifyInstance, RouteOptions } from 'fastify';

type Hooks = Pick<RouteOptions, 'onRequest' | 'preValidation' | 'preHandler' | 'preSerialization' | 'onSend'>;

/** Gives hooks to the routes that need them: every hook that a request passes costs it time. */
export function hookRoutes(server: FastifyInstance, applies: (url: string, methods: string[]) => boolean, hooks: Hooks): void {
  server.addHook('onRoute', (route) => {
    if (!applies(route.url, [route.method].flat())) return;
    for (const name of Object.keys(hooks) as (keyof Hooks)[]) {
      Object.assign(route, { [name]: [route[name] ?? [], hooks[name] ?? []].flat() });
    }
  });
}

/** Routes that change something: POST under /v1. */
export const isWrite = (url: string, methods: string[]): boolean => url.startsWith('/v1/') && methods.includes('POST');
