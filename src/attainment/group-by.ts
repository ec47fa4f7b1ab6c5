// Groups a list by a key, in order of first appearance. (Map.groupBy comes with Node 21; we run on 20.) Pure.
export function groupBy<Value, Key>(
  list: Iterable<Value>,
  keyOf: (value: Value) => Key,
): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of list) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
