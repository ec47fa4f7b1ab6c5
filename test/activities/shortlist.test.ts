import { expect } from 'chai';
import fc from 'fast-check';
import {
  applyChoices,
  currentShortlist,
  isSameShortlist,
  listPicked,
  placingOf,
  PLACINGS,
  type PlacingChoice,
} from '../../src/activities/shortlist.js';
import type { ShortlistContent } from '../../src/activities/shortlist.model.js';

const nothing = currentShortlist({ history: [] });

function choose(
  before: ShortlistContent,
  choices: Record<string, PlacingChoice['placing'] | PlacingChoice>,
  by = 'ana',
): ShortlistContent {
  return applyChoices({
    before,
    by,
    choices: new Map(
      Object.entries(choices).map(([object, choice]) => [
        object,
        typeof choice === 'string' ? { placing: choice, note: '' } : choice,
      ]),
    ),
  });
}

describe('applyChoices', () => {
  it('puts each object where the form says, and pins in the order of pinning', () => {
    const first = choose(nothing, { b: 'pinned', c: 'hidden' });

    const second = choose(first, { a: 'pinned-required', d: 'required' });

    expect([second.pinned, second.required, second.hidden]).to.deep.equal([
      ['b', 'a'],
      ['a', 'd'],
      ['c'],
    ]);
    expect(listPicked(second)).to.deep.equal(['b', 'a', 'd']);
  });

  it('keeps a note with its author until somebody writes another, and drops it with the pin', () => {
    const first = choose(nothing, { a: { placing: 'pinned', note: 'Begin here.' } });

    const kept = choose(first, { a: { placing: 'pinned', note: 'Begin here.' } }, 'ben');
    const changed = choose(kept, { a: { placing: 'pinned', note: 'Read this.' } }, 'ben');
    const hidden = choose(changed, { a: { placing: 'hidden', note: 'Read this.' } }, 'ben');

    expect(kept.notes).to.deep.equal([{ object: 'a', text: 'Begin here.', by: 'ana' }]);
    expect(changed.notes).to.deep.equal([{ object: 'a', text: 'Read this.', by: 'ben' }]);
    expect(hidden.notes).to.deep.equal([]);
  });

  const object = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const choice = fc.record({
    placing: fc.constantFrom(...PLACINGS),
    note: fc.constantFrom('', 'x', 'y'),
  });
  const form = fc.dictionary(object, choice);

  it('leaves every object in one place, the one that was last chosen', () => {
    fc.assert(
      fc.property(fc.array(form, { maxLength: 6 }), (forms) => {
        const content = forms.reduce((before, one) => choose(before, one), nothing);
        const last = new Map(forms.flatMap((one) => Object.entries(one)));

        for (const name of ['a', 'b', 'c', 'd', 'e'])
          expect(placingOf(content, name)).to.equal(last.get(name)?.placing ?? 'shown');
        for (const list of [content.pinned, content.required, content.hidden])
          expect(new Set(list).size).to.equal(list.length);
        expect(content.notes.map((note) => note.object)).to.deep.equal(listPicked(content));
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(form, form, (first, second) => {
        const once = choose(choose(nothing, first), second);

        expect(isSameShortlist(choose(once, second, 'ben'), once)).to.equal(true);
      }),
    );
  });
});
