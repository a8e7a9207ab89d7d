/** `body` without what was left out. */
export const given = (body) => Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

/** Throws for an option that no method of this name has: dropping it would do something else than was asked for. */
export function refuse(unknown = {}) {
  const names = Object.keys(unknown);
  if (names.length) throw new TypeError(`unknown option: ${names.join(', ')}`);
}

/** Throws for what has to be given and is not. */
export function needed(values) {
  const missing = Object.keys(values).filter((name) => values[name] == null);
  if (missing.length) throw new TypeError(`missing: ${missing.join(', ')}`);
}

/** `body` with what was given beside it; throws for what is given in both places and differs. */
export function merged(body, beside) {
  const both = given(beside);
  for (const [name, value] of Object.entries(both)) {
    const other = body?.[name] ?? value;
    if (other !== value) throw new TypeError(`${name} is given twice, as ${JSON.stringify(other)} and ${JSON.stringify(value)}`);
  }
  return { ...body, ...both };
}
