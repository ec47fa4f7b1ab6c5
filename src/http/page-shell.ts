// What the frame around a page shows: who is here, which course, where one can go. Guards fill it, views.ts draws it.
import type { Request } from 'express';
import { chooseAcceptedLanguage } from './language.js';

export interface NavigationLink {
  /** Catalogue key of the words. */
  key: string;
  href: string;
  /** True for the section the page belongs to. */
  current: boolean;
  /** How much waits there; 0 or absent shows nothing. */
  count?: number;
}

export interface PageShell {
  /** BCP 47 language of the page. */
  language: string;
  /** Heading of the frame, usually the course's title; null on pages without a course. */
  contextTitle: string | null;
  /** The person as pages name them ("Ana Ruiz" or "Learner 7F3KQ2"), with the role in words; null when nobody is signed in. */
  personName: string | null;
  roleKey: string | null;
  navigation: NavigationLink[];
  /** Hidden fields every form of the page carries: `_csrf`, `launch`, `course`. */
  formFields: { name: string; value: string }[];
  /** Where what the person did may wait in the browser for its sending: whose it is, and in which launch; null for others. */
  keeps: { person: string; launch: string; course: string; courseTitle: string | null } | null;
  /** Whose typed text the browser may keep while a form is not sent (public/keep-typed.js); null for others. */
  typist: { person: string; course: string } | null;
  /** For a course's staff: the way into the view of a student, or out of it; null for everybody else. */
  studentView: { href: string; isOn: boolean } | null;
  /** Which of the course's own pages its staff may open; the others are in reach of all of them. */
  courseTools: { rules: boolean; shortlists: boolean };
  /** Query that keeps the course in addresses of this page's links, for instance `course=ID`; empty without a course. */
  courseQuery: string;
}

const shells = new WeakMap<Request, PageShell>();

/** Sets the shell for the answer to this request. */
export function setPageShell(req: Request, shell: PageShell): void {
  shells.set(req, shell);
}

/** The shell of this request; without one, a page with nobody signed in, in a language that the browser accepts. */
export function pageShell(req: Request): PageShell {
  return (
    shells.get(req) ?? {
      language: chooseAcceptedLanguage(req.get('Accept-Language')),
      contextTitle: null,
      personName: null,
      roleKey: null,
      navigation: [],
      formFields: [],
      keeps: null,
      typist: null,
      studentView: null,
      courseTools: { rules: false, shortlists: false },
      courseQuery: '',
    }
  );
}
