import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { LABELS, type Labels } from "./labels.ts";
import { complete } from "./words.ts";

/** All sentences of a set of labels, for given values. */
function said(labels: Labels): Record<string, string> {
  const { bell, of, answered, arrived, ...words } = labels;
  return {
    ...words,
    bell0: bell(0),
    bell5: bell(5),
    of: of("A", "B"),
    answered: answered("A", ""),
    answeredOn: answered("A", "iOS"),
    arrived: arrived(["A", "B"]),
    arrivedMany: arrived(["A", "B", "C", "D", "E"]),
  };
}

test("without labels it is English", () => {
  for (const given of [undefined, null, {}]) assert.deepEqual(said(complete(given)), said(LABELS));
});

test("a word that is missing, throws, or says nothing is the English one; the others stay", () => {
  const fails = () => {
    throw new Error("no");
  };
  const bad = { heading: "", empty: 5, bell: fails, of: () => "", arrived: () => undefined, close: "Zu" };
  const labels = complete(bad as unknown as Partial<Labels>);
  assert.deepEqual(said(labels), { ...said(LABELS), close: "Zu" });
  assert.equal(complete({ bell: "text" } as unknown as Partial<Labels>).bell(1), LABELS.bell(1));
  assert.equal(complete({ bell: (unread) => `${unread}!` }).bell(2), "2!");
});

const folder = new URL("../labels/", import.meta.url);
const files = (await readdir(folder)).sort();

test("there are labels for ten languages besides English", () => {
  assert.deepEqual(
    files.map((file) => file.replace(".ts", "")),
    ["ar", "de", "es", "fr", "hi", "it", "ja", "pt", "ru", "zh"],
  );
});

for (const file of files)
  test(`${file} has every label, translated, with its counts and names`, async () => {
    const { labels } = (await import(new URL(file, folder).href)) as { labels: Labels };
    assert.deepEqual(Object.keys(labels), Object.keys(LABELS));
    const words = said(labels);
    const english = said(LABELS);
    for (const [name, word] of Object.entries(words)) assert.ok(word.trim(), name);
    // French has a few words in common with it.
    const same = Object.keys(words).filter((name) => name !== "of" && words[name] === english[name]);
    assert.ok(same.length <= 3, same.join());
    assert.match(words["bell5"]!, /5/);
    assert.doesNotMatch(words["bell0"]!, /0/);
    assert.match(words["of"]!, /A.*B|B.*A/);
    assert.match(words["answered"]!, /A$/);
    assert.match(words["answeredOn"]!, /A.*iOS/);
    assert.match(words["arrived"]!, /A.*B/);
    assert.match(words["arrivedMany"]!, /5/);
  });
