// What people do in the tool by clicking, for journeys. Each act ends when its page is there.
import type { Frame } from 'playwright-core';

export async function openCourse(tool: Frame): Promise<void> {
  await goTo(tool, { link: 'Course', heading: 'Course' });
}

export async function openProgress(tool: Frame): Promise<void> {
  await goTo(tool, { link: 'My progress', heading: 'My progress' });
}

/** From the framework page. */
export async function openCompetency(tool: Frame, statement: string): Promise<void> {
  await tool.locator('.tree-statement').getByRole('link', { name: statement }).click();
  await tool.getByRole('heading', { level: 1, name: statement }).waitFor();
}

/** A button or link beside a resource; its name says which resource for those who do not see it beside. */
export function nameOf(label: string, title: string): RegExp {
  const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${quote(label)} ?: ${quote(title)}`);
}

export async function press(tool: Frame, label: string, title: string): Promise<void> {
  await tool.getByRole('button', { name: nameOf(label, title) }).click();
}

/** Marks a resource of the competency's page as done. */
export async function markDone(tool: Frame, title: string): Promise<void> {
  await press(tool, 'Mark as done', title);
  await tool.getByRole('button', { name: nameOf('Undo: not done after all', title) }).waitFor();
}

/** As staff: lists activities of the course, one a line. */
export async function addActivities(tool: Frame, lines: string[]): Promise<void> {
  await openCourse(tool);
  await tool.getByLabel('Activities, one a line').fill(lines.join('\n'));
  await tool.getByRole('button', { name: 'Add the activities' }).click();
  await tool.getByText('The activities were added.').waitFor();
}

/** As staff: from the course's page to an activity's. */
export async function openActivity(tool: Frame, title: string): Promise<void> {
  await openCourse(tool);
  await tool.locator('tbody').getByRole('link', { name: title, exact: true }).click();
  await tool.getByLabel('Find competencies').waitFor();
}

export async function findCompetencies(tool: Frame, words: string): Promise<void> {
  await tool.getByLabel('Find competencies').fill(words);
  await tool.getByRole('button', { name: 'Find' }).click();
  await tool.getByText(`Found for “${words}”`).waitFor();
}

async function goTo(tool: Frame, place: { link: string; heading: string }): Promise<void> {
  const sections = tool.getByRole('navigation', { name: 'Sections' });
  await sections.getByRole('link', { name: place.link, exact: true }).click();
  await tool.getByRole('heading', { level: 1, name: place.heading }).waitFor();
}
