import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

type Method = (...parameters: never[]) => Promise<void>;

/** Finds the methods of this service that a decorator marked. */
@Injectable()
export class MarkedMethods {
  constructor(private readonly discovery: DiscoveryService, private readonly scanner: MetadataScanner) {}

  /** By what each is marked with. Throws when two are marked alike, and names them. */
  find<Name extends string, Marked extends Method>(metadata: string): Map<Name, Marked> {
    const found = new Map<Name, Marked>();
    const owners = new Map<Name, string>();
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const instances = new Set(wrappers.map((wrapper) => wrapper.instance as unknown));
    for (const instance of instances) {
      if (!instance || typeof instance !== 'object') continue;
      for (const key of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
        const method = (instance as Record<string, Marked>)[key];
        const name = typeof method === 'function' ? (Reflect.getMetadata(metadata, method) as Name | undefined) : undefined;
        if (!name) continue;
        const owner = `${instance.constructor.name}.${key}`;
        if (found.has(name)) throw new Error(`${name} has two handlers: ${owners.get(name)} and ${owner}.`);
        owners.set(name, owner);
        found.set(name, method.bind(instance) as Marked);
      }
    }
    return found;
  }
}
