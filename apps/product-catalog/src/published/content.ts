import { present } from '@finharbor/platform/http/present';
import { Product } from '../products/product.entity.js';

/** The product as everybody sees it. */
export const contentOfVersion = (product: Product): object =>
  present(Object.assign(new Product(), product), 'anonymous') as object;
