/** A part of an OpenAPI document. */
export type Json = { [name: string]: unknown };

export const JSON_API = 'application/vnd.api+json';

/** A reference to a schema of the document. */
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
